import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Benefit, EligibilityRule, Fulfilment, OfferChange, OfferDraft } from './offer.ts';

const words = { vi: 'Ưu đãi', en: 'Offer' };
const draft = {
  title: words,
  summary: words,
  terms: words,
  category: 'other',
  benefit: { kind: 'fixed_amount', discountMinor: 10_000 },
  regularPriceMinor: 50_000,
  currency: 'VND',
  funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
  stock: 10,
  limits: { perMember: 1, perMemberPerDay: null },
  window: { startsAt: '2026-11-22T00:00:00+07:00', endsAt: '2026-11-23T00:00:00+07:00' },
  fulfilment: { mode: 'instant' },
  codes: 'none',
  eligibility: { version: 1, all: [] },
};

/** The paths that a schema complains about. */
const wrongIn = (result: ReturnType<typeof OfferDraft.safeParse>) =>
  result.success ? [] : result.error.issues.map(({ path, message, code }) => `${path.join('.')}: ${code === 'custom' ? message : code}`);
const wrong = (change: object) => wrongIn(OfferDraft.safeParse({ ...draft, ...change }));

test('a whole draft is taken, and every one of its fields is needed', () => {
  expect(wrong({})).toEqual([]);
  for (const name of Object.keys(draft)) {
    const { [name]: _, ...rest } = { ...draft } as Record<string, unknown>;
    expect(wrongIn(OfferDraft.safeParse(rest)).map((line) => line.split(':')[0])).toContain(name);
  }
});

describe('who gets a unit', () => {
  const lottery = (change: object) => ({
    mode: 'lottery',
    entriesFrom: '2026-11-22T00:00:00+07:00',
    entriesUntil: '2026-11-22T12:00:00+07:00',
    acceptMinutes: 60,
    ...change,
  });

  test('terms written before there was a choice are first come, without a waiting list', () => {
    expect(OfferDraft.parse(draft).allocation).toEqual({ mode: 'first_come', waitingList: 'off', acceptMinutes: 30 });
  });

  test('a change that does not speak of it leaves it as it was', () => {
    expect(OfferChange.parse({ stock: 11 })).toEqual({ stock: 11 });
  });

  test('a lottery’s entries lie within the window, which goes on after them', () => {
    expect(wrong({ allocation: lottery({}) })).toEqual([]);
    expect(wrong({ allocation: lottery({ entriesFrom: '2026-11-21T23:59:59+07:00' }) })).toEqual([
      'allocation.entriesFrom: entries_before_window',
    ]);
    expect(wrong({ allocation: lottery({ entriesUntil: '2026-11-23T00:00:00+07:00' }) })).toEqual([
      'allocation.entriesUntil: entries_after_window',
    ]);
    // 17:00 in UTC is midnight in Hà Nội: both texts are one instant.
    expect(wrong({ allocation: lottery({ entriesFrom: '2026-11-21T17:00:00Z', entriesUntil: '2026-11-22T00:00:00+07:00' }) })).toEqual([
      'allocation.entriesUntil: entries_reversed',
    ]);
  });

  test.each([0, -1, 1.5, 43_201, undefined])('a unit is kept for whole minutes up to 30 days, not for %s', (acceptMinutes) => {
    expect(wrong({ allocation: lottery({ acceptMinutes }) })[0]).toMatch(/^allocation\.acceptMinutes/);
  });

  test.each([{ mode: 'auction' }, { mode: 'first_come' }, { mode: 'first_come', waitingList: true }, lottery({ waitingList: 'on' })])(
    'there is no way like %o',
    (allocation) => expect(wrong({ allocation })).not.toEqual([]),
  );
});

