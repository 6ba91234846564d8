// The sessions of the three web apps against theft, fixation, mix-ups, and people who must be out at once.

import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { Browser, type Page } from './oauth-browser.ts';
import { memberTokens, oauthErrorOf, probe } from './oauth-flows.ts';
import { type OauthPlatform, PASSWORD, startOauthPlatform } from './oauth-platform.ts';

type WebApp = 'member' | 'partner' | 'admin';
const APPS: readonly WebApp[] = ['member', 'partner', 'admin'];

let platform: OauthPlatform;
let member: Awaited<ReturnType<OauthPlatform['addMember']>>;
beforeAll(async () => {
  platform = await startOauthPlatform();
});
afterAll(() => platform?.close());
beforeEach(async () => {
  member = await platform.addMember();
});

async function signIn(app: WebApp, username: string, browser = new Browser(platform.baseUrl)): Promise<{ browser: Browser; after: Page }> {
  const page = await browser.open(`/session/${app}/login`);
  const after = page.text.includes('name="password"') ? await browser.signIn(page, username, PASSWORD) : page;
  return { browser, after };
}

interface Shown {
  readonly signedIn: boolean;
  readonly csrfToken: string;
  readonly scopes: readonly string[];
}
const shown = async (browser: Browser, app: WebApp): Promise<Shown> => JSON.parse((await browser.send(`/session/${app}`)).text);
const call = (browser: Browser, app: WebApp, init: { method?: string; csrf?: string } = {}) =>
  browser.send('/v1/probe', {
    method: init.method ?? 'GET',
    headers: { 'x-chung-app': app, ...(init.csrf === undefined ? {} : { 'x-csrf-token': init.csrf }) },
  });
