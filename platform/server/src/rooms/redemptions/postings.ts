import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
import { partOf } from '../../kernel/money.ts';
import { credit, debit, type Journal, opposite, type Posting, withoutZeroes } from '../ledger/index.ts';
import type { Cashback } from './redemption.ts';

interface Charged {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly partnerId: PartnerId;
  readonly feeMinor: bigint;
  readonly vatMinor: bigint;
  readonly cashback: Cashback | null;
}

const unit = (account: 9000 | 9100 | 9200, offerId: OfferId) => ({ account, ownerId: offerId, currency: 'UNIT' }) as const;
const money = <Account extends 1200 | 2100 | 2210 | 2300 | 4110 | 5140>(account: Account, ownerId: string) =>
  ({ account, ownerId, currency: 'VND' }) as const;

function journal(of: Charged, kind: string, postings: readonly Posting[]): Journal {
  return { shardId: of.offerId, causeId: of.id, kind, postings: withoutZeroes(postings) };
}

/** A hold: a unit leaves the stock and nobody owes anything yet. */
export const reservedJournal = (of: Charged): Journal =>
  journal(of, 'reserved', [debit(unit(9100, of.offerId), 1n), credit(unit(9000, of.offerId), 1n)]);

/** A redemption: the unit is used, the partner owes fee and VAT, and a promised cashback waits for its condition. */
export function redeemedJournal(of: Charged, unitFrom: 'stock' | 'hold'): Journal {
  const feeLines = [
    debit(money(1200, of.partnerId), of.feeMinor + of.vatMinor),
    credit(money(4110, of.partnerId), of.feeMinor),
    credit(money(2300, of.partnerId), of.vatMinor),
  ];
  return journal(of, 'redeemed', [
    debit(unit(9200, of.offerId), 1n),
    credit(unit(unitFrom === 'stock' ? 9000 : 9100, of.offerId), 1n),
    ...feeLines,
    ...cashbackLines(of),
  ]);
}

function cashbackLines({ offerId, partnerId, cashback }: Charged): Posting[] {
  if (!cashback) return [];
  const platform = BigInt(cashback.platformMinor);
  const partner = BigInt(cashback.partnerMinor);
  return [debit(money(5140, offerId), platform), debit(money(2100, partnerId), partner), credit(money(2210, offerId), platform + partner)];
}

/** A hold that ended without use: the unit goes back. */
export const unheldJournal = (of: Charged, kind: 'released' | 'expired'): Journal =>
  journal(of, kind, [debit(unit(9000, of.offerId), 1n), credit(unit(9100, of.offerId), 1n)]);

/**
 * The exact opposite of what the redemption posted and partial reversals have not taken back yet, with its unit going back to the
 * stock and not to a hold.
 */
export function reversedJournal(of: Charged, redeemed: readonly Posting[], reversedBasisPoints = 0): Journal {
  const rest = takenBack(redeemed, { before: reversedBasisPoints, after: WHOLE_BASIS_POINTS });
  return journal(of, 'reversed', [debit(unit(9000, of.offerId), 1n), credit(unit(9200, of.offerId), 1n), ...rest]);
}

const WHOLE_BASIS_POINTS = 10_000;

interface Parts {
  /** Basis points that were taken back before, and with this part. */
  readonly before: number;
  readonly after: number;
}

/** Money alone goes back; null when the part is too small for a single đồng. Each journal's kind tells where it ends, so it is posted once. */
export function partlyReversedJournal(of: Charged, redeemed: readonly Posting[], parts: Parts): Journal | null {
  const postings = takenBack(redeemed, parts);
  return postings.length === 0 ? null : journal(of, `partly_reversed:${parts.after}`, postings);
}

/**
 * The lines that bring what is taken back from one part of the whole to another. Counted from the whole each time and never from the
 * part before, so that all parts of any split add up to exactly the original.
 */
function takenBack(redeemed: readonly Posting[], { before, after }: Parts): Posting[] {
  const money = redeemed.filter((posting) => posting.currency === 'VND');
  const earlier = opposite(partOfLines(money, before));
  const now = partOfLines(money, after);
  return withoutZeroes(
    opposite(now.map((line, index) => ({ ...line, amountMinor: line.amountMinor + (earlier[index]?.amountMinor ?? 0n) }))),
  );
}

/**
 * A part of a journal's lines, balanced as they are. Lines that balance among themselves are rounded apart from the others: each
 * half up, and the largest, which stands against them, is their sum. So no line ever moves backwards as the part grows.
 */
function partOfLines(lines: readonly Posting[], basisPoints: number): Posting[] {
  return balancedGroups(lines).flatMap((group) => {
    const parts = group.map(({ amountMinor }) =>
      amountMinor < 0n ? -partOf(-amountMinor, basisPoints) : partOf(amountMinor, basisPoints),
    );
    const largest = group.reduce((most, line, index) => (size(line) > size(group[most]) ? index : most), 0);
    const others = parts.reduce((sum, part, index) => (index === largest ? sum : sum + part), 0n);
    return group.map((line, index) => ({ ...line, amountMinor: index === largest ? -others : (parts[index] ?? 0n) }));
  });
}

const size = (line: Posting | undefined): bigint => (!line ? 0n : line.amountMinor < 0n ? -line.amountMinor : line.amountMinor);

/** Cut wherever the lines so far sum to zero; a journal's own order keeps what belongs together side by side. */
function balancedGroups(lines: readonly Posting[]): Posting[][] {
  const groups: Posting[][] = [];
  let sum = 0n;
  for (const line of lines) {
    if (sum === 0n) groups.push([]);
    groups.at(-1)?.push(line);
    sum += line.amountMinor;
  }
  return groups;
}
