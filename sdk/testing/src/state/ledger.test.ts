// Money of the fake platform: rounded once, the same parts as on the platform, and all parts together exactly the whole.
import { type Benefit, MAX_AMOUNT_MINOR } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partOf as partOnPlatform } from '../../../../platform/server/src/kernel/money.ts';
import { costOf as costOnPlatform } from '../../../../platform/server/src/rooms/redemptions/claim-terms.ts';
import { draftOf } from '../fixtures.ts';
import { createFakePlatform, FAKE_PARTNER, OTHER_PARTNER } from '../index.ts';
import { chargesOf, partOf } from './ledger.ts';
import { costOf } from './units.ts';

const NOW = '2026-11-22T13:00:00Z';
const amount = fc.oneof(fc.constantFrom(0, 1, 4_999, 5_000, 5_001, MAX_AMOUNT_MINOR), fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }));
const basisPoints = fc.oneof(fc.constantFrom(0, 1, 4_999, 5_000, 9_999, 10_000), fc.nat({ max: 10_000 }));

describe('a part', () => {
  test.each([
    [10_000, 1, 1],
    [4_999, 1, 0],
    [5_000, 1, 1],
    [3, 5_000, 2],
    [1, 4_999, 0],
    [MAX_AMOUNT_MINOR, 10_000, MAX_AMOUNT_MINOR],
    [9_007_199_254_740_991, 3_333, 3_002_099_511_605_172],
  ])('of %i at %i basis points is %i, half up', (whole, share, part) => {
    expect(partOf(whole, share)).toBe(part);
  });

  test('is the platform’s to the last đồng', () => {
    fc.assert(
      fc.property(amount, basisPoints, (whole, share) => {
        expect(BigInt(partOf(whole, share))).toBe(partOnPlatform(BigInt(whole), share));
      }),
    );
  });
});

describe('what a redemption costs its partner', () => {
  test.each([
    ['2026-12-31T16:59:59.999Z', 800, 160],
    ['2026-12-31T17:00:00.000Z', 1_000, 200],
    ['2025-07-01T00:00:00+07:00', 800, 160],
  ])('at %s has VAT at %i basis points', (at, vatBasisPoints, vatMinor) => {
    expect(chargesOf(draftOf({}), new Date(at))).toMatchObject({ feeMinor: 2_000, vatBasisPoints, vatMinor });
  });

  test('splits a cashback between its funders so that nothing is left over', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 9_999 }), (whole, share) => {
        const cashbackMinor = Math.max(1, whole);
        const { cashback } = chargesOf(
          draftOf({
            benefit: { kind: 'cashback', cashbackMinor, minimumSpendMinor: 0, vestingDays: 7 },
            funding: [
              { by: 'platform', shareBasisPoints: share },
              { by: 'partner', shareBasisPoints: 10_000 - share },
            ],
          }),
          new Date(NOW),
        );
        expect(cashback.platformMinor + cashback.partnerMinor).toBe(cashbackMinor);
        expect(BigInt(cashback.platformMinor)).toBe(partOnPlatform(BigInt(cashbackMinor), share));
      }),
    );
  });

  test('promises nothing back where the benefit is none', () => {
    expect(chargesOf(draftOf({}), new Date(NOW)).cashback).toEqual({ platformMinor: 0, partnerMinor: 0 });
  });
});