const signOut = async (browser: Browser, app: WebApp) => {
  const { csrfToken } = await shown(browser, app);
  return browser.send(`/session/${app}/logout`, { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
};

async function addPerson(kind: 'partner' | 'admin') {
  const username = `${kind}.${newId().slice(-10)}`;
  const partnerId = await platform.addPartner();
  const of = kind === 'partner' ? ({ kind, partnerId } as const) : ({ kind } as const);
  await platform.db.tx((tx) =>
    platform.identity.createAccount(tx, { ...of, username, password: PASSWORD, displayName: 'Người của chúng ta' }),
  );
  return { username, partnerId };
}
const close = (username: string) => platform.owner.query(`UPDATE chung.accounts SET state = 'closed' WHERE username = $1`, [username]);
const soon = { timeout: 1000, interval: 50 };

describe('fixation and theft', () => {
  test('a cookie that somebody planted before the sign-in is not the session after it', async () => {
    const browser = new Browser(platform.baseUrl);
    const page = await browser.open('/session/member/login', { headers: { cookie: 'chung_member=planted-by-another' } });
    await browser.signIn(page, member.username, PASSWORD);
    expect(browser.cookie('chung_member')).not.toBe('planted-by-another');
    const planted = await fetch(`${platform.resource}/probe`, {
      headers: { 'x-chung-app': 'member', cookie: 'chung_member=planted-by-another' },
    });
    expect(planted.status).toBe(401);
  });

  test('the platform’s own session gets a new id at the sign-in, and the old one is worth nothing', async () => {
    const browser = new Browser(platform.baseUrl);
    await signIn('member', member.username, browser);
    const before = browser.cookie('chung_platform');
    const other = await platform.addMember();
    const page = await browser.open('/session/partner/login');
    expect(page.text).toContain('name="password"');
    await signOut(browser, 'member');
    await signIn('member', other.username, browser);
    expect(browser.cookie('chung_platform')).toBeDefined();
    expect(browser.cookie('chung_platform')).not.toBe(before);
    const { rows } = await platform.owner.query(
      `SELECT count(*)::int AS live FROM chung.oidc_artifacts WHERE model = 'Session' AND account_id = $1 AND expires_at > now()`,
      [member.accountId],
    );
    expect(rows).toEqual([{ live: 0 }]);
  });

  test('each sign-in gives another cookie and another CSRF token', async () => {
    const [one, two] = await Promise.all([signIn('member', member.username), signIn('member', member.username)]);
    expect(one.browser.cookie('chung_member')).not.toBe(two.browser.cookie('chung_member'));
    expect((await shown(one.browser, 'member')).csrfToken).not.toBe((await shown(two.browser, 'member')).csrfToken);
  });

  test('one app’s cookie under another app’s name opens nothing', async () => {
    const admin = await addPerson('admin');
    const { browser } = await signIn('admin', admin.username);
    const value = browser.cookie('chung_admin') ?? '';
    for (const app of ['member', 'partner'] as const) {
      const answer = await fetch(`${platform.resource}/probe`, { headers: { 'x-chung-app': app, cookie: `chung_${app}=${value}` } });
      expect(answer.status, app).toBe(401);
    }
  });

  test('an attacker’s finished sign-in cannot be put into a victim’s browser', async () => {
    const attacker = new Browser(platform.baseUrl);
    const page = await attacker.open('/session/member/login');
    const sent = await attacker.send(`${page.url.pathname}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ username: member.username, password: PASSWORD }),
    });
    const resumed = await attacker.send(new URL(sent.headers.get('location') ?? '', platform.baseUrl));
    const callback = resumed.headers.get('location') ?? '';
    expect(callback).toContain('/session/member/callback?code=');
    const victim = new Browser(platform.baseUrl);
    await victim.open('/session/member/login');
    expect((await victim.send(callback)).status).toBe(400);
    expect(victim.cookie('chung_member')).toBeUndefined();
    // The attempt is still good where it began.
    expect((await attacker.send(callback)).status).toBe(303);
  });

  test('a code of one web app is not taken by another', async () => {
    const browser = new Browser(platform.baseUrl);
    await signIn('member', member.username, browser);
    const used = browser.visited.find(({ pathname }) => pathname === '/session/member/callback');
    const answer = await browser.send(`/session/admin/callback${used?.search ?? ''}`);
    expect([answer.status, browser.cookie('chung_admin')]).toEqual([400, undefined]);
  });

  test('an expired session is none, although its cookie is still there', async () => {
    const { browser } = await signIn('member', member.username);
    expect((await call(browser, 'member')).status).toBe(200);
    await platform.owner.query(`UPDATE chung.web_sessions SET expires_at = now() - interval '1 second' WHERE account_id = $1`, [
      member.accountId,
    ]);
    await expect.poll(async () => (await call(browser, 'member')).status, soon).toBe(401);
  });

  test('staff are signed out overnight, a member’s own phone is not', async () => {
    const admin = await addPerson('admin');
    const ends = async (app: WebApp, username: string) => {
      const { browser } = await signIn(app, username);
      const line = browser.setCookieLines.findLast((one) => one.startsWith(`chung_${app}=`)) ?? '';
      return Number(/max-age=(\d+)/i.exec(line)?.[1]) / 3600;
    };
    expect([await ends('admin', admin.username), await ends('member', member.username)]).toEqual([12, 14 * 24]);
  });
});

describe('changes need this session’s own token', () => {
  test('the CSRF token of another app of the same browser is refused', async () => {
    const partner = await addPerson('partner');
    const { browser } = await signIn('member', member.username);
    await signIn('partner', partner.username, browser);
    const [mine, theirs] = [await shown(browser, 'member'), await shown(browser, 'partner')];
    expect((await call(browser, 'member', { method: 'POST', csrf: theirs.csrfToken })).status).toBe(403);
    expect((await call(browser, 'member', { method: 'POST', csrf: mine.csrfToken })).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s without it is refused; reading needs none', async (method) => {
    const { browser } = await signIn('member', member.username);
    expect((await call(browser, 'member', { method })).status).toBe(403);
    expect((await call(browser, 'member')).status).toBe(200);
  });

  test.each(['', 'x', 'đ', ' '.repeat(43), 'A'.repeat(10_000)])('a token like %j is refused and breaks nothing', async (csrf) => {
    const { browser } = await signIn('member', member.username);
    const headers = { 'x-chung-app': 'member', 'x-csrf-token': encodeURIComponent(csrf) };
    expect((await browser.send('/v1/probe', { method: 'POST', headers })).status).toBe(403);
  });

  test('signing out from another site is refused and the session lives on', async () => {
    const { browser } = await signIn('member', member.username);
    const { csrfToken } = await shown(browser, 'member');
    for (const extra of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await browser.send('/session/member/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken, ...extra } });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'csrf_failed']);
    }
    expect((await shown(browser, 'member')).signedIn).toBe(true);
  });
});

describe('signing out', () => {
  test('ends one app’s session and leaves the two others of the browser', async () => {
    const people = { member: member.username, partner: (await addPerson('partner')).username, admin: (await addPerson('admin')).username };
    const browser = new Browser(platform.baseUrl);
    for (const app of APPS) await signIn(app, people[app], browser);
    expect((await signOut(browser, 'partner')).status).toBe(204);
    const states = async () => Promise.all(APPS.map(async (app) => (await shown(browser, app)).signedIn));
    await expect.poll(states, soon).toEqual([true, false, true]);
  });

  test('leaves nothing on the server that could bring the session back: no code, no refresh token, no grant', async () => {
    const { browser } = await signIn('member', member.username);
    const left = async () => {
      const { rows } = await platform.owner.query(
        `SELECT (SELECT count(*)::int FROM chung.oidc_artifacts WHERE account_id = $1) AS artifacts,
                (SELECT count(*)::int FROM chung.web_sessions WHERE account_id = $1) AS sessions`,
        [member.accountId],
      );
      return rows[0];
    };
    expect(await left()).toMatchObject({ sessions: 1 });
    await signOut(browser, 'member');
    expect(await left()).toEqual({ artifacts: 0, sessions: 0 });
  });

  test('ends no token of a partner’s app that the member uses elsewhere', async () => {
    const app = await platform.addApp();
    const { tokens } = await memberTokens(platform, app, { username: member.username });
    const { browser } = await signIn('member', member.username);
    await signOut(browser, 'member');
    expect((await probe(platform, tokens.access_token)).status).toBe(200);
  });

  test('without a session takes the cookie away and is no error', async () => {
    const browser = new Browser(platform.baseUrl);
    const answer = await browser.send('/session/member/logout', { method: 'POST', headers: { cookie: 'chung_member=gone' } });
    expect([answer.status, answer.headers.getSetCookie().join()]).toEqual([
      204,
      expect.stringMatching(/^chung_member=; Max-Age=0; Path=\//),
    ]);
  });

  test('404: there is no fourth app', async () => {
    for (const path of ['/session/cli', '/session/toString/login', '/session/member/other', '/session/__proto__'])
      expect((await new Browser(platform.baseUrl).send(path)).status, path).toBe(404);
  });
});

describe('who must be out is out within a second', () => {
  test('a closed account: session, tokens, refresh, and no way back in', async () => {
    const app = await platform.addApp();
    const { flow, tokens } = await memberTokens(platform, app, { username: member.username });
    const { browser } = await signIn('member', member.username);
    expect((await call(browser, 'member')).status).toBe(200);
    await close(member.username);
    await expect.poll(async () => (await call(browser, 'member')).status, soon).toBe(401);
    expect((await shown(browser, 'member')).signedIn).toBe(false);
    expect(await probe(platform, tokens.access_token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    expect(await client.tokenIntrospection(flow.backend, tokens.access_token)).toEqual({ active: false });
    // The platform's session would let the next app in without a password.
    const page = await browser.open('/session/member/login');
    expect(page.text).toContain('name="password"');
    expect((await browser.signIn(page, member.username, PASSWORD)).status).toBe(401);
  });

  test('an admin whose account was closed', async () => {
    const admin = await addPerson('admin');
    const { browser } = await signIn('admin', admin.username);
    expect((await call(browser, 'admin')).status).toBe(200);
    await close(admin.username);
    await expect.poll(async () => (await call(browser, 'admin')).status, soon).toBe(401);
  });

  test('people of a suspended partner, at every node; reinstated, they must sign in again', async () => {
    const { username, partnerId } = await addPerson('partner');
    const { browser } = await signIn('partner', username);
    const cookie = `chung_partner=${browser.cookie('chung_partner')}`;
    const other = await platform.secondNode();
    const request = Object.assign(Object.create(null), { method: 'GET', url: '/v1/probe', headers: { cookie, 'x-chung-app': 'partner' } });
    expect(await other.authenticate(request)).toMatchObject({ actor: 'partner', partnerId });
    const set = (status: 'suspended' | 'active') => platform.db.tx((tx) => platform.identity.setPartnerStatus(tx, partnerId, status));
    await set('suspended');
    await expect.poll(async () => (await call(browser, 'partner')).status, soon).toBe(401);
    await expect.poll(() => other.authenticate(request), soon).toBeNull();
    await set('active');
    expect((await call(browser, 'partner')).status).toBe(401);
    expect((await signIn('partner', username, browser)).after.url.pathname).toBe('/partner/');
  });

  test('a suspension that is rolled back leaves everybody in', async () => {
    const { username, partnerId } = await addPerson('partner');
    const { browser } = await signIn('partner', username);
    const broken = platform.db.tx(async (tx) => {
      await platform.identity.setPartnerStatus(tx, partnerId, 'suspended');
      throw new Error('the decision failed');
    });
    await expect(broken).rejects.toThrow('the decision failed');
    expect((await call(browser, 'partner')).status).toBe(200);
  });

  test('suspending one partner leaves the people of another in', async () => {
    const [one, two] = [await addPerson('partner'), await addPerson('partner')];
    const { browser } = await signIn('partner', two.username);
    await platform.db.tx((tx) => platform.identity.setPartnerStatus(tx, one.partnerId, 'suspended'));
    expect((await shown(browser, 'partner')).signedIn).toBe(true);
    expect((await call(browser, 'partner')).status).toBe(200);
  });

  test('a refused partner’s people come in again to read why, and can do nothing else', async () => {
    const { username, partnerId } = await addPerson('partner');
    await platform.db.tx((tx) => platform.identity.setPartnerStatus(tx, partnerId, 'refused'));
    const { browser } = await signIn('partner', username);
    expect((await shown(browser, 'partner')).scopes).toEqual(['openid', 'partner.profile:read']);
  });
});