describe('a window', () => {
  test('ends after it starts, by the instant and not by the text', () => {
    expect(wrong({ window: { startsAt: '2026-11-22T10:00:00Z', endsAt: '2026-11-22T10:00:00Z' } })).toEqual([
      'window.endsAt: window_reversed',
    ]);
    // 17:00 in Hà Nội is 10:00 UTC: the text that looks later is the same instant.
    expect(wrong({ window: { startsAt: '2026-11-22T10:00:00Z', endsAt: '2026-11-22T17:00:00+07:00' } })).toEqual([
      'window.endsAt: window_reversed',
    ]);
    expect(wrong({ window: { startsAt: '2026-11-22T17:00:00+07:00', endsAt: '2026-11-22T10:00:01Z' } })).toEqual([]);
  });

  test.each(['2026-11-22', '2026-11-22T10:00:00', '22/11/2026', 'tomorrow', '2026-02-30T00:00:00Z', 1_763_800_000])(
    'is told by instants with an offset, so %s is refused',
    (startsAt) => {
      expect(wrong({ window: { startsAt, endsAt: '2027-01-01T00:00:00Z' } })[0]).toMatch(/^window\.startsAt/);
    },
  );
});

test('the shares are the whole, for every split between the two funders and no other sum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 9_999 }), (partner, platform) => {
      const funding = [
        { by: 'partner', shareBasisPoints: partner },
        { by: 'platform', shareBasisPoints: platform },
      ];
      expect(wrong({ funding })).toEqual(partner + platform === 10_000 ? [] : ['funding: shares_not_whole']);
      expect(wrong({ funding: [funding[0], { by: 'platform', shareBasisPoints: 10_000 - partner }] })).toEqual([]);
    }),
  );
});

test('a funder is named once, has a share, and there is at least one', () => {
  const half = { by: 'partner', shareBasisPoints: 5_000 };
  expect(wrong({ funding: [half, half] })).toEqual(['funding: funder_repeated']);
  expect(
    wrong({
      funding: [
        { by: 'partner', shareBasisPoints: 0 },
        { ...half, shareBasisPoints: 10_000 },
      ],
    })[0],
  ).toMatch(/funding\.0/);
  expect(wrong({ funding: [] })).not.toEqual([]);
  expect(wrong({ funding: [{ by: 'government', shareBasisPoints: 10_000 }] })[0]).toMatch(/^funding\.0\.by/);
});

test('a change is held to the same rules, over what it touches', () => {
  const changed = (change: object) => OfferChange.safeParse(change).success;
  expect(changed({})).toBe(true);
  expect(changed({ stock: 5 })).toBe(true);
  expect(changed({ window: { startsAt: draft.window.endsAt, endsAt: draft.window.startsAt } })).toBe(false);
  expect(changed({ funding: [{ by: 'partner', shareBasisPoints: 9_999 }] })).toBe(false);
  expect(changed({ state: 'published' })).toBe(false);
  expect(changed({ partnerId: '01936b5e-7c00-7000-8000-000000000001' })).toBe(false);
});

test.each([
  ['no words in one language', { title: { vi: 'Chỉ tiếng Việt', en: '  ' } }],
  ['a third language', { title: { ...words, fr: 'Offre' } }],
  ['a title past 120 characters', { title: { vi: 'ă'.repeat(121), en: 'x' } }],
  ['half a đồng', { regularPriceMinor: 0.5 }],
  ['less than nothing', { regularPriceMinor: -1 }],
  ['an amount that JSON cannot carry exactly', { regularPriceMinor: 2 ** 53 }],
  ['an amount as text', { regularPriceMinor: '50000' }],
  ['another currency', { currency: 'USD' }],
  ['no stock', { stock: 0 }],
  ['more stock than there are people', { stock: 100_000_001 }],
  ['no limit for a member', { limits: { perMember: 0, perMemberPerDay: null } }],
])('a draft with %s is refused', (_what, change) => {
  expect(wrong(change)).not.toEqual([]);
});

test('words are kept without the blanks around them, sign by sign', () => {
  const parsed = OfferDraft.parse({ ...draft, title: { vi: '  Giảm 10 % ', en: ' Less ' } });
  expect(parsed.title).toEqual({ vi: 'Giảm 10 %', en: 'Less' });
});

