import { importJWK, type JWK } from 'jose';
import * as client from 'openid-client';
import type { UpstreamPerson } from './link-account.ts';

export interface UpstreamOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** One of the two; with a key we authenticate by private_key_jwt and no secret is shared. */
  readonly clientSecret?: string;
  readonly privateKey?: JWK;
  /** Words on the button. */
  readonly label: string;
  /** Claim with the member code of the register. */
  readonly memberCodeClaim?: string;
  readonly scope?: string;
}

export interface UpstreamAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The operator's identity provider, seen from a relying party. */
export interface Upstream {
  begin(language: string): Promise<{ url: URL; attempt: UpstreamAttempt }>;
  /** Throws when the answer is an error or does not fit the attempt. */
  finish(callback: URL, attempt: UpstreamAttempt): Promise<UpstreamPerson>;
}

export function createUpstream(options: UpstreamOptions, callbackUrl: string): Upstream {
  let discovered: Promise<client.Configuration> | undefined;
  // At the first sign-in and not at start: the platform must not wait for somebody else's server.
  const configuration = () => {
    discovered ??= discover(options).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };
  return {
    begin: async (language) => {
      const config = await configuration();
      const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
      const parameters = {
        redirect_uri: callbackUrl,
        scope: options.scope ?? 'openid profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        ui_locales: language,
      };
      const pushes = config.serverMetadata().pushed_authorization_request_endpoint !== undefined;
      const url = pushes ? await client.buildAuthorizationUrlWithPAR(config, parameters) : client.buildAuthorizationUrl(config, parameters);
      return { url, attempt };
    },
    finish: async (callback, attempt) => {
      const config = await configuration();
      const checks = {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      };
      const tokens = await client.authorizationCodeGrant(config, callback, checks);
      const claims = tokens.claims();
      if (!claims) throw new Error('no ID token');
      // Many providers keep the ID token small and tell the rest at their userinfo endpoint.
      const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
      const told = hasUserInfo ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
      return { issuer: claims.iss, subject: claims.sub, claims: { ...told, ...claims } };
    },
  };
}

async function discover(options: UpstreamOptions): Promise<client.Configuration> {
  const issuer = new URL(options.issuer);
  const execute = [client.enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [])];
  return client.discovery(issuer, options.clientId, {}, await authenticationOf(options), { execute });
}

async function authenticationOf({ privateKey, clientSecret }: UpstreamOptions): Promise<client.ClientAuth> {
  if (!privateKey) return clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  const key = await importJWK(privateKey, privateKey.alg ?? 'ES256');
  if (key instanceof Uint8Array) throw new Error('the upstream key must be asymmetric');
  return client.PrivateKeyJwt(privateKey.kid === undefined ? key : { key, kid: privateKey.kid });
}
