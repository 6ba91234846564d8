import type { OfferDraft, OfferId, OfferState, PartnerId } from '@chung/contracts';

/** What can happen to an offer's state. */
export type OfferMove = 'change' | 'submit' | 'publish' | 'refuse';

/**
 * The state table: `draft → submitted → published | refused`, and any change of terms goes back to `draft`.
 * A published offer whose terms change leaves the catalogue until the new version is approved: members never see terms that
 * its partner no longer stands behind, nor terms that nobody reviewed.
 */
export const OFFER_MOVES: Readonly<Record<OfferMove, { readonly from: readonly OfferState[]; readonly to: OfferState }>> = {
  change: { from: ['draft', 'refused', 'published', 'paused', 'ended'], to: 'draft' },
  submit: { from: ['draft'], to: 'submitted' },
  publish: { from: ['submitted'], to: 'published' },
  refuse: { from: ['submitted'], to: 'refused' },
};

/** The decision that the partner sees on its offer. */
export interface OfferDecision {
  readonly decision: 'approved' | 'refused';
  readonly reasons: readonly { readonly rule: string; readonly text: { readonly vi: string; readonly en: string } }[];
  readonly decidedAt: string;
}

/** Units of an offer: `available = stock − held − redeemed − promised`. */
export interface UnitCounts {
  readonly stock: number;
  readonly held: number;
  readonly redeemed: number;
  /** Kept for members whose turn it is. */
  readonly promised: number;
}

/** An offer with one version of its terms. */
export interface Offer {
  readonly id: OfferId;
  readonly partnerId: PartnerId;
  readonly state: OfferState;
  readonly termsVersion: number;
  readonly terms: OfferDraft;
  readonly units: UnitCounts;
  /** Null for an offer without a code pool. */
  readonly codes: { readonly total: number; readonly free: number } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastDecision: OfferDecision | null;
}
