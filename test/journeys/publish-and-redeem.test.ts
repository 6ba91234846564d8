// The main job, end to end, as the three people do it: a partner publishes, an admin approves, a member uses.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { readQr } from '../harness/qr-reading.ts';
import type { WatchedPage } from '../harness/watched-page.ts';
import { goTo, scan, submitOffer, writeOffer } from './partner-portal.ts';
import { arrive } from './people.ts';

const TITLE = 'Giảm 40.000 đ sửa đường truyền tại nhà';
const offer = {
  title: TITLE,
  summary: 'Nhân viên đến tận nhà đo và sửa đường truyền Internet cho bạn.',
  discount: '60000',
  province: { typed: 'ha noi', name: /Hà Nội/ },
};
const FEE = 2_000;
// The general rate is lowered to 8 % until the end of 2026.
const VAT = Date.now() < Date.parse('2027-01-01T00:00:00+07:00') ? 160 : 200;

let platform: TestPlatform;
let browser: Browser;
let partner: WatchedPage;
let admin: WatchedPage;
let an: WatchedPage;
let binh: WatchedPage;
let offerId = '';
let redemptionId = '';
let presented = '';

const enter = (app: 'member' | 'partner' | 'admin', username: string, expected: readonly number[] = []) => {
  const { demo, baseUrl } = platform;
  const person = [...demo.members, ...demo.partners, demo.admin].find((one) => one.username === username);
  if (!person) throw new Error(`${username} is not in the demo`);
  return arrive(app, { browser, baseUrl, person, expected });
};

/** The API as the page itself asks it, with the session of that browser. */
const ask = async ({ page }: WatchedPage, app: string, path: string) => {
  const reply = await page.request.get(path, { headers: { 'x-chung-app': app } });
  return { status: reply.status(), body: await reply.json() };
};

