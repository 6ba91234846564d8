import type { EventType, MemberId, OfferId, PartnerId, RedemptionId, RedemptionState } from '@chung/contracts';

/** A redemption as this room works with it. */
export interface RedemptionRow {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly memberRef: string;
  readonly state: RedemptionState;
  readonly termsVersion: number;
  readonly offerTitle: { readonly vi: string; readonly en: string };
  readonly partnerName: string;
  readonly feeMinor: bigint;
  readonly vatMinor: bigint;
  readonly vatBasisPoints: number;
  readonly cashback: Cashback | null;
  /** How much of it partial reversals took back; a whole reversal takes the rest and does not count here. */
  readonly reversedBasisPoints: number;
  readonly codeHint: string | null;
  /** Which code of the offer's pool is theirs. */
  readonly codePosition: bigint | null;
  /** What it took of the offer's budget. */
  readonly costMinor: bigint;
  readonly idempotencyKey: string;
  readonly claimedAt: Date;
  readonly claimedDay: string;
  readonly expiresAt: Date | null;
  readonly updatedAt: Date;
}

/** What the member is promised back and who funds it; the parts equal the whole. */
export interface Cashback {
  readonly partnerMinor: number;
  readonly platformMinor: number;
}

/** What its member may still show at a counter, and what counts against their limit. */
export const isLive = (state: RedemptionState): boolean =>
  state === 'RESERVED' || state === 'REDEEMED' || state === 'FULFILLED' || state === 'PARTLY_REVERSED';

/**
 * The arrows of the state machine (the claim makes the first state; paid offers add theirs with payments).
 *
 *   (none) ──claim──▶ RESERVED ──confirm──▶ REDEEMED ──fulfil──▶ FULFILLED
 *                      │    │                   │                    │
 *                 cancel    expire              └───── reverse ──────┤
 *                      ▼    ▼                   │                    ▼
 *               RELEASED    EXPIRED         reversePart ──▶ PARTLY_REVERSED ──reverse──▶ REVERSED
 *
 * Each arrow is one conditional update in one transaction with its stock change, journal and event. An instant offer's
 * claim goes straight to REDEEMED. `unit` says what the arrow does to the offer's stock;
 * a unit that goes back gives the member's limit back too.
 */
export type Arrow = 'confirm' | 'fulfil' | 'cancel' | 'expire' | 'reverse' | 'reversePart';

interface ArrowRule {
  readonly from: readonly RedemptionState[];
  readonly to: RedemptionState;
  readonly unit: 'held-to-redeemed' | 'return-held' | 'return-redeemed' | 'none';
  /** Only while the hold lasts, or only once it has lapsed, by the database's clock. */
  readonly hold: 'must-last' | 'must-have-lapsed' | 'any';
  readonly event: EventType;
}

export const ARROWS: Readonly<Record<Arrow, ArrowRule>> = {
  confirm: {
    from: ['RESERVED'],
    to: 'REDEEMED',
    unit: 'held-to-redeemed',
    hold: 'must-last',
    event: 'redemption.redeemed.v1',
  },
  fulfil: { from: ['REDEEMED'], to: 'FULFILLED', unit: 'none', hold: 'any', event: 'redemption.fulfilled.v1' },
  cancel: {
    from: ['RESERVED'],
    to: 'RELEASED',
    unit: 'return-held',
    hold: 'must-last',
    event: 'redemption.released.v1',
  },
  expire: {
    from: ['RESERVED'],
    to: 'EXPIRED',
    unit: 'return-held',
    hold: 'must-have-lapsed',
    event: 'redemption.expired.v1',
  },
  // Money alone: the unit stays used and counts against the limit until the whole is taken back. May be repeated.
  reversePart: {
    from: ['REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'],
    to: 'PARTLY_REVERSED',
    unit: 'none',
    hold: 'any',
    event: 'redemption.partly_reversed.v1',
  },
  reverse: {
    from: ['REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'],
    to: 'REVERSED',
    unit: 'return-redeemed',
    hold: 'any',
    event: 'redemption.reversed.v1',
  },
};
