import { SCOPES, type Scope } from '@chung/contracts';
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { App } from '../app.ts';
import type { KnownApps } from './known-apps.ts';

/** Scopes of OpenID Connect itself; not of the API, but no mistake to ask for when somebody signs in. */
const PROTOCOL_SCOPES: readonly string[] = ['openid', 'offline_access'];

/** What an app can be given in this flow: a partner's app acts for itself with partner scopes, for a member with member scopes. */
function scopesInFlow(app: App, grantType: unknown): readonly Scope[] {
  if (app.kind !== 'partner') return app.scopes;
  const holder = grantType === 'client_credentials' ? 'partner' : 'member';
  return app.scopes.filter((scope) => SCOPES[scope].holder === holder);
}

/**
 * Answers oidc-provider what our API is to this app. It asks at every authorization and token request, after the redirect address was
 * checked; so here is also where a scope the app does not have is refused by name, which the stock server drops in silence.
 */
export async function resourceServerFor(
  deps: { apps: KnownApps; resource: string; accessTokenSeconds: number },
  request: { ctx: KoaContextWithOIDC; indicator: string; clientId: string },
): Promise<ResourceServer> {
  const { ctx, indicator, clientId } = request;
  if (indicator !== deps.resource) throw new errors.InvalidTarget(`unknown resource: ${indicator}`);
  const found = await deps.apps.find(clientId);
  if (!found) throw new errors.InvalidTarget();
  const { app } = found;
  const grantType = ctx.oidc.params?.['grant_type'];
  const allowed: readonly string[] = scopesInFlow(app, grantType);
  const known = grantType === 'client_credentials' ? allowed : [...allowed, ...PROTOCOL_SCOPES];
  const strange = [...ctx.oidc.requestParamScopes].filter((scope) => !known.includes(scope));
  if (strange.length > 0) throw new errors.InvalidScope(`unknown or not approved for this app: ${strange.join(' ')}`, strange.join(' '));
  // RFC 6749 §3.3 lets the server choose when nothing is asked: a backend gets what its app was approved for, and is told so.
  const { params } = ctx.oidc;
  if (grantType === 'client_credentials' && params && !params['scope']) params['scope'] = allowed.join(' ');
  return {
    scope: allowed.join(' '),
    audience: deps.resource,
    accessTokenFormat: 'jwt',
    accessTokenTTL: deps.accessTokenSeconds,
    jwt: { sign: { alg: 'ES256' } },
  };
}
