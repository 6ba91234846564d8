import type { AccountCode } from './chart.ts';

/** Money and memo units never share a sum: each currency of a journal balances by itself. */
export type LedgerCurrency = 'VND' | 'UNIT';

/** One line of a journal. Debit is positive, credit negative. */
export interface Posting {
  readonly account: AccountCode;
  /** Sub-account: partner or offer. */
  readonly ownerId: string;
  readonly currency: LedgerCurrency;
  readonly amountMinor: bigint;
}

export interface Journal {
  /** Offer for redemptions, else the partner. */
  readonly shardId: string;
  readonly kind: string;
  /** With `kind` this makes the effect post once. */
  readonly causeId: string;
  readonly postings: readonly Posting[];
  readonly detail?: Readonly<Record<string, string | number>>;
}

type Line = Omit<Posting, 'amountMinor'>;

export const debit = (line: Line, amountMinor: bigint): Posting => ({ ...line, amountMinor });
export const credit = (line: Line, amountMinor: bigint): Posting => ({ ...line, amountMinor: -amountMinor });

/** Lines of zero say nothing and the table refuses them. */
export const withoutZeroes = (postings: readonly Posting[]): Posting[] => postings.filter((posting) => posting.amountMinor !== 0n);

/** The journal that takes another back, to the đồng: the same lines with the other sign. */
export const opposite = (postings: readonly Posting[]): Posting[] =>
  postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));

/** Throws when a currency does not sum to zero; the database refuses it too, this one names the journal. */
export function assertBalanced(journal: Journal): void {
  const sums = new Map<string, bigint>();
  for (const { currency, amountMinor } of journal.postings) sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  for (const [currency, sum] of sums) if (sum !== 0n) throw new Error(`journal ${journal.kind} is off by ${sum} ${currency}`);
  if (journal.postings.length < 2) throw new Error(`journal ${journal.kind} has fewer than two postings`);
}
