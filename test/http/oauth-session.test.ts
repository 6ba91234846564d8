import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Browser } from './oauth-browser.ts';
import { nativeTokens } from './oauth-flows.ts';
import { type OauthPlatform, PASSWORD, startOauthPlatform } from './oauth-platform.ts';

type WebApp = 'member' | 'partner' | 'admin';

let platform: OauthPlatform;
let member: Awaited<ReturnType<OauthPlatform['addMember']>>;
beforeAll(async () => {
  platform = await startOauthPlatform();
});
afterAll(() => platform?.close());
beforeEach(async () => {
  member = await platform.addMember();
});

async function signedIn(app: WebApp, username: string, browser = new Browser(platform.baseUrl)) {
  const page = await browser.open(`/session/${app}/login`);
  if (page.text.includes('name="password"')) await browser.signIn(page, username, PASSWORD);
  return { browser, session: await sessionOf(browser, app) };
}

const sessionOf = async (browser: Browser, app: WebApp) => JSON.parse((await browser.send(`/session/${app}`)).text);
const call = (browser: Browser, headers: Record<string, string>, method = 'GET') => browser.send('/v1/probe', { method, headers });

async function addPartnerOwner(status: 'applied' | 'active' = 'active') {
  const partnerId = await platform.addPartner(status);
  const username = `chu.${partnerId.slice(-8)}`;
  await platform.db.tx((tx) =>
    platform.identity.createAccount(tx, { kind: 'partner', username, password: PASSWORD, displayName: 'Chủ đối tác', partnerId }),
  );
  return { username, partnerId };
}

