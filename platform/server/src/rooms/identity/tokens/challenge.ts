import { DPOP_ALGORITHMS } from './dpop.ts';

export interface ChallengeDetail {
  /** RFC 6750 / 9449 code; none when the caller sent no credentials. */
  readonly error?: 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope' | 'insufficient_user_authentication';
  readonly scopes?: readonly string[];
}

/** The `WWW-Authenticate` of a refusal; it names where RFC 9728 metadata tells how to get a token. */
export function challengeOf(metadataUrl: string, { error, scopes }: ChallengeDetail = {}): string {
  const parts = [
    ...(error ? [`error="${error}"`] : []),
    ...(scopes ? [`scope="${scopes.join(' ')}"`] : []),
    `resource_metadata="${metadataUrl}"`,
  ].join(', ');
  return `DPoP algs="${DPOP_ALGORITHMS.join(' ')}", ${parts}, Bearer ${parts}`;
}