describe('a benefit', () => {
  const taken = (benefit: object) => Benefit.safeParse(benefit).success;

  test.each([
    ['percentage', { rateBasisPoints: 10_000 }, { rateBasisPoints: 0 }, { rateBasisPoints: 10_001 }],
    ['fixed_amount', { discountMinor: 1 }, { discountMinor: 0 }, {}],
    ['free_voucher', { faceValueMinor: 1 }, { faceValueMinor: 0 }, { discountMinor: 1 }],
    ['trial', { days: 366, renewalPriceMinor: null }, { days: 0, renewalPriceMinor: null }, { days: 367, renewalPriceMinor: null }],
    [
      'cashback',
      { cashbackMinor: 1, minimumSpendMinor: 0, vestingDays: 366 },
      { cashbackMinor: 0, minimumSpendMinor: 0, vestingDays: 0 },
      { cashbackMinor: 1, minimumSpendMinor: 0, vestingDays: -1 },
    ],
  ])('of kind %s keeps its bounds', (kind, good, tooSmall, tooMuch) => {
    expect([good, tooSmall, tooMuch].map((rest) => taken({ kind, ...rest }))).toEqual([true, false, false]);
  });

  test('of kind bundle has 2 to 20 parts', () => {
    const part = { name: words, regularPriceMinor: 1_000 };
    const bundleOf = (count: number) => ({ kind: 'bundle', items: Array.from({ length: count }, () => part), bundlePriceMinor: 0 });
    expect([1, 2, 20, 21].map((count) => taken(bundleOf(count)))).toEqual([false, true, true, false]);
  });

  test('has the fields of its kind and no others', () => {
    expect(taken({ kind: 'fixed_amount', discountMinor: 1, rateBasisPoints: 1 })).toBe(false);
    expect(taken({ kind: 'gift' })).toBe(false);
    expect(Benefit.parse({ kind: 'percentage', rateBasisPoints: 500 })).toMatchObject({ maxDiscountMinor: null });
  });
});

describe('a rule of eligibility', () => {
  const taken = (...all: object[]) => EligibilityRule.safeParse({ version: 1, all }).success;

  test('reads the facts there are, with something to compare', () => {
    expect(taken({ fact: 'verified' })).toBe(true);
    expect(taken({ fact: 'province', in: ['01', '79'] })).toBe(true);
    expect([[], ['1'], ['001'], ['HN'], ['0１']].map((codes) => taken({ fact: 'province', in: codes }))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(taken({ fact: 'unit', within: [] })).toBe(false);
    expect(taken({ fact: 'role', in: ['chairman'] })).toBe(false);
    expect(taken({ fact: 'phone', in: ['0912345678'] })).toBe(false);
  });

  test('has at most 10 conditions, and ages a person can have', () => {
    const verified = { fact: 'verified' };
    expect([10, 11].map((count) => taken(...Array.from({ length: count }, () => verified)))).toEqual([true, false]);
    expect(taken({ fact: 'age', atLeastYears: 0, belowYears: 121 })).toBe(true);
    expect(taken({ fact: 'age', atLeastYears: -1, belowYears: 30 })).toBe(false);
    expect(taken({ fact: 'age', atLeastYears: 16, belowYears: 122 })).toBe(false);
  });

  test('of a version that this code does not know is refused rather than half understood', () => {
    expect(EligibilityRule.safeParse({ version: 2, all: [] }).success).toBe(false);
  });
});

test('a hold lasts from a minute to thirty days', () => {
  const taken = (holdMinutes: number) => Fulfilment.safeParse({ mode: 'partner_confirmed', holdMinutes }).success;
  expect([0, 1, 43_200, 43_201, 1.5].map(taken)).toEqual([false, true, true, false, false]);
  expect(Fulfilment.safeParse({ mode: 'instant', holdMinutes: 5 }).success).toBe(false);
});
