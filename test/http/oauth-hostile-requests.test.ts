// Requests that no right client sends: what the authorization server answers, where, and that it never answers with an error of its own.
import { request as httpRequest } from 'node:http';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser } from './oauth-browser.ts';
import { flowOf, memberTokens, oauthErrorOf, throughPages } from './oauth-flows.ts';
import { type OauthPlatform, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let username: string;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp();
  username = (await platform.addMember()).username;
});
afterAll(() => platform?.close());

const RIGHT = {
  client_id: 'chung-cli',
  response_type: 'code',
  redirect_uri: 'http://127.0.0.1:9999/callback',
  scope: 'openid',
  state: 'x',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

function authorizeUrl(changed: Record<string, string> = {}): URL {
  const url = new URL('/oauth/authorize', platform.baseUrl);
  url.search = new URLSearchParams({ ...RIGHT, ...changed }).toString();
  return url;
}

const ask = (changed: Record<string, string> = {}) => new Browser(platform.baseUrl).send(authorizeUrl(changed));

/** The error sent back to the app, and that it came in the query of the checked address. */
function errorAt(page: { headers: Headers }): string | null {
  const to = new URL(page.headers.get('location') ?? 'none:');
  expect([to.host, to.hash]).toEqual(['127.0.0.1:9999', '']);
  expect(to.searchParams.get('code')).toBeNull();
  return to.searchParams.get('error');
}

describe('characters that the database cannot keep', () => {
  test.each(['state', 'nonce', 'login_hint', 'ui_locales', 'acr_values', 'scope', 'code_challenge'])(
    'a NUL in %s is the caller’s mistake',
    async (name) => {
      expect(errorAt(await ask({ [name]: 'a\0b' }))).toMatch(/^invalid_/);
    },
  );

  test.each(['client_id', 'redirect_uri'])('400: a NUL in %s is answered on our own page', async (name) => {
    const page = await ask({ [name]: 'a\0b' });
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  });

  test('400: the same pushed, and at the token endpoint, and in every form of the pages', async () => {
    const flow = await flowOf(platform, app, { state: 'a\0b' });
    const pushed = await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters);
    const { url } = await new Browser(platform.baseUrl).open(pushed);
    expect([url.host, url.searchParams.get('error'), url.searchParams.get('code')]).toEqual(['app.example.vn', 'invalid_request', null]);
    const post = (path: string, body: Record<string, string>) =>
      fetch(platform.baseUrl + path, { method: 'POST', body: new URLSearchParams(body) }).then(({ status }) => status);
    expect(await post('/oauth/token', { grant_type: 'refresh_token', client_id: 'a\0', refresh_token: 'b\0' })).toBe(401);
    expect(await post('/oauth/token', { grant_type: 'refresh_token', client_id: 'chung-cli', refresh_token: 'b\0' })).toBe(400);
    const browser = new Browser(platform.baseUrl);
    const page = await browser.open('/session/member/login');
    expect((await browser.signIn(page, 'a\0b', 'c\0d')).status).toBe(401);
  });
});