beforeAll(async () => {
  [platform, browser] = await Promise.all([startTestPlatform(), launchBrowser()]);
  // 422 is the answer of the automatic checks, 403 the "not for you", 409 the second use of a QR.
  [partner, admin, an, binh] = await Promise.all([
    enter('partner', 'vnpt-home', [409, 422]),
    enter('admin', 'admin'),
    enter('member', 'an.hanoi'),
    enter('member', 'binh.hcm', [403]),
  ]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

describe('a partner publishes', () => {
  test('a discount of more than half the price is stopped at submission, with the number of the rule', async () => {
    const { page } = partner;
    offerId = await writeOffer(page, offer);
    await page.getByRole('button', { name: 'Gửi duyệt' }).click();
    const findings = page.getByRole('alert').filter({ hasText: 'Chưa qua kiểm tra tự động' });
    await findings.getByText('OFR-101').first().waitFor();
  });

  test('the corrected offer is submitted and locked while it waits', async () => {
    const { page } = partner;
    await page.getByLabel('Số tiền giảm').fill('40000');
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click();
    await submitOffer(page);
    await page.getByText('Ưu đãi đang chờ duyệt nên tạm khóa sửa.').waitFor();
    expect(await page.getByLabel('Tên ưu đãi Tiếng Việt').isDisabled()).toBe(true);
  });
});

describe('an admin approves', () => {
  test('the submission stands in the queue with its clock', async () => {
    const { page } = admin;
    await page.reload();
    const row = page.getByRole('link', { name: TITLE });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/\d+ phút/);
    expect(await row.textContent()).toContain('VNPT Home');
    await row.click();
  });

  test('approving publishes it at once', async () => {
    const { page } = admin;
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await page.getByRole('button', { name: /^Duyệt/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Duyệt và công bố' }).click();
    await page.getByRole('status').filter({ hasText: 'Đã duyệt' }).waitFor();
    await partner.page.reload();
    await partner.page.getByText('Đang hiển thị', { exact: true }).first().waitFor();
  });
});

describe('a member of the right province claims', () => {
  test('searching without diacritics finds the offer, which says why it is for them', async () => {
    const { page } = an;
    await page.getByRole('searchbox', { name: 'Tìm ưu đãi' }).fill('sua duong truyen');
    const card = page.getByRole('article').filter({ hasText: TITLE });
    await card.waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    expect(await card.textContent()).toContain('Hà Nội');
    await card.getByRole('link', { name: TITLE }).click();
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
  });

  test('two taps hold a unit, and the wallet shows a QR that a scanner reads', async () => {
    const { page } = an;
    await page.getByRole('button', { name: 'Nhận ưu đãi' }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Nhận ngay' }).tap();
    await page.getByRole('dialog', { name: 'Đã giữ chỗ cho bạn' }).getByRole('link', { name: 'Mở mã QR' }).tap();
    const code = page.getByRole('img', { name: `Mã QR xuất trình của ưu đãi ${TITLE}` });
    await code.waitFor();
    redemptionId = page.url().slice(-36);
    presented = await readQr(code);
    expect(presented.split('.')).toHaveLength(3);
  });
});

describe('the partner confirms at the counter', () => {
  test('the scanned QR shows the redemption, and one press confirms it', async () => {
    const { page } = partner;
    await goTo(page, 'Quầy xác nhận');
    await scan(page, presented);
    await page.getByText('Hợp lệ, chờ xác nhận').waitFor();
    expect(await page.getByRole('main').textContent()).toContain(TITLE);
    await page.getByRole('button', { name: 'Xác nhận đã dùng' }).click();
    await page.getByText('Đã xác nhận. Trao ưu đãi cho đoàn viên.').waitFor();
  });

  test('the member’s page turns by itself', async () => {
    await an.page.getByRole('status').filter({ hasText: 'Đã nhận' }).waitFor();
  });

  test('a QR that was used is refused at the counter', async () => {
    const { page } = partner;
    await page.getByRole('button', { name: 'Khách tiếp theo' }).click();
    await scan(page, presented);
    await page
      .getByText(/Đã xác nhận trước đó|đã được dùng|đã dùng/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Xác nhận đã dùng' }).count()).toBe(0);
  });
});

describe('the books hold it', () => {
  test('balance: the partner owes the fee and its VAT', async () => {
    const { page } = partner;
    await goTo(page, 'Số dư');
    const receivable = page.getByRole('row', { name: /Phải thu đối tác/ });
    await receivable.waitFor();
    expect(await receivable.textContent()).toContain(new Intl.NumberFormat('vi-VN').format(FEE + VAT));
    const { body } = await ask(partner, 'partner', '/v1/partner/balance');
    expect(body.receivableMinor).toBe(FEE + VAT);
  });

  test('ledger: the journal balances line by line', async () => {
    const { rows } = await platform.owner.query(
      `SELECT p.account, p.amount_minor::int AS amount FROM chung.journals j JOIN chung.postings p ON (p.shard_id, p.journal_id) = (j.shard_id, j.id)
        WHERE j.cause_id = $1 AND j.kind = 'redeemed' AND p.currency = 'VND' ORDER BY p.account`,
      [redemptionId],
    );
    expect(rows).toEqual([
      { account: 1200, amount: FEE + VAT },
      { account: 2300, amount: -VAT },
      { account: 4110, amount: -FEE },
    ]);
    await admin.page.goto('/admin/ledger');
    await admin.page.getByText('Sổ cân: tổng nợ bằng tổng có').waitFor();
  });

  test('event: the partner reads it in the portal and by the API', async () => {
    const { page } = partner;
    await goTo(page, 'Sự kiện');
    await page.getByText('Đoàn viên đã nhận ưu đãi').first().waitFor();
    const { body } = await ask(partner, 'partner', '/v1/partner/events');
    const about = body.items.filter((event: { data: { redemptionId?: string } }) => event.data.redemptionId === redemptionId);
    expect(about.map((event: { type: string }) => event.type)).toEqual(['redemption.reserved.v1', 'redemption.redeemed.v1']);
  });

  test('audit: the confirmation and the approval stand in the log', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'Nhật ký' }).click();
    for (const [action, target] of [
      ['partner.redemptions.confirm', redemptionId],
      ['admin.submissions.decide', ''],
    ] as const) {
      await page.getByLabel('Thao tác').fill(action);
      await page.getByRole('button', { name: 'Lọc', exact: true }).click();
      await page.getByRole('row').filter({ hasText: action }).filter({ hasText: target }).first().waitFor();
    }
    const { rows } = await platform.owner.query(`SELECT action FROM chung.audit_entries WHERE target LIKE '%' || $1`, [redemptionId]);
    expect(rows).toEqual([{ action: 'partner.redemptions.confirm' }]);
  });
});

describe('a member of another province', () => {
  test('sees it neither at home nor by searching', async () => {
    const { page } = binh;
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('article').filter({ hasText: TITLE }).count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Tìm ưu đãi' }).fill('sua duong truyen');
    await page.getByText('Không tìm thấy ưu đãi phù hợp').waitFor();
  });

  test('is told why when they open it by its id', async () => {
    const { page } = binh;
    await page.goto(`/offers/${offerId}`);
    await page.getByRole('heading', { level: 1, name: 'Ưu đãi này chưa dành cho bạn' }).waitFor();
    expect(await page.getByRole('main').getByRole('listitem').allTextContents()).toEqual([expect.stringContaining('Hà Nội')]);
    const { status, body } = await ask(binh, 'member', `/v1/offers/${offerId}`);
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'not_eligible', reasons: [{ fact: 'province' }] });
  });
});

test('no page of the journey had an error behind the scenes', () => {
  expect([partner, admin, an, binh].flatMap(({ troubles }) => troubles)).toEqual([]);
});
