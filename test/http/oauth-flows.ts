// The flows that OAuth tests repeat: an app's member sign-in, with any parameter changed or left out.
import * as client from 'openid-client';
import { Browser, type Page } from './oauth-browser.ts';
import { discover, type OauthPlatform, PASSWORD, pkce, type TestApp } from './oauth-platform.ts';

export interface Flow {
  readonly backend: client.Configuration;
  readonly verifier: string;
  readonly parameters: Record<string, string>;
}

/** Parameters of a right request; tests spoil them. */
export async function flowOf(platform: OauthPlatform, app: TestApp, changed: Record<string, string | undefined> = {}): Promise<Flow> {
  const { verifier, challenge } = await pkce();
  const parameters: Record<string, string | undefined> = {
    redirect_uri: app.redirectUri,
    scope: 'openid offers:read',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changed,
  };
  const kept = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { backend: await platform.backendOf(app), verifier, parameters: Object.fromEntries(kept) };
}

/** Pushes the request, signs the member in and allows what is asked; the answer's `url` is the app's callback. */
export async function authorize(
  platform: OauthPlatform,
  flow: Flow,
  person: { username: string; scopes?: readonly string[] },
): Promise<Page> {
  const url = await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters);
  return throughPages(platform, url, person);
}

export async function throughPages(
  platform: OauthPlatform,
  url: URL,
  person: { username: string; scopes?: readonly string[]; browser?: Browser },
): Promise<Page> {
  const browser = person.browser ?? new Browser(platform.baseUrl);
  let page = await browser.open(url);
  if (page.text.includes('name="password"')) page = await browser.signIn(page, person.username, PASSWORD);
  return page.text.includes('value="allow"') ? browser.submit(page, { decision: 'allow', scope: person.scopes ?? [] }, '/consent') : page;
}

export const exchange = (flow: Flow, callback: URL, extra: Record<string, string> = {}) =>
  client.authorizationCodeGrant(
    flow.backend,
    callback,
    { pkceCodeVerifier: flow.verifier, expectedState: 'state-1', expectedNonce: 'nonce-1', idTokenExpected: true },
    extra,
  );

/** A whole sign-in of a member to a partner's app. */
export async function memberTokens(
  platform: OauthPlatform,
  app: TestApp,
  wanted: { username: string; scope?: string; scopes?: readonly string[] },
) {
  const flow = await flowOf(platform, app, wanted.scope === undefined ? {} : { scope: wanted.scope });
  const page = await authorize(platform, flow, wanted);
  return { flow, tokens: await exchange(flow, page.url) };
}

/** A sign-in of the command-line app: public, loopback, DPoP. */
export async function nativeTokens(platform: OauthPlatform, person: { username: string; scope: string }) {
  const config = await discover(platform.baseUrl, 'chung-cli', client.None());
  const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256', { extractable: true }));
  const { verifier, challenge } = await pkce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:53682/callback',
    scope: person.scope,
    resource: platform.resource,
    state: 'state-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { url: callback } = await throughPages(platform, url, person);
  const tokens = await client.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier: verifier, expectedState: 'state-1' },
    {},
    { DPoP: dpop },
  );
  return { config, dpop, tokens };
}

/** What the API says of a token sent as `Bearer`. */
export async function probe(platform: OauthPlatform, token: string, init: { headers?: Record<string, string>; method?: string } = {}) {
  const response = await fetch(`${platform.resource}/probe`, {
    method: init.method ?? 'GET',
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  const body = (await response.json()) as { code?: string; scopes?: string[]; actor?: string };
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}

/** The OAuth error code of a refused call. */
export async function oauthErrorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError) return error.error;
    if (error instanceof client.WWWAuthenticateChallengeError) return error.cause[0]?.parameters.error ?? '';
    throw error;
  }
  throw new Error('the server accepted what it must refuse');
}