describe('parameters that we do not take', () => {
  test.each([
    ['request', 'eyJhbGciOiJub25lIn0.e30.', 'request_not_supported'],
    ['request_uri', 'https://evil.example/request.jwt', 'request_uri_not_supported'],
    ['registration', '{}', 'registration_not_supported'],
    ['response_mode', 'fragment', 'unsupported_response_mode'],
    ['response_type', 'code token', 'unsupported_response_type'],
    ['prompt', 'none login', 'invalid_request'],
    ['max_age', '-1', 'invalid_request'],
    ['id_token_hint', 'not.a.token', 'invalid_request'],
  ])('%s is refused', async (name, value, error) => {
    const page = await ask({ [name]: value });
    // A foreign request object could name another address, so some refusals stay on our page.
    if (page.status === 400) expect(page.headers.get('location')).toBeNull();
    else expect(errorAt(page)).toBe(error);
  });

  test.each(['state', 'scope', 'response_type', 'response_mode', 'code_challenge', 'client_id', 'redirect_uri'])(
    'two values of %s are refused, whichever of them is right',
    async (name) => {
      const url = authorizeUrl(name === 'response_mode' ? { response_mode: 'query' } : {});
      url.searchParams.append(name, name === 'response_mode' ? 'fragment' : 'other');
      const page = await new Browser(platform.baseUrl).send(url);
      const location = page.headers.get('location');
      expect(location === null ? page.status : new URL(location).searchParams.get('error')).toBe(
        location === null ? 400 : 'invalid_request',
      );
      expect(location ?? '').not.toContain('#');
    },
  );

  test('prompt=none never shows a page: who is not signed in is told so at the app', async () => {
    expect(errorAt(await ask({ prompt: 'none' }))).toBe('login_required');
  });

  test('prompt=none does not stand in for the question that a command-line app must ask', async () => {
    const browser = new Browser(platform.baseUrl);
    await throughPages(platform, authorizeUrl(), { username, browser });
    expect(errorAt(await browser.send(authorizeUrl({ prompt: 'none' })))).toMatch(/consent_required|interaction_required/);
  });

  test('prompt=none gives a partner’s app nothing that the member was never asked', async () => {
    const asking = await platform.addApp({ scopes: ['offers:read', 'member.profile:read'] });
    const browser = new Browser(platform.baseUrl);
    const pushed = async (changed: Record<string, string>) => {
      const flow = await flowOf(platform, asking, changed);
      return client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters);
    };
    await throughPages(platform, await pushed({ scope: 'openid' }), { username, browser });
    const { url } = await browser.open(await pushed({ scope: 'openid member.profile:read', prompt: 'none' }));
    expect([url.host, url.searchParams.get('error'), url.searchParams.get('code')]).toEqual(['app.example.vn', 'consent_required', null]);
  });

  test('the endpoint takes no form: a POST could carry what a link cannot', async () => {
    const page = await fetch(`${platform.baseUrl}/oauth/authorize`, {
      method: 'POST',
      body: new URLSearchParams(RIGHT),
      redirect: 'manual',
    });
    expect([page.status, page.headers.get('location')]).toEqual([404, null]);
  });
});

describe('pushed requests', () => {
  const push = async (by: TestApp, changed: Record<string, string> = {}) => {
    const flow = await flowOf(platform, by, changed);
    return client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters);
  };

  test('400: another client cannot use one', async () => {
    const other = await platform.addApp({ redirectUri: 'https://other.example.vn/callback' });
    const url = await push(app);
    url.searchParams.set('client_id', other.clientId);
    const page = await new Browser(platform.baseUrl).send(url);
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  });

  test('nothing beside it counts: neither scope nor address can be changed in the link', async () => {
    const url = await push(app, { scope: 'openid' });
    url.searchParams.set('scope', 'openid offers:read');
    url.searchParams.set('redirect_uri', 'https://evil.example/');
    const page = await throughPages(platform, url, { username });
    expect(page.url.host === 'app.example.vn' || page.status === 400).toBe(true);
    expect(page.url.host).not.toBe('evil.example');
  });

  test('400: one that was made up, or has expired, opens nothing', async () => {
    const url = await push(app);
    await platform.owner.query(`UPDATE chung.oidc_artifacts SET expires_at = now() - interval '1 second', payload = jsonb_set(payload, '{exp}', '1')
      WHERE model = 'PushedAuthorizationRequest'`);
    expect((await new Browser(platform.baseUrl).send(url)).status).toBe(400);
    const [made] = [new URL(url)];
    made.searchParams.set('request_uri', `urn:ietf:params:oauth:request_uri:${'x'.repeat(43)}`);
    expect((await new Browser(platform.baseUrl).send(made)).status).toBe(400);
  });

  test('400: a request_uri inside a pushed request is refused', async () => {
    const flow = await flowOf(platform, app, { request_uri: 'https://evil.example/r' });
    expect(await oauthErrorOf(client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters))).toMatch(/invalid_request|request_uri/);
  });
});

