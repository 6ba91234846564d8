import { type EventData, type EventType, OfferId, PartnerId, RedemptionId, SubmissionId } from '@chung/contracts';

const redemption = {
  redemptionId: RedemptionId.parse('01936b5e-7c00-7000-8000-00000000c001'),
  offerId: OfferId.parse('01936b5e-7c00-7000-8000-00000000c002'),
  memberRef: 'ref-lan',
};
const submission = {
  offerId: redemption.offerId,
  submissionId: SubmissionId.parse('01936b5e-7c00-7000-8000-00000000c003'),
};
const money = { feeMinor: 5_000, vatMinor: 400 };
const endpointId = '01936b5e-7c00-7000-8000-00000000c004';

/** One example of each event, typed by the contracts: a type that is new there does not compile here until it has one. */
export const SAMPLES: { readonly [Type in EventType]: EventData<Type> } = {
  'redemption.reserved.v1': { ...redemption, state: 'RESERVED', expiresAt: '2026-11-22T13:30:00.000Z' },
  'redemption.redeemed.v1': { ...redemption, state: 'REDEEMED', ...money, vatBasisPoints: 800 },
  'redemption.fulfilled.v1': { ...redemption, state: 'FULFILLED' },
  'redemption.released.v1': { ...redemption, state: 'RELEASED' },
  'redemption.expired.v1': { ...redemption, state: 'EXPIRED' },
  'redemption.partly_reversed.v1': {
    ...redemption,
    state: 'PARTLY_REVERSED',
    reason: 'Một phần dịch vụ chưa cung cấp',
    partBasisPoints: 2_500,
    reversedBasisPoints: 2_500,
    ...money,
  },
  'redemption.reversed.v1': { ...redemption, state: 'REVERSED', reason: 'Khách trả lại' },
  'offer.submitted.v1': submission,
  'offer.published.v1': submission,
  'offer.refused.v1': { ...submission, rules: ['R-12'] },
  'app.submitted.v1': {
    appId: 'vn.saobac.qua',
    submissionId: submission.submissionId,
    versionCode: 2,
    versionName: '1.1.0',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
  },
  'partner.approved.v1': { partnerId: PartnerId.parse('01936b5e-7c00-7000-8000-00000000b001') },
  'consent.granted.v1': { memberRef: 'ref-lan', clientId: 'sao-bac-app', scopes: ['member.profile:read'] },
  'consent.withdrawn.v1': { memberRef: 'ref-lan', clientId: 'sao-bac-app', scope: 'member.profile:read' },
  'webhook.endpoint_paused.v1': { endpointId, url: 'https://partner.test/webhooks', reason: 'failing' },
  'webhook.test.v1': { endpointId, message: 'Hello' },
};
