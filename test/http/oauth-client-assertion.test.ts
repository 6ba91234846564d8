import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OauthPlatform, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp();
});
afterAll(() => platform?.close());

interface Spoilt {
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey;
  readonly endpoint?: string;
}

async function assertion({ claims = {}, key = app.privateKey }: Spoilt = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const right = { iss: app.clientId, sub: app.clientId, aud: platform.baseUrl, iat: now, exp: now + 60, jti: crypto.randomUUID() };
  const kept = Object.fromEntries(Object.entries({ ...right, ...claims }).filter(([, value]) => value !== undefined));
  return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);
}

function ask(token: string): Promise<Response> {
  return fetch(`${platform.baseUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'partner.offers:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
    }),
  });
}

const statusOf = async (spoilt: Spoilt) => (await ask(await assertion(spoilt))).status;

test('200: a right assertion is accepted', async () => {
  expect(await statusOf({})).toBe(200);
});

test('401: the audience must be exactly the issuer, as one string', async () => {
  for (const aud of [
    `${platform.baseUrl}/oauth/token`,
    `${platform.baseUrl}/oauth/par`,
    `${platform.baseUrl}/`,
    [platform.baseUrl],
    [platform.baseUrl, 'https://other.example'],
    'https://other.example',
    undefined,
  ])
    expect(await statusOf({ claims: { aud } })).toBe(401);
});

test('401: an assertion may live five minutes and not longer', async () => {
  const now = Math.floor(Date.now() / 1000);
  expect(await statusOf({ claims: { exp: now + 290 } })).toBe(200);
  expect(await statusOf({ claims: { exp: now + 330 } })).toBe(401);
  expect(await statusOf({ claims: { exp: now + 315_360_000 } })).toBe(401);
  expect(await statusOf({ claims: { exp: now - 60 } })).toBe(401);
  expect(await statusOf({ claims: { exp: undefined } })).toBe(401);
});

test('401: an assertion works once, also when both copies come at once', async () => {
  const token = await assertion();
  const answers = await Promise.all([ask(token), ask(token), ask(token)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

test('401: another key, another client and a missing id are refused', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  expect(await statusOf({ key: privateKey })).toBe(401);
  expect(await statusOf({ claims: { iss: 'chung-partner' } })).toBe(401);
  expect(await statusOf({ claims: { sub: 'chung-partner' } })).toBe(401);
  expect(await statusOf({ claims: { jti: undefined } })).toBe(401);
});
