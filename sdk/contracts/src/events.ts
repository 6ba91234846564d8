import { z } from 'zod';
import { Digest } from './submission-format.ts';
import { AmountMinor, BasisPoints, EventId, Instant, OfferId, PartnerId, RedemptionId, SubmissionId } from './values.ts';

const redemptionData = z.object({
  redemptionId: RedemptionId,
  offerId: OfferId,
  /** Pairwise id of the member for this partner. */
  memberRef: z.string(),
  state: z.string(),
});

/** Versioned event types: a change of meaning is a new name, so that a partner's parser never meets a surprise. */
export const EVENT_TYPES = {
  'redemption.reserved.v1': redemptionData.extend({ expiresAt: Instant }),
  'redemption.redeemed.v1': redemptionData.extend({ feeMinor: AmountMinor, vatMinor: AmountMinor, vatBasisPoints: BasisPoints }),
  'redemption.fulfilled.v1': redemptionData,
  'redemption.released.v1': redemptionData,
  'redemption.expired.v1': redemptionData,
  /** A part of the money was taken back; the unit stays used. Amounts are those of this part. */
  'redemption.partly_reversed.v1': redemptionData.extend({
    reason: z.string(),
    partBasisPoints: BasisPoints,
    reversedBasisPoints: BasisPoints,
    feeMinor: AmountMinor,
    vatMinor: AmountMinor,
  }),
  'redemption.reversed.v1': redemptionData.extend({ reason: z.string() }),
  'offer.submitted.v1': z.object({ offerId: OfferId, submissionId: SubmissionId }),
  'offer.published.v1': z.object({ offerId: OfferId, submissionId: SubmissionId }),
  'offer.refused.v1': z.object({ offerId: OfferId, submissionId: SubmissionId, rules: z.array(z.string()) }),
  /** A version of an app is in the reviewers' queue. */
  'app.submitted.v1': z.object({
    appId: z.string(),
    submissionId: SubmissionId,
    versionCode: z.int(),
    versionName: z.string(),
    digest: Digest,
  }),
  'partner.approved.v1': z.object({ partnerId: PartnerId }),
  'consent.granted.v1': z.object({ memberRef: z.string(), clientId: z.string(), scopes: z.array(z.string()) }),
  'consent.withdrawn.v1': z.object({ memberRef: z.string(), clientId: z.string(), scope: z.string() }),
  /** The platform stopped delivering to an endpoint; its events wait until the partner resumes it. */
  'webhook.endpoint_paused.v1': z.object({ endpointId: z.uuidv7(), url: z.string(), reason: z.enum(['gone', 'failing']) }),
  /** Sent on request only; it stands in no list of events. */
  'webhook.test.v1': z.object({ endpointId: z.uuidv7(), message: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type EventType = keyof typeof EVENT_TYPES;
export type EventData<Type extends EventType> = z.infer<(typeof EVENT_TYPES)[Type]>;

/** What a webhook delivery carries: the shape of Standard Webhooks, with the event's id beside it. */
export const WebhookPayload = z.object({
  type: z.string(),
  timestamp: Instant,
  data: z.record(z.string(), z.unknown()),
  id: EventId,
});
export type WebhookPayload = z.infer<typeof WebhookPayload>;

export const PartnerEvent = z.object({
  id: EventId,
  type: z.string(),
  occurredAt: Instant,
  data: z.record(z.string(), z.unknown()),
});
export type PartnerEvent = z.infer<typeof PartnerEvent>;
