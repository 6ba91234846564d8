import type { IncomingMessage } from 'node:http';
import { GrantId, type Scope } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { SeenIds } from './authorization-server/seen-ids.ts';
import type { WebSessions } from './sessions/web-sessions.ts';
import { challengeOf } from './tokens/challenge.ts';
import { verifyDpopProof } from './tokens/dpop.ts';
import type { Standing } from './tokens/standing.ts';
import type { TokenReader } from './tokens/token-reader.ts';

export interface AuthenticateDeps {
  readonly seenIds: SeenIds;
  readonly tokens: TokenReader;
  readonly sessions: WebSessions;
  readonly pairwise: Pairwise;
  readonly baseUrl: string;
  readonly metadataUrl: string;
}

/** Express sets `originalUrl`; a mounted router has changed `url`. */
export type ApiRequest = IncomingMessage & { readonly originalUrl?: string };

/** Who calls, by token or by the session cookie of one of our web apps; null when nothing was sent. */
export async function authenticate(deps: AuthenticateDeps, request: ApiRequest): Promise<Principal | null> {
  try {
    const { authorization } = request.headers;
    return authorization === undefined ? await bySession(deps, request) : await byToken(deps, request, authorization);
  } catch (error) {
    throw withChallenge(error, deps.metadataUrl);
  }
}

async function byToken(deps: AuthenticateDeps, request: ApiRequest, authorization: string): Promise<Principal> {
  const [, scheme, token] = /^(DPoP|Bearer) +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization) ?? [];
  if (!scheme || !token) throw new DomainError('invalid_token');
  const { claims, standing, scopes } = await deps.tokens.read(token);
  if (scheme.toLowerCase() === 'dpop') {
    if (!claims.cnf) throw new DomainError('invalid_token');
    const proof = request.headers['dpop'];
    await verifyDpopProof(deps.seenIds, typeof proof === 'string' ? proof : undefined, {
      method: request.method ?? '',
      url: deps.baseUrl + pathOf(request),
      accessToken: token,
      thumbprint: claims.cnf.jkt,
    });
  } else if (claims.cnf || standing.app.kind === 'native') {
    // A bound token without its proof is a stolen one; a public client has only bound tokens.
    throw new DomainError('invalid_token');
  }
  return principalOf(deps, standing, { scopes, oidcGrant: claims.gid });
}

/** Never the host that the caller wrote: with an absolute request target a proof made for another server would fit here. */
function pathOf(request: ApiRequest): string {
  return URL.parse(request.originalUrl ?? request.url ?? '/', 'http://localhost')?.pathname ?? '/';
}

async function bySession(deps: AuthenticateDeps, request: ApiRequest): Promise<Principal | null> {
  const session = await deps.sessions.authenticate(request);
  return session && principalOf(deps, session.standing, session);
}

export function principalOf(
  deps: { pairwise: Pairwise },
  standing: Standing,
  token: { readonly scopes: readonly Scope[]; readonly oidcGrant: string | undefined },
): Principal {
  const { app, account, consent } = standing;
  const { clientId } = app;
  const { scopes } = token;
  if (account === null) {
    if (app.partnerId === null) throw new DomainError('invalid_token');
    return { actor: 'partner', partnerId: app.partnerId, clientId, accountId: null, scopes };
  }
  if (account.kind === 'admin') return { actor: 'admin', accountId: account.id, clientId, scopes };
  if (account.partnerId !== null) return { actor: 'partner', partnerId: account.partnerId, clientId, accountId: account.id, scopes };
  const { memberId } = account;
  if (memberId === null || token.oidcGrant === undefined) throw new DomainError('invalid_token');
  return {
    actor: 'member',
    memberId,
    clientId,
    partnerId: app.partnerId,
    // The member's own line for this app; our web app has none, its sign-in is the grant.
    grantId: consent?.grantId ?? GrantId.parse(token.oidcGrant),
    // Few operations ask for it, and it is a keyed hash.
    get subject() {
      return deps.pairwise.subject(app.partnerId, memberId);
    },
    scopes,
  };
}

function withChallenge(error: unknown, metadataUrl: string): unknown {
  if (!(error instanceof DomainError) || error.extras.challenge !== undefined) return error;
  if (error.code !== 'invalid_token' && error.code !== 'invalid_dpop_proof') return error;
  return new DomainError(error.code, { ...error.extras, challenge: challengeOf(metadataUrl, { error: error.code }) });
}