describe('the session of a web app', () => {
  test('the cookie is httpOnly, SameSite=Lax and host-only, and only its hash is stored', async () => {
    const { browser } = await signedIn('member', member.username);
    const page = await new Browser(platform.baseUrl).open('/session/member/login');
    expect(page.status).toBe(200);
    const cookie = browser.cookie('chung_member') ?? '';
    expect(cookie.length).toBeGreaterThan(40);
    const { rows } = await platform.owner.query(`SELECT s::text AS row FROM chung.web_sessions AS s`);
    expect(rows.some(({ row }) => row.includes(cookie) || row.includes(Buffer.from(cookie, 'base64url').toString('hex')))).toBe(false);
    expect(browser.setCookieLines.find((line) => line.startsWith('chung_member='))).toMatch(/HttpOnly; SameSite=Lax/);
    expect(browser.setCookieLines.join('\n')).not.toMatch(/domain=/i);
    expect(browser.cookie('chung_platform')).toBeDefined();
  });

  test('nobody signed in is an answer, not an error', async () => {
    expect(await sessionOf(new Browser(platform.baseUrl), 'member')).toEqual({ signedIn: false });
  });

  test('a call without X-Chung-App has no credentials, however many cookies it brings', async () => {
    const { browser } = await signedIn('member', member.username);
    expect((await call(browser, {})).status).toBe(401);
    expect((await call(browser, { 'x-chung-app': 'admin' })).status).toBe(401);
    expect((await call(browser, { 'x-chung-app': 'member' })).status).toBe(200);
  });

  test('403: a change needs the token, the right site and the right origin', async () => {
    const { browser, session } = await signedIn('member', member.username);
    const right = { 'x-chung-app': 'member', 'x-csrf-token': session.csrfToken };
    expect((await call(browser, right, 'POST')).status).toBe(200);
    const wrong = [
      { 'x-chung-app': 'member' },
      { ...right, 'x-csrf-token': 'x'.repeat(session.csrfToken.length) },
      { ...right, origin: 'https://evil.example' },
      { ...right, origin: 'null' },
      { ...right, 'sec-fetch-site': 'cross-site' },
      { ...right, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of wrong) expect(JSON.parse((await call(browser, headers, 'POST')).text)).toEqual({ code: 'csrf_failed' });
    const other = await signedIn('member', (await platform.addMember()).username);
    expect((await call(browser, { ...right, 'x-csrf-token': other.session.csrfToken }, 'DELETE')).status).toBe(403);
  });

  test('three people can be signed in to the three apps of one browser', async () => {
    const partner = await addPartnerOwner();
    await platform.db.tx((tx) =>
      platform.identity.createAccount(tx, { kind: 'admin', username: 'quantri', password: PASSWORD, displayName: 'Quản trị viên' }),
    );
    const browser = new Browser(platform.baseUrl);
    await signedIn('member', member.username, browser);
    await signedIn('partner', partner.username, browser);
    await signedIn('admin', 'quantri', browser);
    expect(await sessionOf(browser, 'member')).toMatchObject({ signedIn: true, actor: 'member' });
    expect(await sessionOf(browser, 'partner')).toMatchObject({
      actor: 'partner',
      partner: { id: partner.partnerId, status: 'active', name: 'Công ty Thử nghiệm' },
    });
    expect(await sessionOf(browser, 'admin')).toMatchObject({ actor: 'admin', user: { displayName: 'Quản trị viên' } });
    const seen = await Promise.all(
      (['member', 'partner', 'admin'] as const).map(async (app) => JSON.parse((await call(browser, { 'x-chung-app': app })).text).actor),
    );
    expect(seen).toEqual(['member', 'partner', 'admin']);
  });

  test('signing out ends this session and the platform’s, needs the CSRF token, and leaves other browsers alone', async () => {
    const { browser, session } = await signedIn('member', member.username);
    const elsewhere = await signedIn('member', member.username);
    expect((await browser.send('/session/member/logout', { method: 'POST' })).status).toBe(403);
    expect((await browser.send('/session/member/logout', { method: 'POST', headers: { 'x-csrf-token': session.csrfToken } })).status).toBe(
      204,
    );
    expect(await sessionOf(browser, 'member')).toEqual({ signedIn: false });
    expect((await browser.open('/session/member/login')).text).toContain('name="password"');
    expect((await sessionOf(elsewhere.browser, 'member')).signedIn).toBe(true);
  });

  test('a stolen cookie is worth nothing after signing out', async () => {
    const { browser, session } = await signedIn('member', member.username);
    const thief = { 'x-chung-app': 'member', cookie: `chung_member=${browser.cookie('chung_member')}` };
    expect((await fetch(`${platform.resource}/probe`, { headers: thief })).status).toBe(200);
    await browser.send('/session/member/logout', { method: 'POST', headers: { 'x-csrf-token': session.csrfToken } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await fetch(`${platform.resource}/probe`, { headers: thief })).status).toBe(401);
  });

  test('a suspended partner’s people are out at once; an applied partner’s may look but not act', async () => {
    const applied = await signedIn('partner', (await addPartnerOwner('applied')).username);
    expect(applied.session.scopes).toContain('partner.profile:read');
    expect(applied.session.scopes).not.toContain('partner.offers:write');
    const { username, partnerId } = await addPartnerOwner();
    const { browser } = await signedIn('partner', username);
    await platform.db.tx((tx) => platform.identity.setPartnerStatus(tx, partnerId, 'suspended'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await call(browser, { 'x-chung-app': 'partner' })).status).toBe(401);
    const page = await browser.signIn(await browser.open('/session/partner/login'), username, PASSWORD);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('tạm ngưng')]);
  });
});

describe('the command-line app', () => {
  test('serves whoever signs in: each gets the scopes of their kind and no others', async () => {
    const { username } = await addPartnerOwner();
    const scope = 'openid offers:read partner.offers:read admin.audit:read';
    expect((await nativeTokens(platform, { username, scope })).tokens.scope).toBe('openid partner.offers:read');
    expect((await nativeTokens(platform, { username: member.username, scope })).tokens.scope).toBe('openid offers:read');
  });
});

