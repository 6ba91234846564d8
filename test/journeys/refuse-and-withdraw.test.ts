// What goes the other way: a refusal that says why, and a consent that is taken back.
import { SCOPES } from '@chung/contracts';
import * as oauth from 'openid-client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { backendOf } from '../harness/tokens.ts';
import { openWatched, PHONE, type WatchedPage } from '../harness/watched-page.ts';
import { submitOffer, writeOffer } from './partner-portal.ts';
import { arrive, type Person } from './people.ts';

const TITLE = 'Giảm 40.000 đ đo kiểm sóng Wi-Fi';
const NOTE = 'Nêu rõ các quận, huyện phục vụ và thời gian hẹn.';
const SCOPE = 'openid offers:read member.membership:read redemptions:read';

let platform: TestPlatform;
let browser: Browser;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startTestPlatform(), launchBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

const partnerOf = (slug: string) => {
  const partner = platform.demo.partners.find((one) => one.slug === slug);
  if (!partner) throw new Error(`${slug} is not in the demo`);
  return partner;
};

describe('an admin refuses', () => {
  let partner: WatchedPage;
  let admin: WatchedPage;
  beforeAll(async () => {
    const enter = (app: 'partner' | 'admin', person: Person) => arrive(app, { browser, baseUrl: platform.baseUrl, person });
    [partner, admin] = await Promise.all([enter('partner', partnerOf('vnpt-home')), enter('admin', platform.demo.admin)]);
  });

  test('by the number of a rule and a note, from the keyboard', async () => {
    const words = { title: TITLE, summary: 'Kỹ thuật viên đo sóng Wi-Fi từng phòng và chỉnh lại cho bạn.', discount: '40000' };
    await writeOffer(partner.page, { ...words, province: { typed: 'hà nội', name: /Hà Nội/ } });
    await submitOffer(partner.page);
    const { page } = admin;
    await page.reload();
    await page.getByRole('link', { name: TITLE }).waitFor();
    for (const key of ['j', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Từ chối ưu đãi này' });
    await dialog.getByLabel('Điều bị vi phạm').fill('dieu khoan');
    await dialog.getByRole('checkbox', { name: /REV-202/ }).check();
    await dialog.getByLabel('Giải thích cho điều REV-202').fill(NOTE);
    await dialog.getByRole('button', { name: 'Từ chối với 1 lý do' }).click();
    await page.getByRole('status').filter({ hasText: 'Đã từ chối' }).waitFor();
  });

  test('the partner reads rule and note beside the offer, and may change it again', async () => {
    const { page } = partner;
    await page.reload();
    const notice = page.getByRole('alert').filter({ hasText: 'Bị từ chối' });
    await notice.getByText('REV-202').waitFor();
    expect(await notice.textContent()).toContain(NOTE);
    expect(await page.getByLabel('Tên ưu đãi Tiếng Việt').isEnabled()).toBe(true);
    expect([...partner.troubles, ...admin.troubles]).toEqual([]);
  });
});

describe('a member takes a consent back', () => {
  let member: WatchedPage;
  let accessToken = '';
  beforeAll(async () => {
    member = await openWatched(browser, { baseUrl: platform.baseUrl, ...PHONE });
    member.page.setDefaultTimeout(30_000);
  });

  const callApi = (path: string) => fetch(`${platform.baseUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } });

  test('given to a partner’s app by PAR, private_key_jwt and PKCE, with the boxes unticked at first', async () => {
    const { client } = partnerOf('vnpt-money');
    const backend = await backendOf(platform.demo.issuer, client);
    const [redirectUri = ''] = client.redirect_uris;
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [oauth.randomState(), oauth.randomNonce()];
    const url = await oauth.buildAuthorizationUrlWithPAR(backend, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      resource: platform.demo.resource,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { page } = member;
    const [an] = platform.demo.members;
    await page.goto(url.href);
    await page.getByLabel('Tên đăng nhập').fill(an?.username ?? '');
    await page.getByLabel('Mật khẩu').fill(an?.password ?? '');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('heading', { level: 1, name: /xin phép$/ }).waitFor();
    const optional = page.getByRole('checkbox');
    expect(await optional.isChecked()).toBe(false);
    await optional.check();
    // Nobody listens at the app's address; what the browser asks of it is the answer.
    const back = page.waitForRequest((request) => request.url().startsWith(redirectUri));
    await page.getByRole('button', { name: 'Cho phép', exact: true }).click();
    const tokens = await oauth.authorizationCodeGrant(
      backend,
      new URL((await back).url()),
      { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
      { resource: platform.demo.resource },
    );
    accessToken = tokens.access_token;
    expect(tokens.scope?.split(' ').sort()).toEqual(SCOPE.split(' ').sort());
    expect((await callApi('/v1/redemptions')).status).toBe(200);
  });

  test('on the privacy page, and the token that the app already holds is refused within a second', async () => {
    const { page } = member;
    // The browser may still be showing that nobody answers at the app's address, and that page interrupts another's opening.
    const open = () =>
      page.goto('/').then(
        () => 'open',
        () => 'interrupted',
      );
    await expect.poll(open, { timeout: 20_000 }).toBe('open');
    // Signed in a moment ago: one press, no password.
    await page.getByRole('button', { name: 'Đăng nhập để xem ưu đãi' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Riêng tư' }).click();
    const grant = page.getByRole('article').filter({ hasText: 'VNPT Money' });
    await grant.getByRole('button', { name: new RegExp(`^Rút lại.*${SCOPES['redemptions:read'].title.vi}`) }).click();
    const answered = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await page.getByRole('dialog').getByRole('button', { name: 'Rút lại' }).click();
    expect((await answered).status()).toBe(204);
    const withdrawnAt = performance.now();
    let reply = await callApi('/v1/redemptions');
    while (reply.status === 200 && performance.now() - withdrawnAt < 1_000) reply = await callApi('/v1/redemptions');
    expect(performance.now() - withdrawnAt).toBeLessThan(1_000);
    expect(reply.status).toBe(403);
    expect(await reply.json()).toMatchObject({ code: 'insufficient_scope', required_scopes: ['redemptions:read'] });
    expect((await callApi('/v1/offers')).status).toBe(200);
  });

  test('the page says so, and both receipts stand in the history', async () => {
    const { page, troubles } = member;
    await page.getByRole('status').filter({ hasText: 'Đã rút lại quyền của VNPT Money' }).waitFor();
    const lines = page
      .getByRole('region', { name: 'Lịch sử đồng ý' })
      .getByRole('listitem')
      .filter({ hasText: SCOPES['redemptions:read'].title.vi });
    await lines.nth(1).waitFor();
    expect(await lines.allTextContents()).toEqual([expect.stringMatching(/^Rút lại/), expect.stringMatching(/^Đồng ý/)]);
    const { rows } = await platform.owner.query(`SELECT action FROM chung.consent_receipts WHERE scope = 'redemptions:read' ORDER BY id`);
    expect(rows).toEqual([{ action: 'granted' }, { action: 'withdrawn' }]);
    expect(troubles).toEqual([]);
  });
});
