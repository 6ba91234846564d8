import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Browser } from './oauth-browser.ts';
import { authorize, exchange, flowOf, memberTokens, nativeTokens, oauthErrorOf, probe, throughPages } from './oauth-flows.ts';
import { type OauthPlatform, PASSWORD, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let member: Awaited<ReturnType<OauthPlatform['addMember']>>;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp({ scopes: ['offers:read', 'member.profile:read', 'redemptions:read'], optionalScopes: ['redemptions:read'] });
});
afterAll(() => platform?.close());
beforeEach(async () => {
  member = await platform.addMember();
});

const ALL = 'openid offers:read member.profile:read redemptions:read';
const grantsOf = async () => (await platform.identity.listGrants({ memberId: member.memberId, cursor: undefined, limit: 20 })).items;
const receiptsOf = async () => (await platform.identity.listConsents({ memberId: member.memberId, cursor: undefined, limit: 50 })).items;
const eventsOf = () =>
  platform.owner.query<{ type: string; data: { memberRef: string; scope?: string } }>(
    `SELECT type, data FROM chung.outbox WHERE partner_id = $1 AND data->>'memberRef' = $2 ORDER BY id`,
    [app.partnerId, platform.pairwise.subject(app.partnerId, member.memberId)],
  );
const withdraw = (grantId: string, scope: string) =>
  platform.identity.withdrawScope({ memberId: member.memberId, grantId, scope, language: 'vi' });
const oneSecond = () => new Promise((resolve) => setTimeout(resolve, 1000));

async function consentPage(parameters: Record<string, string | undefined> = {}) {
  const flow = await flowOf(platform, app, { scope: ALL, ...parameters });
  const browser = new Browser(platform.baseUrl);
  const page = await browser.open(await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters));
  return { flow, browser, page: await browser.signIn(page, member.username, PASSWORD) };
}

