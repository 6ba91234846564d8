// The operator's identity provider is a second oidc-provider with its stock sign-in, as different from ours as can be.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemberId } from '@chung/contracts';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { Browser, type Page } from './oauth-browser.ts';
import { type OauthPlatform, startOauthPlatform } from './oauth-platform.ts';

const register = new Map([
  ['DV-0001', { id: newId<MemberId>(), fullName: 'Trần Văn Nguồn' }],
  ['DV-0002', { id: newId<MemberId>(), fullName: 'Lê Thị Suối' }],
]);
/** What the provider says of each login; it changes in a test. */
const codes = new Map<string, string>([
  ['nguon', 'DV-0001'],
  ['suoi', 'DV-0002'],
  ['la', 'DV-9999'],
]);

let upstream: { issuer: string; server: Server; requests: string[] };
let platform: OauthPlatform;

async function startUpstream() {
  const requests: string[] = [];
  const handler: { handle?: ReturnType<Provider['callback']> } = {};
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    handler.handle?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    issuer,
    server,
    requests,
    start: async (callback: string) => {
      const provider = new Provider(issuer, {
        jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'up' }] },
        clients: [
          {
            client_id: 'chung',
            client_secret: 's'.repeat(43),
            redirect_uris: [callback],
            grant_types: ['authorization_code'],
            response_types: ['code'],
          },
        ],
        claims: { openid: ['sub'], profile: ['name', 'member_code'] },
        cookies: { keys: ['x'] },
        pkce: { required: () => true },
        findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, name: id, member_code: codes.get(id) }) }),
      });
      handler.handle = provider.callback();
    },
  };
}

beforeAll(async () => {
  const started = await startUpstream();
  upstream = started;
  platform = await startOauthPlatform({
    upstream: { issuer: started.issuer, clientId: 'chung', clientSecret: 's'.repeat(43), label: 'Đăng nhập bằng tài khoản Đoàn' },
    members: { findByCode: async (code) => register.get(code) ?? null },
  });
  await started.start(`${platform.baseUrl}/oauth/upstream/callback`);
});
afterAll(async () => {
  await platform?.close();
  upstream?.server.closeAllConnections();
  upstream?.server.close();
});

/** Through the second provider's own pages with a browser of its own; answers the address it sends back to us. */
async function signInThere(url: URL, login: string): Promise<URL> {
  const there = new Browser(upstream.issuer);
  let page = await there.open(url);
  for (let step = 0; step < 3 && page.url.origin === upstream.issuer; step++) page = await stockForm(there, page, login);
  return page.url;
}

function stockForm(there: Browser, page: Page, login: string): Promise<Page> {
  const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? '';
  return there.open(action, {
    method: 'POST',
    body: new URLSearchParams(prompt === 'login' ? { prompt, login, password: 'x' } : { prompt }),
  });
}

async function toUpstream(browser = new Browser(platform.baseUrl)) {
  const page = await browser.open('/session/member/login');
  expect(page.text).toContain('Đăng nhập bằng tài khoản Đoàn');
  const { url } = await browser.open(`${page.url.pathname}/upstream`);
  return { browser, page, url };
}

async function signInUpstream(login: string) {
  const { browser, page, url } = await toUpstream();
  const after = await browser.open(await signInThere(url, login));
  return { browser, page, after, session: JSON.parse((await browser.send('/session/member')).text) };
}

test('a member signs in at the operator’s provider and is the member that the provider names', async () => {
  const { session, after } = await signInUpstream('nguon');
  expect(after.url.pathname).toBe('/');
  expect(session).toMatchObject({ signedIn: true, actor: 'member', user: { displayName: 'Trần Văn Nguồn' } });
  const { rows } = await platform.owner.query(`SELECT member_id, password_hash FROM chung.accounts WHERE display_name = 'Trần Văn Nguồn'`);
  expect(rows).toEqual([{ member_id: register.get('DV-0001')?.id, password_hash: null }]);
});

test('the request is pushed, with PKCE, state and nonce', async () => {
  upstream.requests.length = 0;
  const { url } = await toUpstream();
  expect(upstream.requests).toContain('POST /request');
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
});

test('the link holds although the claim changes later', async () => {
  await signInUpstream('suoi');
  codes.set('suoi', 'DV-0001');
  const { session } = await signInUpstream('suoi');
  expect(session.user.displayName).toBe('Lê Thị Suối');
});

test('somebody whom the register does not know is told so and gets no session', async () => {
  const { session, after } = await signInUpstream('la');
  expect(session).toEqual({ signedIn: false });
  expect(after.text).toContain('chưa gắn với đoàn viên nào');
});

test('400: an answer in another browser, twice, or with another state is refused', async () => {
  const { browser, url } = await toUpstream();
  const back = await signInThere(url, 'nguon');
  expect((await new Browser(platform.baseUrl).open(back)).status).toBe(400);
  const forged = new URL(back);
  forged.searchParams.set('state', 'another');
  expect((await browser.open(forged)).status).toBe(400);
  expect((await browser.open(back)).url.pathname).toBe('/');
  expect((await browser.open(back)).status).toBe(400);
});

test('an error of the provider comes back to the sign-in page with a sentence', async () => {
  const { browser, url } = await toUpstream();
  const back = await signInThere(url, 'nguon');
  const refused = new URL(back);
  refused.searchParams.delete('code');
  refused.searchParams.set('error', 'access_denied');
  expect((await browser.open(refused)).text).toContain('Đăng nhập chưa hoàn tất');
});
