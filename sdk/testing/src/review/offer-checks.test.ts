// The fake platform's checks of an offer: each rule on both sides of its limit, and against the platform's own on offers of any shape.
import { type EligibilityCondition, type Finding, MAX_AMOUNT_MINOR } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkOffer as checkOnPlatform } from '../../../../platform/server/src/rooms/reviews/offer-checks.ts';
import { draftOf, type OfferLike } from '../fixtures.ts';
import { PROVINCES } from '../provinces.ts';
import { checkOffer } from './offer-checks.ts';

const NOW = new Date('2026-11-22T13:00:00Z');
const DAY_MS = 86_400_000;
const knowsProvince = (code: string) => PROVINCES.some((province) => province.code === code);
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY_MS).toISOString();
const lasting = (days: number) => ({ startsAt: inDays(0), endsAt: inDays(days) });
const words = (vi: string, en: string) => ({ vi, en });
const item = (regularPriceMinor: number) => ({ name: words('Phần', 'Part'), regularPriceMinor });
const bundle = (bundlePriceMinor: number) => ({ kind: 'bundle' as const, items: [item(100_000), item(60_000)], bundlePriceMinor });
const cashback = (cashbackMinor: number, minimumSpendMinor: number) => ({
  ...{ kind: 'cashback' as const, cashbackMinor, minimumSpendMinor, vestingDays: 7 },
});
const percent = (rateBasisPoints: number, maxDiscountMinor: number | null = null) => ({
  ...{ kind: 'percentage' as const, rateBasisPoints, maxDiscountMinor },
});

interface Around {
  readonly free?: number;
  readonly held?: number;
  readonly redeemed?: number;
}

function findingsOf(changes: OfferLike, { free, held = 0, redeemed = 0 }: Around = {}): Finding[] {
  const terms = draftOf({ regularPriceMinor: 100_000, window: lasting(30), ...changes });
  const units = { stock: terms.stock, held, redeemed, promised: 0 };
  return checkOffer({ terms, units, codes: free === undefined ? null : { free }, now: NOW });
}
const told = (findings: readonly Finding[]) => findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);

test('an offer as the fake platform begins with has no findings', () => {
  expect(findingsOf({})).toEqual([]);
});

describe('prices', () => {
  test.each<[string, OfferLike, string[]]>([
    ['half of the price', { benefit: percent(5_000) }, []],
    ['a hundredth of a percent over half', { benefit: percent(5_001) }, ['error OFR-101 benefit']],
    ['a rate over half that a cap brings to it', { benefit: percent(9_000, 50_000) }, []],
    ['a cap of one đồng over half', { benefit: percent(9_000, 50_001) }, ['error OFR-101 benefit']],
    ['half of an odd price, rounded up', { benefit: percent(5_000), regularPriceMinor: 99_999 }, ['error OFR-101 benefit']],
    ['an amount of half', { benefit: { kind: 'fixed_amount', discountMinor: 50_000 } }, []],
    [
      'one đồng over the price',
      { benefit: { kind: 'fixed_amount', discountMinor: 100_001 } },
      ['error OFR-101 benefit', 'error OFR-107 benefit'],
    ],
    ['a rate that rounds to nothing', { benefit: percent(1), regularPriceMinor: 4_999 }, ['error OFR-107 benefit']],
    ['a rate that rounds to one đồng', { benefit: percent(1), regularPriceMinor: 5_000 }, []],
    ['a discount on no price', { benefit: percent(1_000), regularPriceMinor: 0 }, ['error OFR-107 regularPriceMinor']],
    ['a bundle at half of its parts', { benefit: bundle(80_000), regularPriceMinor: 160_000 }, []],
    ['a bundle one đồng under half', { benefit: bundle(79_999), regularPriceMinor: 160_000 }, ['error OFR-101 benefit']],
    ['a bundle at the price of its parts', { benefit: bundle(160_000), regularPriceMinor: 160_000 }, ['error OFR-107 benefit']],
    ['a bundle above its parts', { benefit: bundle(160_001), regularPriceMinor: 160_000 }, ['error OFR-106 benefit.bundlePriceMinor']],
    [
      'a bundle whose price before is not the sum',
      { benefit: bundle(100_000), regularPriceMinor: 159_999 },
      ['warning OFR-106 regularPriceMinor'],
    ],
    ['a cashback of all that is spent', { benefit: cashback(5_000, 5_000) }, []],
    ['a cashback of more than is spent', { benefit: cashback(5_001, 5_000) }, ['error OFR-107 benefit.cashbackMinor']],
    ['a cashback without a least spend', { benefit: cashback(5_001, 0) }, []],
    ['a gift of the whole price', { benefit: { kind: 'free_voucher', faceValueMinor: 100_000 } }, []],
    ['a trial', { benefit: { kind: 'trial', days: 30, renewalPriceMinor: null } }, []],
  ])('%s', (_what, changes, expected) => {
    expect(told(findingsOf(changes))).toEqual(expected);
  });

  test('a finding says the amounts in the writing of each language', () => {
    const [finding] = findingsOf({ benefit: percent(6_000), regularPriceMinor: 2_000_000 });
    expect(finding?.text.vi).toBe('Mức giảm 1.200.000 đ vượt quá 50% giá ngay trước khuyến mại (2.000.000 đ).');
    expect(finding?.text.en).toBe('The discount of 1,200,000 đ is more than 50% of the price immediately before (2,000,000 đ).');
  });

  test('what the platform pays for is a warning with its share, and no error', () => {
    const [finding, ...others] = findingsOf({
      funding: [
        { by: 'partner', shareBasisPoints: 7_250 },
        { by: 'platform', shareBasisPoints: 2_750 },
      ],
    });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      rule: 'OFR-109',
      text: { en: 'The platform pays 27.5% of the cost: confirm the budget.' },
    });
  });
});