describe('asking', () => {
  test('open scopes need no question', async () => {
    const { tokens } = await memberTokens(platform, app, { username: member.username, scope: 'openid offers:read' });
    expect(tokens.scope).toBe('openid offers:read');
  });

  test('the page tells app, partner, scope and purpose, and no box is ticked', async () => {
    const { page } = await consentPage();
    for (const words of ['Ứng dụng thử', 'Công ty Thử nghiệm', 'Xem tên hiển thị', 'Để làm member.profile:read', 'Không bắt buộc'])
      expect(page.text).toContain(words);
    expect(page.text).toMatch(/type="checkbox" name="scope" value="redemptions:read"/);
    expect(page.text).not.toMatch(/\bchecked\b/);
  });

  test('an optional scope that is not ticked is refused and the core goes on; it is not asked again', async () => {
    const { tokens } = await memberTokens(platform, app, { username: member.username, scope: ALL });
    expect(tokens.scope?.split(' ').sort()).toEqual(['member.profile:read', 'offers:read', 'openid']);
    const again = await consentPage();
    expect(again.page.url.host).toBe('app.example.vn');
    const forced = await consentPage({ prompt: 'consent' });
    expect(forced.page.text).toContain('value="redemptions:read"');
  });

  test('a ticked optional scope is granted; a scope that was not on the page cannot be added to the form', async () => {
    const { tokens } = await memberTokens(platform, app, {
      username: member.username,
      scope: ALL,
      scopes: ['redemptions:read', 'member.contact:read', 'admin.audit:read'],
    });
    expect(tokens.scope?.split(' ').sort()).toEqual(['member.profile:read', 'offers:read', 'openid', 'redemptions:read']);
  });

  test('saying no answers access_denied and leaves nothing behind', async () => {
    const { browser, page } = await consentPage();
    const { url } = await browser.submit(page, { decision: 'deny' }, '/consent');
    expect([url.host, url.searchParams.get('error')]).toEqual(['app.example.vn', 'access_denied']);
    expect(await grantsOf()).toEqual([]);
    expect(await receiptsOf()).toEqual([]);
  });

  test('a form without a clear yes is a no', async () => {
    const { browser, page } = await consentPage();
    const { url } = await browser.submit(page, {}, '/consent');
    expect(url.searchParams.get('error')).toBe('access_denied');
  });

  test('the command-line app asks each time, because it can be anybody’s', async () => {
    const { config } = await nativeTokens(platform, { username: member.username, scope: 'openid offers:read' });
    const browser = new Browser(platform.baseUrl);
    const url = () =>
      client.buildAuthorizationUrl(config, {
        redirect_uri: 'http://127.0.0.1:1/callback',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
    await throughPages(platform, url(), { username: member.username, browser });
    expect((await browser.open(url())).text).toContain('Chung CLI');
  });

  test('English on request, remembered', async () => {
    const { browser, page } = await consentPage({ ui_locales: 'en' });
    expect(page.text).toContain('See your display name');
    expect((await browser.open(`${page.url.pathname}?lang=vi`)).text).toContain('Xem tên hiển thị');
    expect(browser.cookie('chung_lang')).toBe('vi');
  });
});

describe('receipts', () => {
  test('each granted scope leaves a receipt with purpose, version, language and an event for the partner', async () => {
    await memberTokens(platform, app, { username: member.username, scope: ALL });
    const receipts = await receiptsOf();
    expect(receipts.map(({ scope }) => scope).sort()).toEqual(['member.profile:read', 'offers:read', 'openid']);
    expect(receipts.find(({ scope }) => scope === 'member.profile:read')).toMatchObject({
      action: 'granted',
      app: { clientId: app.clientId, name: 'Ứng dụng thử' },
      purpose: { vi: 'Để làm member.profile:read', en: 'To do member.profile:read' },
      purposeVersion: 1,
      language: 'vi',
    });
    expect((await eventsOf()).rows.map(({ type }) => type)).toEqual(['consent.granted.v1']);
    expect((await grantsOf())[0]).toMatchObject({ app: { partner: 'Công ty Thử nghiệm' }, lastUsedAt: expect.any(String) });
    // The same again is no new consent.
    await memberTokens(platform, app, { username: member.username, scope: ALL });
    expect((await receiptsOf()).length).toBe(3);
  });

  test('the server’s role can neither change nor remove a receipt', async () => {
    await memberTokens(platform, app, { username: member.username, scope: ALL });
    await expect(platform.db.query(`UPDATE chung.consent_receipts SET scope = 'x'`)).rejects.toThrow('permission denied');
    await expect(platform.db.query(`DELETE FROM chung.consent_receipts`)).rejects.toThrow('permission denied');
  });
});

describe('withdrawal', () => {
  test('a withdrawn scope is gone from a token already issued within a second, and from the next refresh', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username: member.username, scope: ALL, scopes: ['redemptions:read'] });
    expect((await probe(platform, tokens.access_token)).body.scopes).toContain('member.profile:read');
    const [grant] = await grantsOf();
    await withdraw(grant?.id ?? '', 'member.profile:read');
    await oneSecond();
    expect((await probe(platform, tokens.access_token)).body.scopes).toEqual(['openid', 'offers:read', 'redemptions:read']);
    const refreshed = await client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? '');
    expect(refreshed.scope).toBe('openid offers:read redemptions:read');
    expect(await client.tokenIntrospection(flow.backend, tokens.access_token)).toMatchObject({
      active: true,
      scope: 'openid offers:read redemptions:read',
    });
    expect((await grantsOf())[0]?.scopes.map(({ scope }) => scope)).not.toContain('member.profile:read');
    expect((await receiptsOf())[0]).toMatchObject({ action: 'withdrawn', scope: 'member.profile:read' });
    expect((await eventsOf()).rows.at(-1)).toMatchObject({ type: 'consent.withdrawn.v1', data: { scope: 'member.profile:read' } });
  });

  test('another node feels it within a second too', async () => {
    const { tokens } = await memberTokens(platform, app, { username: member.username, scope: ALL });
    const other = await platform.secondNode();
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const request = { headers, method: 'GET', url: '/v1/probe' } as never;
    expect(await other.authenticate(request)).toMatchObject({ actor: 'member' });
    await withdraw((await grantsOf())[0]?.id ?? '', 'openid');
    await oneSecond();
    await expect(other.authenticate(request)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('withdrawing openid ends the grant: tokens, refresh and listing', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username: member.username, scope: ALL });
    await withdraw((await grantsOf())[0]?.id ?? '', 'openid');
    await oneSecond();
    expect(await probe(platform, tokens.access_token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    expect(await grantsOf()).toEqual([]);
    expect((await receiptsOf()).filter(({ action }) => action === 'withdrawn').length).toBe(3);
  });

  test('a required scope that was withdrawn is asked again at the next sign-in', async () => {
    await memberTokens(platform, app, { username: member.username, scope: ALL });
    await withdraw((await grantsOf())[0]?.id ?? '', 'member.profile:read');
    const { page } = await consentPage();
    expect(page.text).toContain('Để làm member.profile:read');
  });

  test('leaving a box empty that was ticked before takes the scope back, with its receipt', async () => {
    const { tokens } = await memberTokens(platform, app, { username: member.username, scope: ALL, scopes: ['redemptions:read'] });
    const { browser, page } = await consentPage({ prompt: 'consent' });
    await browser.submit(page, { decision: 'allow' }, '/consent');
    await oneSecond();
    expect((await probe(platform, tokens.access_token)).body.scopes).not.toContain('redemptions:read');
    expect((await receiptsOf())[0]).toMatchObject({ action: 'withdrawn', scope: 'redemptions:read' });
  });

  test('404: another member’s grant, an unknown scope and one that is not granted', async () => {
    await memberTokens(platform, app, { username: member.username, scope: ALL });
    const [grant] = await grantsOf();
    const stranger = await platform.addMember();
    const refused = [
      () => platform.identity.withdrawScope({ memberId: stranger.memberId, grantId: grant?.id ?? '', scope: 'openid', language: 'vi' }),
      () => withdraw(grant?.id ?? '', 'redemptions:read'),
      () => withdraw(grant?.id ?? '', 'no:such'),
      () => withdraw('no-such-grant', 'openid'),
    ];
    for (const call of refused) await expect(call()).rejects.toMatchObject({ code: 'not_found' });
    expect((await grantsOf()).length).toBe(1);
  });
});

