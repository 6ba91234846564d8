import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import * as client from 'openid-client';
import type { WebApp } from './session-store.ts';

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410). */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_ID = 'platform-web';

/** The web apps' client key, the same on every node without being stored: derived from the operator's secret. */
export function deriveClientKey(secret: string): { privateKey: KeyObject; publicJwk: JWK } {
  const seed = Buffer.from(hkdfSync('sha256', secret, 'chung', 'web-client-key', 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicJwk: { ...publicJwk, alg: 'Ed25519', use: 'sig', kid: KEY_ID } };
}

/**
 * The platform as a relying party of itself: the web apps sign in by the same code + PKCE as everybody. The metadata is known, so no
 * discovery at start; `selfOrigin` is where this process answers when the public address leads through a proxy.
 */
export async function createRelyingParty(deps: {
  issuer: string;
  app: WebApp;
  privateKey: KeyObject;
  selfOrigin: () => string;
}): Promise<client.Configuration> {
  const { issuer } = deps;
  const pkcs8 = deps.privateKey.export({ format: 'der', type: 'pkcs8' });
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  const configuration = new client.Configuration(
    {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
      jwks_uri: `${issuer}/oauth/jwks`,
      authorization_response_iss_parameter_supported: true,
    },
    `chung-${deps.app}`,
    { id_token_signed_response_alg: 'ES256' },
    client.PrivateKeyJwt({ key, kid: KEY_ID }),
  );
  configuration[client.customFetch] = (url, { method, redirect, body, signal, headers: given }) => {
    const to = new URL(url);
    const self = new URL(deps.selfOrigin());
    to.protocol = self.protocol;
    to.host = self.host;
    // Behind a proxy this call comes without one; the header says how the outside world sees it.
    const headers = {
      ...given,
      'x-forwarded-proto': new URL(issuer).protocol.slice(0, -1),
      'x-forwarded-host': new URL(issuer).host,
    };
    // A view of memory that other threads may share is no body; a copy is. In practice it is a form.
    const sent = body instanceof Uint8Array ? new Uint8Array(body) : (body ?? null);
    return fetch(to, { method, redirect, headers, body: sent, signal: signal ?? null });
  };
  if (new URL(issuer).protocol === 'http:') client.allowInsecureRequests(configuration);
  return configuration;
}
