import { type Client, createClient } from '@chung/client';
import { importJWK, type JWK } from 'jose';
import * as oauth from 'openid-client';

export interface BackendSettings {
  /** The platform's issuer, also the base of its API. */
  readonly issuer: string;
  readonly clientId: string;
  /** The private key whose public part is registered for this app; ES256. */
  readonly privateKey: JWK;
}

const RENEW_BEFORE_SECONDS = 30;

/** A client of the platform that signs itself in and renews its token before it ends. */
export async function connectBackend({ issuer, clientId, privateKey }: BackendSettings): Promise<Client> {
  const key = await importJWK(privateKey, 'ES256');
  if (key instanceof Uint8Array) throw new Error('The key must be an ES256 key pair.');
  // Only a platform on this machine speaks plain HTTP.
  const execute = issuer.startsWith('http://localhost') ? [oauth.allowInsecureRequests] : [];
  const authentication = oauth.PrivateKeyJwt({ key, kid: privateKey.kid ?? '' });
  const server = await oauth.discovery(new URL(issuer), clientId, {}, authentication, { execute });
  let token = { value: '', endsAt: 0 };
  const fresh = async () => {
    if (Date.now() < token.endsAt) return token.value;
    const tokens = await oauth.clientCredentialsGrant(server, {
      resource: `${issuer}/v1`,
      scope: 'partner.events:read partner.redemptions:fulfil',
    });
    token = { value: tokens.access_token, endsAt: Date.now() + ((tokens.expiresIn() ?? 0) - RENEW_BEFORE_SECONDS) * 1000 };
    return token.value;
  };
  return createClient({ baseUrl: issuer, headers: async () => ({ authorization: `Bearer ${await fresh()}` }) });
}