describe('partner status', () => {
  test('suspension stops tokens, refresh and new tokens at once; reinstating brings no old token back', async () => {
    const stopped = await platform.addApp({ scopes: ['offers:read', 'partner.offers:read', 'partner.offers:write'] });
    const { flow, tokens } = await memberTokens(platform, stopped, { username: member.username });
    const own = await client.clientCredentialsGrant(flow.backend, { scope: 'partner.offers:write' });
    expect((await probe(platform, own.access_token)).status).toBe(200);
    const set = (status: 'suspended' | 'active' | 'applied') =>
      platform.db.tx((tx) => platform.identity.setPartnerStatus(tx, stopped.partnerId, status));
    await set('suspended');
    await oneSecond();
    expect((await probe(platform, own.access_token)).status).toBe(403);
    expect((await probe(platform, tokens.access_token)).status).toBe(401);
    expect(await oauthErrorOf(client.clientCredentialsGrant(flow.backend, { scope: 'partner.offers:read' }))).toBe('invalid_client');
    await set('active');
    await oneSecond();
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    await set('applied');
    await oneSecond();
    // An app of a partner that nobody has approved reads nothing of anybody.
    expect(await probe(platform, own.access_token)).toMatchObject({ status: 403, body: { code: 'partner_not_active' } });
  });
});

test('two partners cannot join a member by anything in their tokens', async () => {
  const other = await platform.addApp();
  const seen = await Promise.all(
    [app, other].map(async (one) => {
      const flow = await flowOf(platform, one);
      const tokens = await exchange(flow, (await authorize(platform, flow, { username: member.username })).url);
      const read = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
      return [...Object.values(read(tokens.access_token)), ...Object.values(read(tokens.id_token ?? ''))].filter(
        (value) => typeof value === 'string',
      );
    }),
  );
  const common = seen[0]?.filter((value) => seen[1]?.includes(value)) ?? [];
  const allowed = [platform.baseUrl, platform.resource, 'openid offers:read', 'nonce-1'];
  expect(common.filter((value) => !allowed.includes(String(value)))).toEqual([]);
});