describe('texts, times and limits', () => {
  test.each<[string, OfferLike, Around, string[]]>([
    ['an English text that is the Vietnamese in capitals', { summary: words('Quà Tết', 'QUÀ TẾT') }, {}, ['error OFR-102 summary.en']],
    ['a Vietnamese text without marks', { terms: words('Moi nguoi mot lan', 'Once') }, {}, ['error OFR-102 terms.vi']],
    ['one with nothing but a đ', { terms: words('Đi xem', 'Go and see') }, {}, []],
    ['one whose marks stand apart from their letters', { terms: words('Quà'.normalize('NFD'), 'A gift') }, {}, []],
    ['a title that is a name in both languages', { title: words('MyTV', 'MyTV') }, {}, ['warning OFR-102 title.en']],
    ['a title without marks', { title: words('Xem phim', 'Watch a film') }, {}, ['warning OFR-102 title.vi']],
    [
      'a window that ends this moment',
      { window: { startsAt: inDays(-2), endsAt: NOW.toISOString() } },
      {},
      ['error OFR-103 window.endsAt'],
    ],
    ['366 days', { window: lasting(366) }, {}, []],
    ['a moment over 366 days', { window: lasting(366 + 1 / DAY_MS) }, {}, ['error OFR-103 window.endsAt']],
    ['a discount for 120 days', { benefit: percent(1_000), window: lasting(120) }, {}, []],
    ['a discount for 121 days', { benefit: percent(1_000), window: lasting(121) }, {}, ['warning OFR-110 window']],
    ['a gift for 121 days', { window: lasting(121) }, {}, []],
    ['as many codes as units', { stock: 5 }, { free: 5 }, []],
    ['a code too few', { stock: 5 }, { free: 4 }, ['error OFR-104 codes']],
    ['fewer codes where units are used already', { stock: 5 }, { free: 2, held: 1, redeemed: 2 }, []],
    ['as many a member as there are', { stock: 2, limits: { perMember: 2, perMemberPerDay: 2 } }, {}, []],
    ['more a member than there are', { stock: 1, limits: { perMember: 2, perMemberPerDay: null } }, {}, ['error OFR-108 limits.perMember']],
    ['more a day than in all', { limits: { perMember: 2, perMemberPerDay: 3 } }, {}, ['error OFR-108 limits.perMemberPerDay']],
    ['a hold as long as the window', { fulfilment: { mode: 'partner_confirmed', holdMinutes: 1_440 }, window: lasting(1) }, {}, []],
    [
      'a hold of a minute more',
      { fulfilment: { mode: 'partner_confirmed', holdMinutes: 1_441 }, window: lasting(1) },
      {},
      ['warning OFR-111 fulfilment.holdMinutes'],
    ],
  ])('%s', (_what, changes, around, expected) => {
    expect(told(findingsOf(changes, around))).toEqual(expected);
  });
});

describe('eligibility that lets nobody in', () => {
  const age = (atLeastYears: number, belowYears: number): EligibilityCondition => ({ fact: 'age', atLeastYears, belowYears });
  const inProvinces = (...codes: string[]): EligibilityCondition => ({ fact: 'province', in: codes });

  test.each<[string, EligibilityCondition[], string[]]>([
    ['an age of one year', [age(20, 21)], []],
    ['an age of none', [age(20, 20)], ['error OFR-112 eligibility.all.0']],
    ['ages that meet at an edge', [age(16, 20), age(20, 30)], ['error OFR-112 eligibility.all']],
    ['ages that share a year', [age(16, 21), age(20, 30)], []],
    ['a code of no province', [inProvinces('01', '02', '03')], ['error OFR-113 eligibility.all.0.in']],
    ['three lists of provinces with one in all', [inProvinces('01', '79'), inProvinces('79', '48'), inProvinces('48', '79')], []],
    [
      'three lists with one in any two',
      [inProvinces('01', '79'), inProvinces('79', '48'), inProvinces('48', '01')],
      ['error OFR-112 eligibility.all'],
    ],
    [
      'roles that exclude each other',
      [
        { fact: 'role', in: ['member'] },
        { fact: 'role', in: ['officer', 'secretary'] },
      ],
      ['error OFR-112 eligibility.all'],
    ],
    [
      'what is wrong by itself is not told again as a contradiction',
      [age(30, 20), inProvinces('01'), inProvinces('79')],
      ['error OFR-112 eligibility.all.0'],
    ],
  ])('%s', (_what, all, expected) => {
    expect(told(findingsOf({ eligibility: { version: 1, all } }))).toEqual(expected);
  });
});