test('what a member saves by any benefit is what the platform counts against a budget', () => {
  const item = amount.map((regularPriceMinor) => ({ name: { vi: 'Phần', en: 'Part' }, regularPriceMinor }));
  const benefit: fc.Arbitrary<Benefit> = fc.oneof(
    fc.record({ kind: fc.constant('percentage' as const), rateBasisPoints: basisPoints, maxDiscountMinor: fc.option(amount) }),
    fc.record({ kind: fc.constant('fixed_amount' as const), discountMinor: amount }),
    fc.record({ kind: fc.constant('free_voucher' as const), faceValueMinor: amount }),
    fc.record({ kind: fc.constant('bundle' as const), items: fc.array(item, { minLength: 2, maxLength: 3 }), bundlePriceMinor: amount }),
    fc.record({ kind: fc.constant('trial' as const), days: fc.constant(30), renewalPriceMinor: fc.constant(null) }),
    fc.record({ kind: fc.constant('cashback' as const), cashbackMinor: amount, minimumSpendMinor: amount, vestingDays: fc.constant(7) }),
  );
  fc.assert(
    fc.property(benefit, amount, (one, regularPriceMinor) => {
      const terms = { benefit: one, regularPriceMinor };
      expect(costOf(terms)).toBe(costOnPlatform(terms));
    }),
    { numRuns: 500 },
  );
});

describe('accounts', () => {
  function redeemed() {
    const platform = createFakePlatform({ startAt: NOW });
    const offer = platform.addOffer({
      benefit: { kind: 'cashback', cashbackMinor: 9_999, minimumSpendMinor: 0, vestingDays: 7 },
      funding: [
        { by: 'partner', shareBasisPoints: 6_667 },
        { by: 'platform', shareBasisPoints: 3_333 },
      ],
    });
    const { store } = platform;
    const redemption = store.claim(platform.members.lan, offer);
    const balances = () =>
      Object.fromEntries(
        [...store.ledger.sumsOf(FAKE_PARTNER.id)].map(([account, { debitMinor, creditMinor }]) => [account, debitMinor - creditMinor]),
      );
    return { store, redemption, balances, members: platform.members };
  }

  test('owe the fee with its VAT, and promise the partner’s share of the cashback', () => {
    const { balances, store } = redeemed();
    expect(balances()).toEqual({ '1200': 2_160, '2100': 6_666, '2300': -160, '4110': -2_000 });
    expect([...store.ledger.sumsOf(OTHER_PARTNER.id)]).toEqual([]);
  });

  test('have nothing for a hold before it is confirmed', () => {
    const platform = createFakePlatform({ startAt: NOW });
    const held = platform.store.claim(platform.members.lan, platform.offers.counter);
    expect(platform.store.ledger.sumsOf(FAKE_PARTNER.id).size).toBe(0);
    platform.store.move(held, 'RELEASED');
    expect(platform.store.ledger.sumsOf(FAKE_PARTNER.id).size).toBe(0);
  });

  test('come back to nothing, whatever the parts in which a redemption is taken back, and never beyond', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 8 }), (parts) => {
        const { store, redemption, balances } = redeemed();
        const told: number[] = [];
        for (const partBasisPoints of parts) {
          if (redemption.reversedBasisPoints + partBasisPoints >= 10_000) break;
          const before = balances()['1200'] ?? 0;
          store.move(redemption, 'PARTLY_REVERSED', { reason: 'một phần', partBasisPoints });
          const { feeMinor, vatMinor } = Object(store.events.at(-1)?.data);
          told.push(feeMinor + vatMinor);
          expect(before - (balances()['1200'] ?? 0)).toBe(told.at(-1));
          expect(told.at(-1)).toBeGreaterThanOrEqual(0);
        }
        expect(told.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(2_160);
        store.move(redemption, 'REVERSED', { reason: 'tất cả' });
        expect(Object.values(balances()).every((balance) => balance === 0)).toBe(true);
      }),
    );
  });

  test('are listed by their numbers, with what went in and out apart', () => {
    const { store, redemption } = redeemed();
    store.move(redemption, 'REVERSED', { reason: 'trả hàng' });
    expect([...store.ledger.sumsOf(FAKE_PARTNER.id)]).toEqual([
      ['1200', { debitMinor: 2_160, creditMinor: 2_160 }],
      ['2100', { debitMinor: 6_666, creditMinor: 6_666 }],
      ['2300', { debitMinor: 160, creditMinor: 160 }],
      ['4110', { debitMinor: 2_000, creditMinor: 2_000 }],
    ]);
  });
});
