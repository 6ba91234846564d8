import type { OfferDraft } from '@chung/contracts';
import { expect, test } from 'vitest';
import { draftOf, inDays, names } from '../../../../../test/harness/partner-rooms.ts';
import { type Checked, checkOffer } from './offer-checks.ts';

function check(changes: Partial<OfferDraft> = {}, given: Partial<Checked> = {}) {
  const terms = draftOf(changes);
  const findings = checkOffer({
    terms,
    units: { stock: terms.stock, held: 0, redeemed: 0, promised: 0 },
    codes: null,
    now: new Date(),
    knowsProvince: (code) => names.province(code) !== null,
    ...given,
  });
  return findings.map((finding) => `${finding.severity} ${finding.rule} ${finding.path}`);
}

const item = (regularPriceMinor: number) => ({ name: { vi: 'Phần', en: 'Part' }, regularPriceMinor });
const bundle = (bundlePriceMinor: number) => ({ kind: 'bundle' as const, items: [item(100_000), item(60_000)], bundlePriceMinor });
const cashback = (cashbackMinor: number, minimumSpendMinor: number) => ({
  kind: 'cashback' as const,
  cashbackMinor,
  minimumSpendMinor,
  vestingDays: 7,
});
const same = { vi: 'Ưu đãi', en: 'ưu đãi' };

test('a correct offer has no findings', () => {
  expect(check()).toEqual([]);
});

test.each<[string, Partial<OfferDraft>, string[]]>([
  ['half of the price is allowed', { benefit: { kind: 'percentage', rateBasisPoints: 5_000, maxDiscountMinor: null } }, []],
  [
    'one step over half is not',
    { benefit: { kind: 'percentage', rateBasisPoints: 5_001, maxDiscountMinor: null } },
    ['error OFR-101 benefit'],
  ],
  ['a cap brings a high rate under half', { benefit: { kind: 'percentage', rateBasisPoints: 8_000, maxDiscountMinor: 50_000 } }, []],
  ['one đồng over half is not allowed', { benefit: { kind: 'fixed_amount', discountMinor: 50_001 } }, ['error OFR-101 benefit']],
  ['a bundle at half of its parts is allowed', { benefit: bundle(80_000), regularPriceMinor: 160_000 }, []],
  ['a bundle under half of its parts is not', { benefit: bundle(79_999), regularPriceMinor: 160_000 }, ['error OFR-101 benefit']],
  ['a free voucher is outside the limit', { benefit: { kind: 'free_voucher', faceValueMinor: 100_000 } }, []],
  ['a trial is outside the limit', { benefit: { kind: 'trial', days: 30, renewalPriceMinor: 69_000 } }, []],
  [
    'a discount over the price breaks both rules',
    { benefit: { kind: 'fixed_amount', discountMinor: 100_001 } },
    ['error OFR-101 benefit', 'error OFR-107 benefit'],
  ],
  ['texts that are the same in both languages', { title: same, summary: same }, ['warning OFR-102 title.en', 'error OFR-102 summary.en']],
  ['Vietnamese without marks', { summary: { vi: 'Giam gia cho doan vien', en: 'Off' } }, ['error OFR-102 summary.vi']],
  ['a window in the past', { window: { startsAt: inDays(-9), endsAt: inDays(-1) } }, ['error OFR-103 window.endsAt']],
  ['a window of more than a year', { window: { startsAt: inDays(0), endsAt: inDays(367) } }, ['error OFR-103 window.endsAt']],
  ['a discount of more than 120 days', { window: { startsAt: inDays(0), endsAt: inDays(121) } }, ['warning OFR-110 window']],
  ['a bundle above its parts', { benefit: bundle(160_001), regularPriceMinor: 160_000 }, ['error OFR-106 benefit.bundlePriceMinor']],
  ['a bundle whose regular price is not their sum', { benefit: bundle(120_000) }, ['warning OFR-106 regularPriceMinor']],
  ['a discount from nothing', { regularPriceMinor: 0 }, ['error OFR-107 regularPriceMinor']],
  ['a cap of nothing', { benefit: { kind: 'percentage', rateBasisPoints: 1_000, maxDiscountMinor: 0 } }, ['error OFR-107 benefit']],
  ['a cashback over the spend', { benefit: cashback(20_000, 10_000) }, ['error OFR-107 benefit.cashbackMinor']],
  ['a limit over the stock', { limits: { perMember: 11, perMemberPerDay: null } }, ['error OFR-108 limits.perMember']],
  ['a day over the whole', { limits: { perMember: 1, perMemberPerDay: 2 } }, ['error OFR-108 limits.perMemberPerDay']],
  [
    'a cost that the platform shares',
    {
      funding: [
        { by: 'partner', shareBasisPoints: 6_000 },
        { by: 'platform', shareBasisPoints: 4_000 },
      ],
    },
    ['warning OFR-109 funding'],
  ],
  [
    'a hold longer than the window',
    { fulfilment: { mode: 'partner_confirmed', holdMinutes: 43_200 }, window: { startsAt: inDays(0), endsAt: inDays(1) } },
    ['warning OFR-111 fulfilment.holdMinutes'],
  ],
  [
    'an age that nobody has',
    { eligibility: { version: 1, all: [{ fact: 'age', atLeastYears: 30, belowYears: 30 }] } },
    ['error OFR-112 eligibility.all.0'],
  ],
  [
    'a province that is not in the register',
    { eligibility: { version: 1, all: [{ fact: 'province', in: ['01', '99'] }] } },
    ['error OFR-113 eligibility.all.0.in'],
  ],
])('%s', (_case, changes, expected) => {
  expect(check(changes)).toEqual(expected);
});

test('a pool needs a free code for each unit that can still be taken', () => {
  const units = { stock: 10, held: 1, redeemed: 3, promised: 0 };
  expect(check({ codes: 'pool' }, { units, codes: { total: 10, free: 6 } })).toEqual([]);
  expect(check({ codes: 'pool' }, { units, codes: { total: 9, free: 5 } })).toEqual(['error OFR-104 codes']);
});

test('shares that are not whole are found also when they were not parsed', () => {
  const terms = { ...draftOf(), funding: [{ by: 'partner' as const, shareBasisPoints: 9_999 }] };
  expect(check({}, { terms })).toEqual(['error OFR-105 funding']);
});
