// The books over HTTP: what each kind of offer posts, to the đồng, and that a reversal leaves nothing.
import { type Benefit, getTrialBalance, type OfferDraft, type OfferId, type PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inDays } from '../harness/partner-rooms.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const shares = (partner: number): Pick<OfferDraft, 'funding'> => ({
  funding: [
    ...(partner > 0 ? [{ by: 'partner' as const, shareBasisPoints: partner }] : []),
    ...(partner < 10_000 ? [{ by: 'platform' as const, shareBasisPoints: 10_000 - partner }] : []),
  ],
});
const cashback = (cashbackMinor: number): Benefit => ({ kind: 'cashback', cashbackMinor, minimumSpendMinor: 0, vestingDays: 7 });

/** Balance of each account over the postings of one offer. */
async function booksOf(offerId: OfferId): Promise<Record<string, number>> {
  const { rows } = await http.running.owner.query(
    `SELECT account, sum(amount_minor)::text AS balance FROM chung.postings WHERE shard_id = $1 AND currency = 'VND' GROUP BY account`,
    [offerId],
  );
  return Object.fromEntries(rows.map(({ account, balance }) => [account, Number(balance)]));
}

async function trialBalance() {
  const { body } = await http.admin.call('GET', '/v1/admin/ledger/trial-balance');
  const { accounts, totals } = getTrialBalance.reply.parse(body);
  return { accounts, totals, of: (account: string) => accounts.find((one) => one.account === account)?.balanceMinor ?? 0 };
}

const balance = async (session = http.portal) => (await session.call('GET', '/v1/partner/balance')).body;
const FEES = { 1200: 2_160, 4110: -2_000, 2300: -160 };

describe('a redemption posts', () => {
  const kinds: [string, Partial<OfferDraft>, Record<string, number>][] = [
    ['percentage', {}, FEES],
    ['fixed amount', { benefit: { kind: 'fixed_amount', discountMinor: 10_000 } }, FEES],
    ['free voucher', { benefit: { kind: 'free_voucher', faceValueMinor: 50_000 } }, FEES],
    [
      'bundle',
      {
        benefit: {
          kind: 'bundle',
          items: ['Cáp quang', 'MyTV'].map((name) => ({ name: { vi: name, en: name }, regularPriceMinor: 60_000 })),
          bundlePriceMinor: 90_000,
        },
      },
      FEES,
    ],
    ['trial', { benefit: { kind: 'trial', days: 30, renewalPriceMinor: 69_000 } }, FEES],
    ['cashback of both', { benefit: cashback(10_001), ...shares(6_667) }, { ...FEES, 5140: 3_333, 2100: 6_668, 2210: -10_001 }],
    [
      'cashback of both, the other way',
      { benefit: cashback(10_001), ...shares(3_333) },
      { ...FEES, 5140: 6_668, 2100: 3_333, 2210: -10_001 },
    ],
    ['cashback of 1 đ, half and half', { benefit: cashback(1), ...shares(5_000) }, { ...FEES, 5140: 1, 2210: -1 }],
    ['cashback of the partner', { benefit: cashback(7_777), ...shares(10_000) }, { ...FEES, 2100: 7_777, 2210: -7_777 }],
    ['cashback of the platform', { benefit: cashback(7_777), ...shares(0) }, { ...FEES, 5140: 7_777, 2210: -7_777 }],
  ];

  test.each(kinds)('%s: fee, VAT and cashback; a reversal takes every đồng back', async (_kind, draft, books) => {
    const offerId = await http.offer(draft);
    const before = [await trialBalance(), await balance()] as const;
    const id = await http.claimed(http.an, offerId);
    expect(await booksOf(offerId)).toEqual(books);
    const after = [await trialBalance(), await balance()] as const;
    for (const [account, amount] of Object.entries(books)) expect(after[0].of(account) - before[0].of(account), account).toBe(amount);
    expect(Number(after[1]['receivableMinor']) - Number(before[1]['receivableMinor'])).toBe(2_160);
    // What the partner pays of a cashback lowers what it is owed.
    expect(Number(before[1]['payablePendingMinor']) - Number(after[1]['payablePendingMinor'])).toBe(books['2100'] ?? 0);
    await http.act(id, 'reverse');
    expect(Object.values(await booksOf(offerId)).every((sum) => sum === 0)).toBe(true);
    const { asOf: _then, accounts: _gross, ...figures } = before[1];
    expect(await balance()).toMatchObject(figures);
    expect((await trialBalance()).totals.every(({ differenceMinor }) => differenceMinor === 0)).toBe(true);
  });

  test('nothing in money for a hold until its partner confirms, and nothing at all when it is cancelled', async () => {
    const offerId = await http.offer({ ...hold(60), stock: 5, limits: { perMember: 5, perMemberPerDay: null } });
    const [confirmed, cancelled] = [await http.claimed(http.an, offerId), await http.claimed(http.an, offerId)];
    expect(await booksOf(offerId)).toEqual({});
    await http.act(confirmed, 'confirm');
    expect(await booksOf(offerId)).toEqual(FEES);
    await http.an.call('POST', `/v1/redemptions/${cancelled}/cancel`, { body: {} });
    await http.act(confirmed, 'fulfil');
    expect(await booksOf(offerId)).toEqual(FEES);
  });
});