/** Amounts around the limits of the rules as well as any. */
const amount = fc.oneof(
  fc.constantFrom(0, 1, 49_999, 50_000, 50_001, 99_999, 100_000, 100_001),
  fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }),
);
const positive = amount.map((value) => Math.max(1, value));
const benefit = fc.oneof(
  fc.record({
    kind: fc.constant('percentage' as const),
    rateBasisPoints: fc.oneof(fc.constantFrom(1, 4_999, 5_000, 5_001, 10_000), fc.integer({ min: 1, max: 10_000 })),
    maxDiscountMinor: fc.option(amount),
  }),
  fc.record({ kind: fc.constant('fixed_amount' as const), discountMinor: positive }),
  fc.record({ kind: fc.constant('free_voucher' as const), faceValueMinor: positive }),
  fc.record({
    kind: fc.constant('bundle' as const),
    items: fc.array(amount.map(item), { minLength: 2, maxLength: 4 }),
    bundlePriceMinor: amount,
  }),
  fc.record({ kind: fc.constant('trial' as const), days: fc.integer({ min: 1, max: 366 }), renewalPriceMinor: fc.option(amount) }),
  fc.record({
    kind: fc.constant('cashback' as const),
    cashbackMinor: positive,
    minimumSpendMinor: amount,
    vestingDays: fc.nat({ max: 366 }),
  }),
);
const text = fc.record({
  vi: fc.constantFrom('Quà tặng', 'Qua tang', 'đi', 'MyTV', 'Ơ'),
  en: fc.constantFrom('A gift', 'quà TẶNG', 'mytv', 'Go', 'ơ'),
});
const edges = fc.constantFrom(1, 119, 120, 120.0001, 121, 365, 366, 366.0001, 400);
const role = fc.constantFrom('member', 'officer', 'secretary');
const condition: fc.Arbitrary<EligibilityCondition> = fc.oneof(
  fc.constant({ fact: 'verified' as const }),
  fc.record({ fact: fc.constant('age' as const), atLeastYears: fc.nat({ max: 120 }), belowYears: fc.integer({ min: 1, max: 121 }) }),
  fc.record({
    fact: fc.constant('province' as const),
    in: fc.array(fc.constantFrom('01', '48', '79', '99'), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ fact: fc.constant('role' as const), in: fc.array(role, { minLength: 1, maxLength: 3 }) }),
);
const offer = fc.record({
  ...{ title: text, summary: text, terms: text, benefit, regularPriceMinor: amount },
  stock: fc.integer({ min: 1, max: 5 }),
  limits: fc.record({ perMember: fc.integer({ min: 1, max: 6 }), perMemberPerDay: fc.option(fc.integer({ min: 1, max: 6 })) }),
  window: fc
    .tuple(fc.integer({ min: -400, max: 2 }), edges)
    .map(([from, days]) => ({ startsAt: inDays(from), endsAt: inDays(from + days) })),
  fulfilment: fc.oneof(
    fc.constant({ mode: 'instant' as const }),
    fc.constantFrom(1, 1_440, 1_441, 43_200).map((holdMinutes) => ({ mode: 'partner_confirmed' as const, holdMinutes })),
  ),
  funding: fc
    .nat({ max: 9_999 })
    .map((platform) => [
      { by: 'partner' as const, shareBasisPoints: 10_000 - platform },
      ...(platform > 0 ? [{ by: 'platform' as const, shareBasisPoints: platform }] : []),
    ]),
  eligibility: fc.array(condition, { maxLength: 4 }).map((all) => ({ version: 1 as const, all })),
});

test('whatever the offer, the findings are those of the platform: rules, order, places and words', () => {
  const around = fc.record({
    held: fc.nat({ max: 2 }),
    redeemed: fc.nat({ max: 2 }),
    codes: fc.option(fc.record({ total: fc.constant(9), free: fc.nat({ max: 6 }) })),
  });
  fc.assert(
    fc.property(offer, around, (changes, { held, redeemed, codes }) => {
      const terms = draftOf(changes);
      const checked = { terms, units: { stock: terms.stock, held, redeemed, promised: 0 }, codes, now: NOW };
      expect(checkOffer(checked)).toEqual(checkOnPlatform({ ...checked, knowsProvince }));
    }),
    { numRuns: 500 },
  );
});
