import { SCOPES } from '@chung/contracts';
import type { JWK } from 'jose';
import type { AdapterPayload } from 'oidc-provider';
import type { App } from '../app.ts';

export const CLIENT_KEY_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;

/**
 * RFC 9864 gave `EdDSA` on this curve the name `Ed25519`; libraries sign under either, and a key that carries one of the names would refuse
 * the other. The curve itself says what it is for.
 */
function usableKey({ alg, ...key }: JWK): JWK {
  return alg === undefined || key.kty === 'OKP' ? key : { ...key, alg };
}

/** An app as oidc-provider wants it. All the policy on clients is here and holds for each of them. */
export function clientMetadata(app: App): AdapterPayload {
  const signsInPeople = app.redirectUris.length > 0;
  const actsAlone = app.kind === 'partner' && app.scopes.some((scope) => SCOPES[scope].holder === 'partner');
  return {
    client_id: app.clientId,
    client_name: app.name,
    application_type: app.kind === 'native' ? 'native' : 'web',
    redirect_uris: [...app.redirectUris],
    grant_types: [...(signsInPeople ? ['authorization_code', 'refresh_token'] : []), ...(actsAlone ? ['client_credentials'] : [])],
    response_types: signsInPeople ? ['code'] : [],
    // The stock server lets every mode pass: `fragment` leaks the code to scripts, `form_post` to the page's history.
    response_modes: ['query'],
    // Pairwise by partner, see `pairwiseIdentifier`; an app that signs nobody in has no subjects.
    subject_type: signsInPeople ? 'pairwise' : 'public',
    id_token_signed_response_alg: 'ES256',
    ...(app.kind === 'native'
      ? { token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true }
      : { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: app.jwks.keys.map(usableKey) } }),
    require_pushed_authorization_requests: app.kind !== 'native',
  };
}
