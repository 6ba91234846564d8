import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { partOf } from '../../kernel/money.ts';
import type { Posting } from '../ledger/index.ts';
import { redeemedJournal, reservedJournal, reversedJournal, unheldJournal } from './postings.ts';

const ids = { offerId: newId<OfferId>(), id: newId<RedemptionId>(), partnerId: newId<PartnerId>() };
const amount = fc.bigInt({ min: 0n, max: 1_000_000_000_000n });
const basisPoints = fc.nat({ max: 10_000 });

/** A redemption as the claim makes it: VAT and the platform's part rounded, the partner's part the rest. */
const charged = fc
  .record({ fee: amount, vat: basisPoints, whole: fc.option(amount), share: basisPoints })
  .map(({ fee, vat, whole, share }) => ({
    ...ids,
    feeMinor: fee,
    vatMinor: partOf(fee, vat),
    cashback: whole === null ? null : { platformMinor: Number(partOf(whole, share)), partnerMinor: Number(whole - partOf(whole, share)) },
    whole,
  }));

function sums(postings: readonly Posting[], by: (posting: Posting) => string): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const posting of postings) totals.set(by(posting), (totals.get(by(posting)) ?? 0n) + posting.amountMinor);
  return totals;
}
const off = (postings: readonly Posting[], by: (posting: Posting) => string) => [...sums(postings, by)].filter(([, sum]) => sum !== 0n);

describe('whatever the fee, the VAT and the cashback are', () => {
  test('every journal sums to zero in each currency and has no line of nothing (I10)', () => {
    fc.assert(
      fc.property(charged, (of) => {
        for (const { postings } of [
          redeemedJournal(of, 'stock'),
          redeemedJournal(of, 'hold'),
          reservedJournal(of),
          unheldJournal(of, 'released'),
          unheldJournal(of, 'expired'),
          reversedJournal(of, redeemedJournal(of, 'hold').postings),
        ]) {
          expect(off(postings, ({ currency }) => currency)).toEqual([]);
          expect(postings.every(({ amountMinor }) => amountMinor !== 0n)).toBe(true);
          expect(postings.length).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  test('the parts of a cashback are the whole, and neither is negative (I12)', () => {
    fc.assert(
      fc.property(charged, ({ whole, ...of }) => {
        const lines = redeemedJournal(of, 'stock').postings;
        const sum = (account: number) =>
          lines.filter((line) => line.account === account).reduce((total, line) => total + line.amountMinor, 0n);
        expect(sum(5140) + sum(2100)).toBe(whole ?? 0n);
        expect(sum(2210)).toBe(-(whole ?? 0n));
        expect(sum(5140) >= 0n && sum(2100) >= 0n).toBe(true);
        expect(sum(1200)).toBe(of.feeMinor + of.vatMinor);
      }),
    );
  });

  test('a reversal leaves every account of every owner as it was', () => {
    fc.assert(
      fc.property(charged, fc.constantFrom('stock' as const, 'hold' as const), (of, from) => {
        const redeemed = redeemedJournal(of, from).postings;
        const before = from === 'hold' ? reservedJournal(of).postings : [];
        const all = [...before, ...redeemed, ...reversedJournal(of, redeemed).postings];
        expect(off(all, ({ account, ownerId, currency }) => `${account} ${ownerId} ${currency}`)).toEqual([]);
      }),
    );
  });

  test('a hold that ends without use leaves no trace in money and gives its unit back', () => {
    fc.assert(
      fc.property(charged, fc.constantFrom('released' as const, 'expired' as const), (of, kind) => {
        const all = [...reservedJournal(of).postings, ...unheldJournal(of, kind).postings];
        expect(all.some(({ currency }) => currency === 'VND')).toBe(false);
        expect(off(all, ({ account }) => String(account))).toEqual([]);
      }),
    );
  });
});
