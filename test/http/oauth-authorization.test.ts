import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser } from './oauth-browser.ts';
import { authorize, exchange, flowOf, memberTokens, oauthErrorOf, probe, throughPages } from './oauth-flows.ts';
import { discover, type OauthPlatform, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let username: string;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp({ scopes: ['offers:read', 'member.profile:read', 'partner.offers:read'] });
  username = (await platform.addMember()).username;
});
afterAll(() => platform?.close());

const pushed = async (changed: Record<string, string | undefined>) => {
  const flow = await flowOf(platform, app, changed);
  return oauthErrorOf(client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters));
};

/** The public client may use the front channel, so it is where parameters can be spoilt on the way. */
const frontChannel = (changed: Record<string, string | undefined>) => {
  const parameters: Record<string, string | undefined> = {
    client_id: 'chung-cli',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:9999/callback',
    scope: 'openid',
    state: 'x',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changed,
  };
  const url = new URL('/oauth/authorize', platform.baseUrl);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return new Browser(platform.baseUrl).send(url);
};

const redirected = (page: { headers: Headers }) => new URL(page.headers.get('location') ?? 'none:');

describe('PKCE', () => {
  test('400: a pushed request without a code challenge is refused for a confidential client too', async () => {
    expect(await pushed({ code_challenge: undefined, code_challenge_method: undefined })).toBe('invalid_request');
  });
  test('400: the plain method is refused', async () => {
    expect(await pushed({ code_challenge_method: 'plain' })).toBe('invalid_request');
  });
  test('303: the front channel without a code challenge answers the error to the checked address', async () => {
    const to = redirected(await frontChannel({ code_challenge: undefined, code_challenge_method: undefined }));
    expect([to.host, to.searchParams.get('error')]).toEqual(['127.0.0.1:9999', 'invalid_request']);
  });
  test('400: a code is worth nothing without its verifier, or with another', async () => {
    const flow = await flowOf(platform, app);
    const { url } = await authorize(platform, flow, { username });
    expect(await oauthErrorOf(exchange({ ...flow, verifier: client.randomPKCECodeVerifier() }, url))).toBe('invalid_grant');
    const bare = client.genericGrantRequest(flow.backend, 'authorization_code', {
      code: url.searchParams.get('code') ?? '',
      redirect_uri: app.redirectUri,
    });
    expect(await oauthErrorOf(bare)).toBe('invalid_grant');
  });
});

describe('redirect address', () => {
  test.each([
    'https://evil.example/callback',
    'https://app.example.vn/callback/..',
    'https://app.example.vn/callback?x=1',
    'https://app.example.vn.evil.example/callback',
  ])('400: %s is refused when pushed', async (address) => expect(await pushed({ redirect_uri: address })).toBe('invalid_request'));
  test('400: it is required although one is registered', async () => {
    expect(await pushed({ redirect_uri: undefined })).toBe('invalid_request');
    const page = await frontChannel({ redirect_uri: undefined });
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  });
  test('400: an error never goes to an address that is not registered', async () => {
    for (const changed of [
      { scope: 'no:such' },
      { response_type: 'token' },
      { code_challenge: undefined },
      { response_mode: 'form_post' },
      { prompt: 'none' },
    ]) {
      const page = await frontChannel({ redirect_uri: 'https://evil.example/', ...changed });
      expect([page.status, page.headers.get('location')]).toEqual([400, null]);
      expect(page.text).not.toContain('evil.example');
    }
  });
  test('400: an unknown client is answered on our own page', async () => {
    const page = await frontChannel({ client_id: 'nobody', redirect_uri: 'https://evil.example/' });
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  });
  test('303: a native app may use any loopback port, and no other host', async () => {
    expect((await frontChannel({ redirect_uri: 'http://127.0.0.1:1234/callback' })).headers.get('location')).toContain(
      '/oauth/interaction/',
    );
    expect((await frontChannel({ redirect_uri: 'http://127.0.0.2:1234/callback' })).status).toBe(400);
    expect((await frontChannel({ redirect_uri: 'http://127.0.0.1.evil.example/callback' })).status).toBe(400);
  });
});

