import { EVENT_TYPES, MAX_AMOUNT_MINOR, type OfferDraft, type RedemptionId } from '@chung/contracts';
import { newId } from '../../kernel/ids.ts';
import { partOf } from '../../kernel/money.ts';
import type { Posting } from '../ledger/index.ts';
import type { OfferForClaim } from '../offers/index.ts';
import { redeemedJournal, reservedJournal } from './postings.ts';
import type { Cashback } from './redemption.ts';

/** What all claims of an offer share while its terms and contract stay as they are: worked out once, sent with every batch. */
export interface ClaimTerms {
  readonly offer: OfferForClaim;
  readonly state: 'RESERVED' | 'REDEEMED';
  readonly holdMinutes: number | null;
  readonly feeMinor: bigint;
  readonly vatMinor: bigint;
  readonly vatBasisPoints: number;
  readonly contractVersion: number;
  readonly cashback: Cashback | null;
  /** What one redemption takes of the offer's budget. */
  readonly costMinor: number;
  readonly eventType: 'redemption.reserved.v1' | 'redemption.redeemed.v1';
  /** The event's data but for the redemption and the member, and the end of a hold, which the database adds. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The lines of a claim's journal; they differ between offers, not between claims. */
  readonly postings: readonly Posting[];
}

export function claimTermsOf(offer: OfferForClaim): ClaimTerms {
  const { terms, contract } = offer;
  if (!contract) throw new Error(`partner ${offer.partnerId} has no contract in force`);
  const held = terms.fulfilment.mode === 'partner_confirmed';
  const charged = {
    feeMinor: contract.feePerRedemptionMinor,
    vatMinor: partOf(contract.feePerRedemptionMinor, contract.vatBasisPoints),
    cashback: cashbackOf(terms),
  };
  const of = { ...charged, offerId: offer.id, partnerId: offer.partnerId, id: newId<RedemptionId>() };
  return {
    offer,
    ...charged,
    state: held ? 'RESERVED' : 'REDEEMED',
    holdMinutes: terms.fulfilment.mode === 'partner_confirmed' ? terms.fulfilment.holdMinutes : null,
    vatBasisPoints: contract.vatBasisPoints,
    contractVersion: contract.version,
    costMinor: costOf(terms),
    ...eventOf(offer, {
      held,
      feeMinor: Number(charged.feeMinor),
      vatMinor: Number(charged.vatMinor),
      vatBasisPoints: contract.vatBasisPoints,
    }),
    postings: (held ? reservedJournal(of) : redeemedJournal(of, 'stock')).postings,
  };
}

/** The platform's part is rounded, the partner gets the exact remainder: the parts equal the promise. */
function cashbackOf(terms: OfferDraft): Cashback | null {
  if (terms.benefit.kind !== 'cashback') return null;
  const whole = BigInt(Math.min(terms.benefit.cashbackMinor, MAX_AMOUNT_MINOR));
  const platformShare = terms.funding.find((share) => share.by === 'platform')?.shareBasisPoints ?? 0;
  const platform = partOf(whole, platformShare);
  return { platformMinor: Number(platform), partnerMinor: Number(whole - platform) };
}

/** What a member saves by one redemption, at most: that is what a budget is made for. */
export function costOf({ benefit, regularPriceMinor }: Pick<OfferDraft, 'benefit' | 'regularPriceMinor'>): number {
  switch (benefit.kind) {
    case 'percentage': {
      const share = Number(partOf(BigInt(regularPriceMinor), benefit.rateBasisPoints));
      return benefit.maxDiscountMinor === null ? share : Math.min(share, benefit.maxDiscountMinor);
    }
    case 'fixed_amount':
      return benefit.discountMinor;
    case 'free_voucher':
      return benefit.faceValueMinor;
    case 'bundle':
      return Math.max(0, benefit.items.reduce((sum, item) => sum + item.regularPriceMinor, 0) - benefit.bundlePriceMinor);
    case 'trial':
      return regularPriceMinor;
    case 'cashback':
      return benefit.cashbackMinor;
  }
}

type Charges = { readonly feeMinor: number; readonly vatMinor: number; readonly vatBasisPoints: number };

/** Parsed here with stand-ins for what the database adds, so that a batch can never write an event that its type refuses. */
function eventOf(offer: OfferForClaim, { held, ...charges }: Charges & { held: boolean }): Pick<ClaimTerms, 'event' | 'eventType'> {
  const shared = { offerId: offer.id, state: held ? 'RESERVED' : 'REDEEMED' };
  const added = { redemptionId: newId<RedemptionId>(), memberRef: 'stand-in' };
  if (held) {
    EVENT_TYPES['redemption.reserved.v1'].parse({ ...shared, ...added, expiresAt: new Date(0).toISOString() });
    return { eventType: 'redemption.reserved.v1', event: shared };
  }
  EVENT_TYPES['redemption.redeemed.v1'].parse({ ...shared, ...added, ...charges });
  return { eventType: 'redemption.redeemed.v1', event: { ...shared, ...charges } };
}
