import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { partOf } from '../../kernel/money.ts';
import type { Journal, Posting } from '../ledger/index.ts';
import { partlyReversedJournal, redeemedJournal, reservedJournal, reversedJournal, unheldJournal } from './postings.ts';

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

describe('partial reversals', () => {
  const amount = fc.bigInt({ min: 0n, max: 100_000_000_000n });
  const charged = fc.record({ fee: amount, vat: amount, platform: amount, partner: amount, cashback: fc.boolean() });
  /** Any way up to the whole: rising marks, each where one part ends. */
  const split = fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 12 }).map((marks) => marks.sort((a, b) => a - b));
  const keyOf = (line: Posting) => `${line.account}/${line.ownerId}/${line.currency}`;

  const journalsOf = (of: Parameters<typeof redeemedJournal>[0], marks: readonly number[]) => {
    const redeemed = redeemedJournal(of, 'stock');
    const parts = marks.map((after, index) => partlyReversedJournal(of, redeemed.postings, { before: marks[index - 1] ?? 0, after }));
    return { redeemed, parts: parts.filter((part) => part !== null), last: reversedJournal(of, redeemed.postings, marks.at(-1) ?? 0) };
  };
  const of = (given: { fee: bigint; vat: bigint; platform: bigint; partner: bigint; cashback: boolean }) => ({
    offerId: newId<OfferId>(),
    id: newId<RedemptionId>(),
    partnerId: newId<PartnerId>(),
    feeMinor: given.fee,
    vatMinor: given.vat,
    cashback: given.cashback ? { platformMinor: Number(given.platform), partnerMinor: Number(given.partner) } : null,
  });

  test('of any amounts in any split balance, and with the last add up to exactly the original', () => {
    fc.assert(
      fc.property(charged, split, (given, marks) => {
        const { redeemed, parts, last } = journalsOf(of(given), marks);
        const left = new Map<string, bigint>();
        for (const line of [redeemed, ...parts, last].flatMap((journal) => journal.postings))
          left.set(keyOf(line), (left.get(keyOf(line)) ?? 0n) + line.amountMinor);
        expect([...left.values()].filter((rest) => rest !== 0n)).toEqual([]);
        for (const { postings } of [...parts, last])
          expect(postings.filter(({ currency }) => currency === 'VND').reduce((sum, line) => sum + line.amountMinor, 0n)).toBe(0n);
      }),
      { numRuns: 500 },
    );
  });

  test('never take a line the other way, never move a unit, and are each a journal of their own', () => {
    fc.assert(
      fc.property(charged, split, (given, marks) => {
        const { redeemed, parts } = journalsOf(of(given), marks);
        const original = new Map(redeemed.postings.map((line) => [keyOf(line), line.amountMinor]));
        for (const line of parts.flatMap((part) => part.postings)) {
          expect(line.currency).toBe('VND');
          expect(line.amountMinor > 0n).toBe((original.get(keyOf(line)) ?? 0n) < 0n);
        }
        expect(new Set(parts.map(({ kind }) => kind)).size).toBe(parts.length);
      }),
      { numRuns: 500 },
    );
  });

  test('are what a person would compute: 30 % of 2,000 and 160 đồng, then the rest', () => {
    const one = of({ fee: 2_000n, vat: 160n, platform: 0n, partner: 0n, cashback: false });
    const { parts, last } = journalsOf(one, [3_000]);
    const money = (journal: Journal | undefined) =>
      journal?.postings.filter(({ currency }) => currency === 'VND').map(({ account, amountMinor }) => [account, amountMinor]);
    expect(money(parts[0])).toEqual([
      [1200, -648n],
      [4110, 600n],
      [2300, 48n],
    ]);
    expect(money(last)).toEqual([
      [1200, -1512n],
      [4110, 1400n],
      [2300, 112n],
    ]);
  });

  test('too small for a đồng post nothing, and what they stand for is not lost', () => {
    const one = of({ fee: 3n, vat: 0n, platform: 0n, partner: 0n, cashback: false });
    const { parts, last } = journalsOf(one, [1, 2, 3]);
    expect(parts).toEqual([]);
    expect(last.postings.find(({ account }) => account === 4110)?.amountMinor).toBe(3n);
  });
});
