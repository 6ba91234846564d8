// The limit of half the price, to the đồng, and that every rule of the library that a machine checks does fire.
import { type Benefit, MAX_AMOUNT_MINOR, type OfferDraft } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftOf, inDays, names } from '../../../../../test/harness/partner-rooms.ts';
import { checkOffer } from './offer-checks.ts';
import { checkDiscountLimit, discountOf } from './price-checks.ts';
import { REVIEW_RULES } from './review-rules.ts';

const breaksLimit = (benefit: Benefit, regularPriceMinor: number) =>
  checkDiscountLimit({ terms: { ...draftOf(), benefit, regularPriceMinor } }).length > 0;
const fixed = (discountMinor: number): Benefit => ({ kind: 'fixed_amount', discountMinor });
const percent = (rateBasisPoints: number, maxDiscountMinor: number | null = null): Benefit => ({
  kind: 'percentage',
  rateBasisPoints,
  maxDiscountMinor,
});
const part = (regularPriceMinor: number) => ({ name: { vi: 'Phần', en: 'Part' }, regularPriceMinor });
const bundle = (parts: number[], bundlePriceMinor: number): Benefit => ({ kind: 'bundle', items: parts.map(part), bundlePriceMinor });

test.each<[string, Benefit, number, boolean]>([
  ['50,000 of 100,000', fixed(50_000), 100_000, false],
  ['50,001 of 100,000', fixed(50_001), 100_000, true],
  ['half of an odd price, rounded down', fixed(49_999), 99_999, false],
  ['half of an odd price, rounded up', fixed(50_000), 99_999, true],
  ['50% of an even price', percent(5_000), 99_998, false],
  ['50% of an odd price, which rounds to more than half', percent(5_000), 99_999, true],
  ['49.99% of an odd price', percent(4_999), 99_999, false],
  ['90% under a cap of half', percent(9_000, 49_999), 99_999, false],
  ['90% under a cap of one đồng more', percent(9_000, 50_000), 99_999, true],
  ['1 of 1', fixed(1), 1, true],
  ['1 of 2', fixed(1), 2, false],
  ['half of the largest amount', fixed(MAX_AMOUNT_MINOR / 2), MAX_AMOUNT_MINOR, false],
  ['a đồng more than half of it', fixed(MAX_AMOUNT_MINOR / 2 + 1), MAX_AMOUNT_MINOR, true],
  ['a bundle of twenty largest amounts at half', bundle(Array(20).fill(MAX_AMOUNT_MINOR), MAX_AMOUNT_MINOR), MAX_AMOUNT_MINOR, true],
])('%s', (_case, benefit, price, expected) => {
  expect(breaksLimit(benefit, price)).toBe(expected);
});

test('an offer is over the limit exactly when twice what it takes off is more than the price, for any price, rate and cap', () => {
  const amount = fc.oneof(
    fc.integer({ min: 1, max: 300 }),
    fc.maxSafeNat().map((value) => Math.max(1, value)),
  );
  fc.assert(
    fc.property(amount, fc.integer({ min: 1, max: 10_000 }), fc.option(amount, { nil: null }), (price, rate, cap) => {
      // By division with remainder, and not by the formula of the code: the quotient, and one more from half on.
      const [quotient, rest] = [(BigInt(price) * BigInt(rate)) / 10_000n, (BigInt(price) * BigInt(rate)) % 10_000n];
      const share = rest >= 5_000n ? quotient + 1n : quotient;
      const discount = cap === null || share < BigInt(cap) ? share : BigInt(cap);
      const terms = { benefit: percent(rate, cap), regularPriceMinor: price };
      expect(discountOf(terms)).toEqual({ discount, price: BigInt(price) });
      expect(breaksLimit(terms.benefit, price)).toBe(discount + discount > BigInt(price));
    }),
  );
});

