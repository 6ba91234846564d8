// Tokens got as a partner's backend and as a native app would get them, by openid-client over real HTTP.
import { importJWK, type JWK } from 'jose';
import * as oauth from 'openid-client';
import type { ApiReply } from './session.ts';
import { type Visit, Visitor } from './visitor.ts';

export interface Backend {
  readonly client_id: string;
  readonly private_key_jwk: Readonly<Record<string, unknown>>;
}

/** A configured relying party for a partner's backend: private_key_jwt, and nothing shared. */
export async function backendOf(issuer: string, client: Backend): Promise<oauth.Configuration> {
  const key = await importJWK(client.private_key_jwk as JWK, 'ES256');
  if (key instanceof Uint8Array) throw new Error('the key of a backend is never symmetric');
  const assertion = oauth.PrivateKeyJwt({ key, kid: String(client.private_key_jwk['kid']) });
  return oauth.discovery(new URL(issuer), client.client_id, {}, assertion, { execute: [oauth.allowInsecureRequests] });
}

export async function backendToken(issuer: string, client: Backend, scope?: string): Promise<string> {
  const config = await backendOf(issuer, client);
  const tokens = await oauth.clientCredentialsGrant(config, { resource: `${issuer}/v1`, ...(scope !== undefined && { scope }) });
  return tokens.access_token;
}

export interface NativeLogin {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly username: string;
  readonly password: string;
  readonly scope: string;
}

export interface NativeToken {
  readonly accessToken: string;
  /** Calls the API with the token and a fresh DPoP proof. */
  call(method: string, path: string, body?: unknown): Promise<ApiReply>;
}

/** Code + PKCE + DPoP with a loopback redirect; consents to everything asked. */
export async function nativeToken(login: NativeLogin): Promise<NativeToken> {
  const config = await oauth.discovery(new URL(login.issuer), login.clientId, {}, oauth.None(), { execute: [oauth.allowInsecureRequests] });
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'));
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: login.redirectUri,
    scope: login.scope,
    resource: `${login.issuer}/v1`,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  const back = await throughPages(new Visitor(), url.href, login);
  const tokens = await oauth.authorizationCodeGrant(
    config,
    back,
    { pkceCodeVerifier: verifier, expectedState: state },
    { resource: `${login.issuer}/v1` },
    { DPoP },
  );
  return {
    accessToken: tokens.access_token,
    call: async (method, path, body) => {
      const headers = new Headers({ 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() });
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const response = await oauth
        .fetchProtectedResource(config, tokens.access_token, new URL(`${login.issuer}${path}`), method, payload, headers, { DPoP })
        .catch((error: unknown) => {
          // A refusal with a challenge is an answer here, not an exception.
          if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
          throw error;
        });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}

/** Signs in and consents until the server hands back to the app's redirect address. */
export async function throughPages(visitor: Visitor, url: string, person: { username: string; password: string }): Promise<URL> {
  let page: Visit = await visitor.open(url, { headers: { accept: 'text/html' } });
  for (let step = 0; step < 4 && page.status < 300; step++)
    page = page.body.includes('name="password"')
      ? await visitor.submit(page, { username: person.username, password: person.password }, 'name="password"')
      : await visitor.submit(page, consentFields(page), 'name="decision"');
  const location = page.headers.get('location');
  if (location === null) throw new Error(`no way back from ${page.url} (${page.status}): ${page.body.slice(0, 500)}`);
  return new URL(location, page.url);
}

/** Allows everything that a consent page asks: what it requires and every optional box. */
function consentFields(page: Visit): Record<string, string | string[]> {
  const scopes = [...page.body.matchAll(/<input\b[^>]*name="scope"[^>]*>/g)].map(([tag]) => /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '');
  return { scope: scopes, decision: 'allow' };
}
