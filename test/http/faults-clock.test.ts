// A host whose clock jumps, or that stands in another time zone: the database's clock decides what a claim, a hold and a receipt
// are worth; sessions and tokens are judged by it or refused, and nothing breaks or stays broken.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';
import { backendToken } from '../harness/tokens.ts';

const DAY_MS = 86_400_000;
const zoneBefore = process.env['TZ'];

let http: RedemptionHttp;
let token: string;
beforeAll(async () => {
  // Before the platform is built, so that everything in it is built in that zone.
  process.env['TZ'] = 'America/New_York';
  http = await openRedemptionHttp();
  const [partner] = http.running.demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  token = await backendToken(http.running.baseUrl, partner.client);
}, 120_000);
afterEach(() => void vi.useRealTimers());
afterAll(async () => {
  vi.useRealTimers();
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
  await http?.close();
});

/** Only the host's clock jumps; timers and the database go on as before. */
function jump(days: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * DAY_MS });
}

const seconds = (iso: unknown) => Date.parse(String(iso)) / 1000;
const databaseSeconds = async () =>
  Number((await http.running.owner.query('SELECT extract(epoch FROM clock_timestamp()) AS now')).rows[0].now);

test.each([1, -1, 3_650, -3_650])('a host clock that jumps %i days moves no hold, no window and no QR', async (days) => {
  const open = await http.offer(hold(60));
  const shownBefore = await http.claimed(http.binh, open);
  const { presentation } = (await http.binh.call('GET', `/v1/redemptions/${shownBefore}/receipt`)).body;
  jump(days);
  const claimed = await http.claim(http.an, open);
  expect(claimed.status).toBe(201);
  const now = await databaseSeconds();
  expect(Math.abs(seconds(claimed.body['expiresAt']) - now - 3_600)).toBeLessThan(10);
  const receipt = (await http.an.call('GET', `/v1/redemptions/${claimed.body['id']}/receipt`)).body;
  expect(Math.abs(seconds(receipt['presentationExpiresAt']) - now - 120)).toBeLessThan(10);
  // Issued before the jump, confirmed after it: by the database no time has passed.
  expect(await http.act(shownBefore, 'confirm', { presented: presentation })).toMatchObject({ status: 200, body: { state: 'REDEEMED' } });
  expect((await http.an.call('GET', `/v1/redemptions/${claimed.body['id']}`)).body['state']).toBe('RESERVED');
  await http.lapse(String(claimed.body['id']));
  expect((await http.an.call('GET', `/v1/redemptions/${claimed.body['id']}`)).body['state']).toBe('EXPIRED');
});

test.each([1, -1, 3_650, -3_650])(
  'a host %i days off takes no token, answers no error of ours, and takes it again once its clock is right',
  async (days) => {
    const ask = async () => {
      const response = await fetch(`${http.running.baseUrl}/v1/partner/redemptions`, { headers: { authorization: `Bearer ${token}` } });
      return `${response.status} ${response.headers.get('www-authenticate')?.includes('invalid_token') ?? ''}`.trim();
    };
    expect(await ask()).toBe('200');
    jump(days);
    expect(await ask()).toBe('401 true');
    vi.useRealTimers();
    expect(await ask()).toBe('200');
  },
);

test('limits a member by the day of the market, on a host in another time zone and on the wrong day', async () => {
  const offerId = await http.offer({ limits: { perMember: 5, perMemberPerDay: 1 } });
  jump(1);
  expect((await http.claim(http.an, offerId)).status).toBe(201);
  vi.useRealTimers();
  expect(await http.claim(http.an, offerId)).toMatchObject({ status: 409, body: { code: 'limit_reached' } });
  const { rows } = await http.running.owner.query(
    `SELECT claimed_day::text AS day, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date::text AS today FROM chung.redemptions WHERE offer_id = $1`,
    [offerId],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0].day).toBe(rows[0].today);
  expect(new Date().getTimezoneOffset(), 'the host is in New York').toBeGreaterThan(200);
});

test('a jump of the clock leaves nobody shut out by a rate limit', async () => {
  for (const days of [3_650, -3_650, 1]) {
    jump(days);
    for (let i = 0; i < 3; i++) expect((await http.an.call('GET', '/v1/redemptions')).status).toBe(200);
  }
  vi.useRealTimers();
  expect((await http.an.call('GET', '/v1/redemptions')).status).toBe(200);
});