test('a bundle is judged by the sum of its parts, whatever price stands beside it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 5 }),
      fc.nat(1_500),
      fc.nat(2_000),
      (parts, price, beside) => {
        const sum = parts.reduce((total, one) => total + one, 0);
        expect(breaksLimit(bundle(parts, price), beside)).toBe(sum > 0 && 2 * (sum - price) > sum);
      },
    ),
  );
});

/** One offer that breaks each rule a machine checks; the rules themselves are in the library. */
const BREAKS: Readonly<Record<string, { changes: Partial<OfferDraft>; codesFree?: number; funding?: OfferDraft['funding'] }>> = {
  'OFR-101': { changes: { benefit: fixed(50_001) } },
  'OFR-102': { changes: { summary: { vi: 'Khong dau', en: 'No marks' } } },
  'OFR-103': { changes: { window: { startsAt: inDays(-2), endsAt: inDays(-1) } } },
  'OFR-104': { changes: { codes: 'pool' }, codesFree: 9 },
  'OFR-105': { changes: {}, funding: [{ by: 'partner', shareBasisPoints: 1 }] },
  'OFR-106': { changes: { benefit: bundle([10, 20], 31), regularPriceMinor: 30 } },
  'OFR-107': { changes: { regularPriceMinor: 0 } },
  'OFR-108': { changes: { limits: { perMember: 11, perMemberPerDay: null } } },
  'OFR-109': { changes: {}, funding: [{ by: 'platform', shareBasisPoints: 10_000 }] },
  'OFR-110': { changes: { window: { startsAt: inDays(0), endsAt: inDays(130) } } },
  'OFR-111': {
    changes: { fulfilment: { mode: 'partner_confirmed', holdMinutes: 43_200 }, window: { startsAt: inDays(0), endsAt: inDays(2) } },
  },
  'OFR-112': { changes: { eligibility: { version: 1, all: [{ fact: 'age', atLeastYears: 20, belowYears: 18 }] } } },
  'OFR-113': { changes: { eligibility: { version: 1, all: [{ fact: 'province', in: ['00'] }] } } },
};
function findingsOf({ changes, codesFree, funding }: (typeof BREAKS)[string]) {
  const draft = draftOf(changes);
  const terms = funding ? { ...draft, funding } : draft;
  return checkOffer({
    terms,
    units: { stock: terms.stock, held: 0, redeemed: 0, promised: 0 },
    codes: codesFree === undefined ? null : { total: codesFree, free: codesFree },
    now: new Date(),
    knowsProvince: (code) => names.province(code) !== null,
  });
}

test('every rule for the machine has an offer that breaks it, and there is no rule without a case', () => {
  expect(Object.keys(BREAKS).sort()).toEqual(
    Object.keys(REVIEW_RULES)
      .filter((rule) => rule.startsWith('OFR-'))
      .sort(),
  );
  for (const [rule, broken] of Object.entries(BREAKS))
    expect(
      findingsOf(broken).map((finding) => finding.rule),
      rule,
    ).toContain(rule);
  expect(findingsOf({ changes: {} })).toEqual([]);
});

test.each(Object.entries(BREAKS))('%s is told in both languages, at a field of the offer, without a bare number', (_rule, broken) => {
  const fields = new Set(Object.keys(draftOf()));
  for (const { text, path } of findingsOf(broken)) {
    expect(text.vi).toMatch(/[\u00C0-\u1EF9]/);
    expect(text.vi).not.toBe(text.en);
    expect(fields).toContain(path.split('.')[0]);
    // Amounts are grouped for reading, each language in its own way.
    expect(`${text.vi} ${text.en}`).not.toMatch(/\d{5,}/);
  }
});

test('the library speaks both languages for every rule', () => {
  for (const [rule, text] of Object.entries(REVIEW_RULES)) {
    expect(rule).toMatch(/^(OFR-1|REV-2)\d\d$/);
    expect(text.vi).toMatch(/[\u00C0-\u1EF9]/);
    expect(text.en).toMatch(/^[A-Z][ -~’–%]+\.$/);
  }
});
