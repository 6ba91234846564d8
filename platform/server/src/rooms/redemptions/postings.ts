import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
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

/** The exact opposite of what the redemption posted, with its unit going back to the stock and not to a hold. */
export function reversedJournal(of: Charged, redeemed: readonly Posting[]): Journal {
  const moneyLines = opposite(redeemed.filter((posting) => posting.currency === 'VND'));
  return journal(of, 'reversed', [debit(unit(9000, of.offerId), 1n), credit(unit(9200, of.offerId), 1n), ...moneyLines]);
}