describe('contract and VAT', () => {
  const contract = async (partnerId: PartnerId, terms: { fee: bigint; serviceClass: 'standard' | 'telecom' | 'finance' }) => {
    const { db, partners } = http.running.platform;
    await db.tx((tx) =>
      partners.addContract(tx, partnerId, {
        validFrom: new Date(),
        feePerRedemptionMinor: terms.fee,
        commissionBasisPoints: 0,
        serviceClass: terms.serviceClass,
      }),
    );
  };

  test('come from the version in force at the claim: class, odd fees rounded half up, no fee at all; old redemptions keep theirs', async () => {
    const partnerId = http.otherPartnerId;
    const many = { stock: 20, limits: { perMember: 20, perMemberPerDay: null } };
    const first = await http.offer(many, { partnerId });
    const id = await http.claimed(http.an, first);
    const cases = [
      { fee: 2_000n, serviceClass: 'telecom', books: { 1200: 2_200, 4110: -2_000, 2300: -200 } },
      { fee: 1_505n, serviceClass: 'finance', books: { 1200: 1_656, 4110: -1_505, 2300: -151 } },
      { fee: 1_506n, serviceClass: 'standard', books: { 1200: 1_626, 4110: -1_506, 2300: -120 } },
      { fee: 0n, serviceClass: 'standard', books: {} },
    ] as const;
    for (const { fee, serviceClass, books } of cases) {
      await contract(partnerId, { fee, serviceClass });
      const offerId = await http.offer(many, { partnerId });
      await http.claimed(http.an, offerId);
      expect([serviceClass, fee, await booksOf(offerId)]).toEqual([serviceClass, fee, books]);
    }
    // The reversal takes back what was charged then, not what would be charged now.
    await http.otherPortal.call('POST', `/v1/partner/redemptions/${id}/reverse`, { body: { reason: 'Hủy đơn' } });
    expect(Object.values(await booksOf(first)).every((sum) => sum === 0)).toBe(true);
  });
});

test('a partner’s balance is its own, and agrees with its postings', async () => {
  const before = await balance(http.otherPortal);
  await http.claimed(http.binh, await http.offer());
  const { asOf: _asOf, ...same } = before;
  expect(await balance(http.otherPortal)).toMatchObject(same);
  const { rows } = await http.running.owner.query(
    `SELECT sum(amount_minor)::text AS sum FROM chung.postings WHERE owner_id = $1 AND account = 1200`,
    [http.partnerId],
  );
  expect((await balance())['receivableMinor']).toBe(Number(rows[0].sum));
});

test('the trial balance is one snapshot: zero also while members claim', async () => {
  const offerId = await http.offer({
    stock: 60,
    limits: { perMember: 60, perMemberPerDay: null },
    window: { startsAt: inDays(-1), endsAt: inDays(1) },
  });
  const claims = Promise.all(Array.from({ length: 40 }, (_, i) => http.claim(i % 2 ? http.an : http.binh, offerId)));
  for (let read = 0; read < 10; read++)
    for (const { currency, differenceMinor } of (await trialBalance()).totals) expect([currency, differenceMinor]).toEqual([currency, 0]);
  expect((await claims).every(({ status }) => status === 201)).toBe(true);
});

test('every account of the trial balance has a name in both languages', async () => {
  const { accounts } = await trialBalance();
  expect(accounts.length).toBeGreaterThan(5);
  for (const { account, name } of accounts) expect([account, name.vi, name.en]).not.toContain(`Account ${account}`);
});
