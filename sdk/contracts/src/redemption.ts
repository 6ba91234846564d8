import { z } from 'zod';
import { BasisPoints, Instant, OfferId, PartnerId, RedemptionId } from './values.ts';

/** States of a redemption; `redemption.ts` of the server holds the transition table. */
export const RedemptionState = z.enum(['RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED', 'RELEASED', 'EXPIRED', 'REVERSED']);
export type RedemptionState = z.infer<typeof RedemptionState>;

const redemptionFields = {
  id: RedemptionId,
  offerId: OfferId,
  offerTitle: z.object({ vi: z.string(), en: z.string() }),
  state: RedemptionState,
  termsVersion: z.int(),
  claimedAt: Instant,
  /** When the hold lapses; null unless RESERVED. */
  expiresAt: Instant.nullable(),
  updatedAt: Instant,
  /** How much of it was taken back so far; only of a PARTLY_REVERSED one. */
  reversedBasisPoints: BasisPoints.optional(),
};

/** A redemption as its member sees it; `code` is shown only to them. */
export const Redemption = z.object({
  ...redemptionFields,
  partner: z.object({ id: PartnerId, name: z.string() }),
  code: z.string().nullable(),
});
export type Redemption = z.infer<typeof Redemption>;

/** A redemption as the offer's partner sees it: the member is a pairwise id, the code only its last characters. */
export const PartnerRedemption = z.object({
  ...redemptionFields,
  /** Pairwise: two partners see different ids for one member. */
  memberRef: z.string(),
  codeHint: z.string().nullable(),
});
export type PartnerRedemption = z.infer<typeof PartnerRedemption>;

/** A receipt: compact JWS (EdDSA). `presentation` is short-lived and goes into the QR; `receipt` is the lasting one. */
export const Receipt = z.object({ receipt: z.string(), presentation: z.string(), presentationExpiresAt: Instant });
export type Receipt = z.infer<typeof Receipt>;
