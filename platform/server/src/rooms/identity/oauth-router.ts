import type { RequestHandler } from 'express';
import { Router } from 'express';
import type { Provider } from 'oidc-provider';
import { DomainError } from '../../kernel/errors.ts';
import { type AuthenticateDeps, authenticate } from './authenticate.ts';
import { protectedResourceMetadata } from './authorization-server/metadata.ts';
import { markStructuredTokens } from './authorization-server/structured-tokens.ts';
import { STYLES_PATH } from './pages/layout.ts';
import { STYLES } from './pages/styles.ts';
import { sendProblem } from './sessions/problem.ts';

export interface OauthRouterDeps extends AuthenticateDeps {
  readonly provider: Provider;
  readonly resource: string;
}

const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';
const SERVER_METADATA = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

/** oidc-provider's endpoints with what it lacks or does too freely put before it. Mount it before any body parser. */
export function oauthRouter(deps: OauthRouterDeps): Router {
  const router = Router();
  const callback = deps.provider.callback();
  const { host } = new URL(deps.baseUrl);
  const toProvider: RequestHandler = (request, response) => {
    // The stock server builds its addresses from the request: a forged Host would put somebody else's endpoints into our metadata.
    request.headers.host = host;
    void callback(request, response);
  };

  router.get([RESOURCE_METADATA, `${RESOURCE_METADATA}/v1`], (_request, response) => {
    response.set('access-control-allow-origin', '*').json(protectedResourceMetadata(deps.baseUrl, deps.resource));
  });
  router.get(STYLES_PATH, (_request, response) => void response.set('cache-control', 'public, max-age=3600').type('css').send(STYLES));
  router.get('/oauth/authorize', refuseOtherModes);
  router.post(['/oauth/introspect', '/oauth/revoke'], ...markStructuredTokens(callback));
  router.all('/oauth/userinfo', userinfo(deps));
  router.all(['/oauth/authorize', '/oauth/authorize/:uid'], toProvider);
  router.all(['/oauth/par', '/oauth/token', '/oauth/jwks', '/oauth/introspect', '/oauth/revoke'], toProvider);
  router.all(['/oauth/end-session', '/oauth/end-session/confirm', '/oauth/end-session/success'], toProvider);
  router.all(SERVER_METADATA, toProvider);
  return router;
}

/** What an authorization request may ask for; everything else is named so that the stock server does not know it. */
const ONLY = { response_mode: 'query', response_type: 'code' } as const;

/**
 * The stock server answers even the refusal of `fragment`, `form_post` or `token` in that very way. A name it does not know makes it answer
 * in the query, to a checked address.
 */
const refuseOtherModes: RequestHandler = (request, _response, next) => {
  const url = new URL(request.url, 'http://localhost');
  for (const [name, only] of Object.entries(ONLY)) {
    const asked = url.searchParams.getAll(name);
    if (asked.length === 1 && asked[0] !== only) url.searchParams.set(name, 'not_supported');
  }
  request.url = url.pathname + url.search;
  next();
};

/** Our tokens are for the API, which the stock endpoint cannot read. `openid` opens the pairwise id and nothing else. */
function userinfo(deps: OauthRouterDeps): RequestHandler {
  return async (request, response, next) => {
    try {
      if (request.headers.authorization === undefined) throw new DomainError('unauthenticated');
      const principal = await authenticate(deps, request);
      if (principal?.actor !== 'member' || !principal.scopes.includes('openid')) throw new DomainError('insufficient_scope');
      response.set('cache-control', 'no-store').json({ sub: principal.subject });
    } catch (error) {
      if (error instanceof DomainError) sendProblem(request, response, error);
      else next(error);
    }
  };
}