describe('the sign-in page', () => {
  test('400: another browser cannot go on with a sign-in that it did not begin', async () => {
    const [mine, theirs] = [new Browser(platform.baseUrl), new Browser(platform.baseUrl)];
    const page = await mine.open('/session/member/login');
    for (const path of ['', '/sign-in', '/consent', '/cancel'])
      expect((await theirs.send(page.url.pathname + path, path === '' ? {} : { method: 'POST', body: '' })).status, path).toBe(400);
    expect((await mine.open(page.url)).text).toContain('name="password"');
  });

  test('400: two sign-ins of one browser are not mixed up', async () => {
    const browser = new Browser(platform.baseUrl);
    const [one, two] = [await browser.open('/session/member/login'), await browser.open('/session/partner/login')];
    expect(one.url.pathname).not.toBe(two.url.pathname);
    expect((await browser.open(one.url)).text).toContain('<strong>Chung</strong>');
    expect((await browser.open(two.url)).text).toContain('Đối tác');
  });

  test('consent cannot be sent before signing in', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.open(authorizeUrl());
    const answer = await browser.send(`${page.url.pathname}/consent`, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'allow', scope: 'openid' }),
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'http://localhost:1' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, 401],
    [{}, 401],
  ])('a form sent with %j answers %i', async (headers, status) => {
    const browser = new Browser(platform.baseUrl);
    const { url } = await browser.open('/session/member/login');
    const body = new URLSearchParams({ username: `lạ-${crypto.randomUUID()}`, password: 'x' });
    expect((await browser.send(`${url.pathname}/sign-in`, { method: 'POST', headers, body })).status).toBe(status);
  });

  test('422: a form with nothing in it, or lists where one value belongs, asks again', async () => {
    const browser = new Browser(platform.baseUrl);
    const { url } = await browser.open('/session/member/login');
    for (const body of ['', 'username=&password=', 'username=a', 'username=a&username=b&password=c', 'username[x]=a&password=b']) {
      const answer = await browser.send(`${url.pathname}/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      expect([answer.status, answer.text], body).toEqual([422, expect.stringContaining('role="alert"')]);
    }
  });

  test('a hint of the app is shown as text and is no sign-in', async () => {
    const page = await new Browser(platform.baseUrl).open(authorizeUrl({ login_hint: '"><b>an' }));
    expect(page.text).toContain('value="&quot;&gt;&lt;b&gt;an"');
  });
});

describe('a forged host', () => {
  /** `fetch` sends no Host of ours and no absolute target. */
  const raw = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; body: string; location: string | undefined }>((resolve, reject) => {
      const { hostname, port } = new URL(platform.listensAt);
      const sent = httpRequest({ hostname, port, path, headers }, (response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, location: response.headers.location }));
      });
      sent.on('error', reject).end();
    });

  test('puts nobody else’s address into the metadata', async () => {
    for (const headers of [
      { host: 'evil.example' },
      { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    ]) {
      const { status, body } = await raw('/.well-known/openid-configuration', headers);
      expect([status, body.includes('evil.example')]).toEqual([200, false]);
    }
  });

  test('leads no redirect of ours away', async () => {
    for (const path of ['/session/member/login', authorizeUrl().pathname + authorizeUrl().search, '/oauth/end-session']) {
      const { location = '', body } = await raw(path, { host: 'evil.example' });
      expect(location + body).not.toContain('evil.example');
    }
  });

  test('401: a proof made for another server does not fit here, whatever target is written into the request', async () => {
    const backend = await platform.backendOf(app);
    const DPoP = client.getDPoPHandle(backend, await client.randomDPoPKeyPair('ES256'));
    const { access_token: token } = await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' }, { DPoP });
    const proofs: string[] = [];
    // What the other server would get to see: the call is made, but to nobody.
    backend[client.customFetch] = async (_url, { headers }) => {
      proofs.push(new Headers(headers).get('dpop') ?? '');
      return new Response('{}');
    };
    const call = (url: string) => client.fetchProtectedResource(backend, token, new URL(url), 'GET', null, undefined, { DPoP });
    await call('http://evil.example/v1/probe');
    await call(`${platform.resource}/probe`);
    const [foreign = '', own = ''] = proofs;
    const headers = (dpop: string) => ({ host: 'evil.example', authorization: `DPoP ${token}`, dpop });
    expect(await raw('http://evil.example/v1/probe', headers(foreign))).toMatchObject({
      status: 401,
      body: expect.stringContaining('invalid_dpop_proof'),
    });
    expect((await raw('/v1/probe', headers(own))).status).toBe(200);
  });
});

test('an app’s tokens name nobody else’s endpoints: the issuer is the platform’s address and no other', async () => {
  const { tokens } = await memberTokens(platform, app, { username });
  expect(tokens.claims()?.iss).toBe(platform.baseUrl);
  expect(tokens.claims()?.aud).toBe(app.clientId);
});
