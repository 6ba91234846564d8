// An identity provider that lies: each answer differs from a right one in one thing, and none of them signs anybody in.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemberId } from '@chung/contracts';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { Browser } from './oauth-browser.ts';
import { type OauthPlatform, PASSWORD, startOauthPlatform } from './oauth-platform.ts';

const CLIENT = 'chung';
const register = new Map([['DV-1', { id: newId<MemberId>(), fullName: 'Trần Văn Nguồn' }]]);

/** What the provider says next; a test spoils it. */
interface Answers {
  claims: Record<string, unknown>;
  header: Record<string, unknown>;
  userinfo: Record<string, unknown>;
  key: 'own' | 'foreign' | 'none';
  status: number;
}
let answers: Answers;
let issuer: string;
let server: Server;
let platform: OauthPlatform;
let nonce = '';

async function start(): Promise<void> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
  const publicKey: JWK = { ...(await exportJWK(own.publicKey)), kid: 'up', alg: 'RS256', use: 'sig' };
  const idToken = async () => {
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: issuer, sub: 'person-1', aud: CLIENT, iat: now, exp: now + 60, nonce, member_code: 'DV-1' };
    const claims = Object.fromEntries(Object.entries({ ...right, ...answers.claims }).filter(([, value]) => value !== undefined));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    if (answers.key === 'none') return `${part({ alg: 'none' })}.${part(claims)}.`;
    const signer = answers.key === 'own' ? own.privateKey : foreign.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'up', ...answers.header }).sign(signer);
  };
  const reply = async (request: IncomingMessage): Promise<object> => {
    switch (new URL(request.url ?? '/', issuer).pathname) {
      case '/.well-known/openid-configuration':
        return {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/me`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          authorization_response_iss_parameter_supported: true,
        };
      case '/jwks':
        return { keys: [publicKey] };
      case '/me':
        return { sub: 'person-1', ...answers.userinfo };
      default:
        return { access_token: 'opaque', token_type: 'bearer', id_token: await idToken() };
    }
  };
  server = createServer(async (request, response) => {
    const isToken = request.url === '/token';
    response.writeHead(isToken ? answers.status : 200, { 'content-type': 'application/json' }).end(JSON.stringify(await reply(request)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  await start();
  platform = await startOauthPlatform({
    upstream: { issuer, clientId: CLIENT, clientSecret: 's'.repeat(43), label: 'Đăng nhập bằng tài khoản Đoàn' },
    members: { findByCode: async (code) => register.get(code) ?? null },
  });
});
afterAll(async () => {
  await platform?.close();
  server?.closeAllConnections();
  server?.close();
});
beforeEach(() => {
  answers = { claims: {}, header: {}, userinfo: {}, key: 'own', status: 200 };
});

/** Out to the provider, and back with what it answers. `changed` spoils the address it sends us back to. */
async function signIn(changed: Record<string, string | undefined> = {}, app = 'member') {
  const browser = new Browser(platform.baseUrl);
  const page = await browser.open(`/session/${app}/login`);
  const { url } = await browser.open(`${page.url.pathname}/upstream`);
  nonce = url.searchParams.get('nonce') ?? '';
  const back = new URL('/oauth/upstream/callback', platform.baseUrl);
  const right = { code: 'code-1', state: url.searchParams.get('state') ?? '', iss: issuer };
  for (const [name, value] of Object.entries({ ...right, ...changed })) if (value !== undefined) back.searchParams.set(name, value);
  const after = await browser.open(back);
  const { signedIn, user } = JSON.parse((await browser.send(`/session/${app}`)).text);
  return { browser, back, page, after, signedIn, name: user?.displayName };
}

const refusedBy = (sentence: string) => ({ signedIn: false, after: { text: expect.stringContaining(sentence) } });
const FAILED = refusedBy('Đăng nhập chưa hoàn tất');
const UNKNOWN = refusedBy('chưa gắn với đoàn viên nào');

test('the right answer signs in, so that each of the following differs in one thing', async () => {
  expect(await signIn()).toMatchObject({ signedIn: true, name: 'Trần Văn Nguồn' });
});

test.each<[string, Record<string, unknown>]>([
  ['another issuer', { iss: 'https://evil.example' }],
  ['no issuer', { iss: undefined }],
  ['another audience', { aud: 'another-client' }],
  ['an audience among others, for another party', { aud: ['chung', 'another-client'], azp: 'another-client' }],
  ['the nonce of another sign-in', { nonce: 'another' }],
  ['no nonce', { nonce: undefined }],
  ['an end that has passed', { exp: 1 }],
  ['no end', { exp: undefined }],
  ['a time far ahead', { iat: 9_999_999_999, nbf: 9_999_999_999 }],
  ['no subject', { sub: undefined }],
  ['another subject than the provider tells of', { sub: 'person-2' }],
])('an ID token with %s signs nobody in', async (_what, claims) => {
  answers.claims = claims;
  expect(await signIn()).toMatchObject(FAILED);
});

test.each(['foreign', 'none'] as const)('an ID token signed by %s key signs nobody in', async (key) => {
  answers.key = key;
  expect(await signIn()).toMatchObject(FAILED);
});

test('an ID token under a key id that the provider does not publish signs nobody in', async () => {
  answers.header = { kid: 'unknown' };
  expect(await signIn()).toMatchObject(FAILED);
});

test('userinfo of somebody else signs nobody in', async () => {
  answers.userinfo = { sub: 'person-2', member_code: 'DV-1' };
  expect(await signIn()).toMatchObject(FAILED);
});

test('an answer from another server (RFC 9207), or from none, signs nobody in', async () => {
  for (const iss of ['https://evil.example', undefined]) expect(await signIn({ iss })).toMatchObject(FAILED);
});

test('an answer without a code, or an error beside one, signs nobody in', async () => {
  expect(await signIn({ code: undefined })).toMatchObject(FAILED);
  expect(await signIn({ error: 'access_denied' })).toMatchObject(FAILED);
});

test('a provider that fails is a sentence to the person, who can still sign in with a password', async () => {
  answers.status = 500;
  const { browser, after } = await signIn();
  expect(after.text).toContain('Đăng nhập chưa hoàn tất');
  expect(after.text).not.toMatch(/500|opaque|person-1/);
  const { username } = await platform.addMember();
  expect((await browser.signIn(after, username, PASSWORD)).url.pathname).toBe('/');
});

test.each<[string, Record<string, unknown>]>([
  [
    'phone, e-mail and name of a member',
    { phone_number: '+84912345678', email: 'an@example.vn', email_verified: true, name: 'Trần Văn Nguồn' },
  ],
  ['an empty code', { member_code: '' }],
  ['a code in a list', { member_code: ['DV-1'] }],
  ['a code in an object', { member_code: { toString: 'DV-1' } }],
  ['a number', { member_code: 1 }],
  ['a code with spaces around', { member_code: ' DV-1 ' }],
])('who is named only by %s is nobody of the register', async (what, claims) => {
  answers.claims = { member_code: undefined, sub: what, ...claims };
  answers.userinfo = { sub: what };
  expect(await signIn()).toMatchObject(UNKNOWN);
});

test('what the ID token says wins over what userinfo says', async () => {
  answers.claims = { sub: 'person-9', member_code: 'DV-404' };
  answers.userinfo = { sub: 'person-9', member_code: 'DV-1' };
  expect(await signIn()).toMatchObject(UNKNOWN);
});

test('a member who comes that way into the portal or the console gets no session there', async () => {
  for (const app of ['partner', 'admin']) expect((await signIn({}, app)).signedIn, app).toBe(false);
});

test('the finished sign-in is good for the one page that asked for it and once', async () => {
  const { browser, page } = await signIn();
  expect((await browser.send(`${page.url.pathname}/upstream/done`)).status).toBe(400);
  const other = new Browser(platform.baseUrl);
  const theirs = await other.open('/session/member/login');
  expect((await other.send(`${theirs.url.pathname}/upstream/done`)).status).toBe(400);
  const stolen = await other.send(`${theirs.url.pathname}/upstream/done`, { headers: { cookie: 'chung_upstream_done=made-up' } });
  expect(stolen.status).toBe(400);
});
