import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from 'jose';
import { DomainError } from '../../../kernel/errors.ts';
import type { SeenIds } from '../authorization-server/seen-ids.ts';

export const DPOP_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256'] as const;

/** How far a proof's clock may be off, either way; as long each `jti` is remembered. */
const WINDOW_SECONDS = 60;

export interface ProofExpectation {
  readonly method: string;
  /** Address of the request without query and fragment, as the caller sees it. */
  readonly url: string;
  readonly accessToken: string;
  /** `cnf.jkt` of the access token. */
  readonly thumbprint: string;
}

function fail(reason: string, cause?: unknown): never {
  throw new DomainError('invalid_dpop_proof', { cause: cause ?? new Error(reason) });
}

/** Checks a DPoP proof as RFC 9449 §4.3 lists it, and that it is the first of its kind on any node. */
export async function verifyDpopProof(seenIds: SeenIds, proof: string | undefined, expected: ProofExpectation): Promise<void> {
  if (proof === undefined) fail('no DPoP header');
  let verified: JWTVerifyResult & { protectedHeader: { jwk?: object } };
  try {
    // Its time is checked below against our window; `exp` is no part of a proof.
    verified = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: [...DPOP_ALGORITHMS] });
  } catch (error) {
    fail('not a signed proof', error);
  }
  const { payload, protectedHeader } = verified;
  if (payload['htm'] !== expected.method) fail('htm is another method');
  if (typeof payload['htu'] !== 'string' || plainAddress(payload['htu']) !== plainAddress(expected.url)) fail('htu is another address');
  if (payload['ath'] !== createHash('sha256').update(expected.accessToken).digest('base64url')) fail('ath is another token');
  if (typeof payload.iat !== 'number' || Math.abs(Date.now() / 1000 - payload.iat) > WINDOW_SECONDS) fail('iat is not recent');
  if (typeof payload.jti !== 'string' || payload.jti.length === 0 || payload.jti.length > 256) fail('no usable jti');
  if ((await calculateJwkThumbprint(protectedHeader.jwk ?? {})) !== expected.thumbprint) fail('another key than the token is bound to');

  const seen = createHash('sha256').update(`dpop\0${expected.thumbprint}\0${payload.jti}`).digest('base64url');
  if (!(await seenIds.seeOnce(seen, 2 * WINDOW_SECONDS))) fail('replayed');
}

/** Scheme and host without case, no default port, no query: the comparison RFC 9449 asks for. */
function plainAddress(address: string): string | null {
  const url = URL.parse(address);
  return url && url.origin + url.pathname;
}
