import type { Scope } from '@chung/contracts';
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { DomainError } from '../../../kernel/errors.ts';
import type { ShortCache } from './short-cache.ts';
import { effectiveScopes, type Standing, standingFrom } from './standing.ts';
import type { StandingKey, StandingRow } from './standing-store.ts';

const Claims = z.object({
  jti: z.string().min(1),
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
  aud: z.string(),
  client_id: z.string(),
  scope: z.string().default(''),
  /** Id of oidc-provider's grant; absent when an app acts for itself. */
  gid: z.string().optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
});
export type AccessTokenClaims = z.infer<typeof Claims>;

export interface ReadToken {
  readonly claims: AccessTokenClaims;
  readonly standing: Standing;
  /** What the token can do now, not what it was issued with. */
  readonly scopes: readonly Scope[];
}

export interface TokenReader {
  /** Throws `invalid_token` or `partner_not_active`; never believes the token alone. */
  read(token: string): Promise<ReadToken>;
}

/** Far above what any of our tokens lives. */
const OLDEST_SECONDS = 86_400;
const CLOCK_TOLERANCE_SECONDS = 5;

export function createTokenReader(deps: {
  findStanding(key: StandingKey): Promise<StandingRow | null>;
  issuer: string;
  resource: string;
  publicKeys: readonly JWK[];
  standings: ShortCache<Standing>;
}): TokenReader {
  const keys = createLocalJWKSet({ keys: deps.publicKeys.map((key) => ({ ...key })) });
  const verify = async (token: string): Promise<AccessTokenClaims> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: deps.issuer,
        audience: deps.resource,
        // RFC 9068: an ID token of ours, signed with the same key, is no access token.
        typ: 'at+jwt',
        algorithms: ['ES256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        // With it a token from the future is refused too: on a host whose clock was set back, ended ones would live on.
        maxTokenAge: OLDEST_SECONDS,
        requiredClaims: ['exp', 'iat', 'jti', 'client_id'],
      });
      return Claims.parse(payload);
    } catch (error) {
      throw new DomainError('invalid_token', { cause: error });
    }
  };
  return {
    read: async (token) => {
      const claims = await verify(token);
      const key: StandingKey = { clientId: claims.client_id, oidcGrant: claims.gid ?? null, jti: claims.jti };
      const standing = await deps.standings.get(`${claims.client_id} ${claims.gid ?? ''} ${claims.jti}`, async () =>
        standingFrom(await deps.findStanding(key), key),
      );
      return { claims, standing, scopes: effectiveScopes(standing, claims.scope.split(' ')) };
    },
  };
}