describe('response type and mode', () => {
  test.each(['token', 'id_token', 'code id_token', 'none'])('%s is refused', async (type) => {
    const to = redirected(await frontChannel({ response_type: type, nonce: 'n' }));
    expect([to.host, to.searchParams.get('error'), to.hash]).toEqual(['127.0.0.1:9999', 'unsupported_response_type', '']);
  });
  test.each(['fragment', 'form_post', 'web_message', 'query.jwt'])(
    '303: response_mode %s is refused, and answered in the query',
    async (mode) => {
      const to = redirected(await frontChannel({ response_mode: mode }));
      expect([to.host, to.searchParams.get('error'), to.hash]).toEqual(['127.0.0.1:9999', 'unsupported_response_mode', '']);
    },
  );
  test.each(['fragment', 'form_post'])('400: response_mode %s is refused when pushed', async (mode) => {
    expect(await pushed({ response_mode: mode })).toMatch(/invalid_request|unsupported_response_mode/);
  });
});

describe('scopes and resource', () => {
  test('400: an unknown scope is refused by name', async () => {
    const flow = await flowOf(platform, app, { scope: 'openid offers:read no:such' });
    const refusal = await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ error: 'invalid_scope', error_description: expect.stringContaining('no:such') });
  });
  test('400: a scope that was not approved for the app is refused by name', async () => {
    for (const scope of ['member.contact:read', 'grants:manage', 'admin.audit:read', 'partner.offers:read'])
      expect(await pushed({ scope: `openid ${scope}` })).toBe('invalid_scope');
    const backend = await platform.backendOf(app);
    for (const scope of ['partner.revenue:read', 'offers:read', 'openid', 'no:such'])
      expect(await oauthErrorOf(client.clientCredentialsGrant(backend, { scope, resource: platform.resource }))).toBe('invalid_scope');
  });
  test('400: another resource is refused at every endpoint', async () => {
    expect(await pushed({ resource: 'https://other.example/api' })).toBe('invalid_target');
    const backend = await platform.backendOf(app);
    for (const resource of ['https://other.example/api', platform.baseUrl, `${platform.resource}/`])
      expect(await oauthErrorOf(client.clientCredentialsGrant(backend, { scope: 'partner.offers:read', resource }))).toBe('invalid_target');
  });
  test('a token is always for the API, also when no resource is named', async () => {
    const backend = await platform.backendOf(app);
    const { access_token } = await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' });
    expect((await probe(platform, access_token)).status).toBe(200);
  });
});

describe('partner clients', () => {
  test('an authorization request that was not pushed is refused', async () => {
    const to = redirected(await frontChannel({ client_id: app.clientId, redirect_uri: app.redirectUri }));
    expect([to.host, to.searchParams.get('error')]).toEqual(['app.example.vn', 'invalid_request']);
  });
  test('a pushed request works once', async () => {
    const flow = await flowOf(platform, app);
    const url = await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters);
    const person = { username };
    expect((await throughPages(platform, url, person)).url.host).toBe('app.example.vn');
    expect((await throughPages(platform, url, person)).status).toBe(400);
  });
  test('401: no client authentication, or a shared secret, is refused', async () => {
    for (const authentication of [client.None(), client.ClientSecretPost('secret'), client.ClientSecretBasic('secret')]) {
      const nobody = await discover(platform.baseUrl, app.clientId, authentication);
      expect(await oauthErrorOf(client.clientCredentialsGrant(nobody, { scope: 'partner.offers:read' }))).toBe('invalid_client');
    }
  });
  test('the subject is pairwise: one member is another to each partner', async () => {
    const other = await platform.addApp({ redirectUri: 'https://app.example.vn/callback' });
    const member = await platform.addMember();
    const here = await memberTokens(platform, app, { username: member.username });
    const there = await memberTokens(platform, other, { username: member.username });
    expect(here.tokens.claims()?.sub).toBe(platform.pairwise.subject(app.partnerId, member.memberId));
    expect(there.tokens.claims()?.sub).not.toBe(here.tokens.claims()?.sub);
  });
});

test('400: another site’s script cannot talk to the token endpoint, and a backend’s never can', async () => {
  const ask = (origin: string, client_id: string) =>
    fetch(`${platform.baseUrl}/oauth/token`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id }),
    });
  for (const [origin, id] of [
    ['https://evil.example', 'chung-cli'],
    ['null', 'chung-cli'],
    ['https://app.example.vn', app.clientId],
  ] as const) {
    const answer = await ask(origin, id);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([400, null]);
  }
});