describe('behind a proxy', () => {
  test('with an https address the cookies are Secure and __Host-, and signing in works', async () => {
    const secure = await startOauthPlatform({ publicUrl: 'https://chung.example.vn', trustProxy: true });
    try {
      const { username } = await secure.addMember();
      const browser = new Browser(secure.baseUrl, secure.listensAt);
      const after = await browser.signIn(await browser.open('/session/member/login'), username, PASSWORD);
      expect(after.url.href).toBe('https://chung.example.vn/');
      expect(browser.setCookieLines.filter((line) => !/; *secure/i.test(line) && !line.startsWith('chung_lang'))).toEqual([]);
      expect(browser.cookie('__Host-chung_member')).toBeDefined();
      expect(JSON.parse((await browser.send('/session/member')).text)).toMatchObject({ signedIn: true });
    } finally {
      await secure.close();
    }
  });
});

describe('signing in', () => {
  test.each(['//evil.example', '/\\evil.example', 'https://evil.example/', '/%5cevil\u0000', 'javascript:alert(1)', '/a\tb', ''])(
    'return_to %j never leaves the site',
    async (to) => {
      const browser = new Browser(platform.baseUrl);
      const page = await browser.open(`/session/member/login?return_to=${encodeURIComponent(to)}`);
      const after = await browser.signIn(page, member.username, PASSWORD);
      expect(after.url.origin).toBe(platform.baseUrl);
      expect(after.url.pathname).not.toContain('//');
    },
  );

  test('400: a callback without its cookie, with another state or a used code gives no session', async () => {
    const { browser } = await signedIn('member', member.username);
    const victim = new Browser(platform.baseUrl);
    const callback = browser.visited.find((url) => url.pathname === '/session/member/callback')?.href ?? '';
    for (const [who, url] of [
      [victim, callback],
      [browser, callback],
      [browser, '/session/member/callback?code=x&state=y'],
      [victim, '/session/member/callback'],
    ] as const)
      expect((await who.send(url)).status).toBe(400);
    expect(await sessionOf(victim, 'member')).toEqual({ signedIn: false });
  });

  test('a sign-in begun at 127.0.0.1 moves to the platform’s own address', async () => {
    const twin = platform.baseUrl.replace('localhost', '127.0.0.1');
    const answer = await fetch(`${twin}/session/member/login?return_to=/offers`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${platform.baseUrl}/session/member/login?return_to=/offers`]);
  });

  test('cancelling leads back to the app', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.open('/session/partner/login');
    expect((await browser.submit(page, {}, '/cancel')).url.pathname).toBe('/partner/');
  });

  test('an account of another kind is told so after its right password, and gets no session', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.signIn(await browser.open('/session/admin/login'), member.username, PASSWORD);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('không phải tài khoản quản trị')]);
  });

  test('a name is found in any case and Unicode form', async () => {
    const browser = new Browser(platform.baseUrl);
    await browser.signIn(await browser.open('/session/member/login'), `  ${member.username.toUpperCase()} `, PASSWORD);
    expect((await sessionOf(browser, 'member')).signedIn).toBe(true);
  });

  test('what a person typed comes back as text, never as markup', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.signIn(await browser.open('/session/member/login'), '"><script>alert(1)</script>', 'x');
    expect(page.status).toBe(401);
    expect(page.text).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toContain(`default-src 'none'`);
  });

  test('403: a form from another site is refused', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.open('/session/member/login');
    const answer = await browser.send(`${page.url.pathname}/sign-in`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ username: 'a', password: 'b' }),
    });
    expect(answer.status).toBe(403);
  });

  test('400: a sign-in page that has expired says so', async () => {
    const page = await new Browser(platform.baseUrl).open('/oauth/interaction/abc');
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('hết hạn')]);
  });
});

describe('lockout', () => {
  const tryWith = async (username: string, password: string) => {
    const browser = new Browser(platform.baseUrl);
    return browser.signIn(await browser.open('/session/member/login'), username, password);
  };

  test('429 after eight wrong passwords, also for a name that does not exist, and the right one does not help', async () => {
    for (const username of [member.username, 'khong-co-ai']) {
      const first = await tryWith(username, 'sai');
      expect([first.status, first.text]).toEqual([401, expect.stringContaining('không đúng')]);
      for (let index = 0; index < 7; index++) expect((await tryWith(username, 'sai')).status).toBe(401);
      const locked = await tryWith(username, PASSWORD);
      expect([locked.status, locked.text]).toEqual([429, expect.stringContaining('quá nhiều lần')]);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('a burst at once cannot pass the limit', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => tryWith(member.username, 'sai')));
    expect(answers.filter(({ status }) => status === 401).length).toBe(8);
  });

  test('many right sign-ins at once are no attack', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => tryWith(member.username, PASSWORD)));
    expect(answers.map(({ url }) => url.pathname)).toEqual(Array(20).fill('/'));
  });

  test('a right password starts the count anew', async () => {
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 5; index++) await tryWith(member.username, 'sai');
      const page = await tryWith(member.username, PASSWORD);
      expect(page.url.pathname).toBe('/');
    }
  });

  test('names and addresses are not in the table', async () => {
    await tryWith('bí-mật-nguyễn', 'sai');
    const { rows } = await platform.owner.query(`SELECT key FROM chung.sign_in_failures`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ key }) => key.includes('bí-mật') || key.includes('127.0.0.1'))).toBe(false);
  });
});

describe('signing out at the authorization server', () => {
  test('asks first, ends the platform’s session, and goes nowhere unregistered', async () => {
    const { browser } = await signedIn('member', member.username);
    const page = await browser.open('/oauth/end-session?client_id=chung-member');
    expect(page.text).toContain('Đăng xuất khỏi Chung?');
    expect((await browser.submit(page, { logout: 'yes' })).text).toContain('Bạn đã đăng xuất');
    expect((await browser.open('/session/member/login')).text).toContain('name="password"');
    const elsewhere = await browser.send('/oauth/end-session?client_id=chung-member&post_logout_redirect_uri=https://evil.example/');
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([400, null]);
  });
});

describe('metadata and upkeep', () => {
  const json = async (path: string) => (await fetch(platform.baseUrl + path)).json() as Promise<Record<string, unknown>>;

  test('both documents of the server agree and list only what works', async () => {
    const openid = await json('/.well-known/openid-configuration');
    expect(await json('/.well-known/oauth-authorization-server')).toEqual(openid);
    expect(openid).toMatchObject({
      issuer: platform.baseUrl,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token', 'client_credentials']),
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint: `${platform.baseUrl}/oauth/token`,
      pushed_authorization_request_endpoint: `${platform.baseUrl}/oauth/par`,
    });
    expect(openid['scopes_supported']).toContain('redemptions:claim');
  });

  test('the protected resource names its server', async () => {
    for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/v1'])
      expect(await json(path)).toMatchObject({
        resource: platform.resource,
        authorization_servers: [platform.baseUrl],
        bearer_methods_supported: ['header'],
      });
  });

  test('published keys are public', async () => {
    const { keys } = (await json('/oauth/jwks')) as { keys: Record<string, unknown>[] };
    expect(keys).toEqual([
      { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: expect.any(String), x: expect.any(String), y: expect.any(String) },
    ]);
  });

  test('the sweep takes what has expired and nothing else', async () => {
    const { browser } = await signedIn('member', member.username);
    await platform.owner.query(`INSERT INTO chung.seen_ids VALUES ('old', now() - interval '1 hour'), ('new', now() + interval '1 hour')`);
    expect(await platform.identity.sweepExpired()).toBeGreaterThan(0);
    const { rows } = await platform.owner.query(`SELECT id FROM chung.seen_ids WHERE id IN ('old', 'new')`);
    expect(rows).toEqual([{ id: 'new' }]);
    expect((await sessionOf(browser, 'member')).signedIn).toBe(true);
  });
});
