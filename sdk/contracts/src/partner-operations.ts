import { z } from 'zod';
import { codeOperations } from './code-operations.ts';
import { PartnerEvent } from './events.ts';
import { OfferChange, OfferDraft, OfferState, PartnerOffer } from './offer.ts';
import { operation } from './operation.ts';
import { PartnerRedemption, RedemptionState } from './redemption.ts';
import { Currency, Instant, OfferId, PartnerId, pageOf, pageQuery, RedemptionId, Slug, SubmissionId } from './values.ts';

export const PartnerStatus = z.enum(['applied', 'active', 'suspended', 'refused']);
export type PartnerStatus = z.infer<typeof PartnerStatus>;

export const Partner = z.object({
  id: PartnerId,
  slug: Slug,
  name: z.string(),
  legalName: z.string(),
  taxId: z.string(),
  contactEmail: z.string(),
  status: PartnerStatus,
  createdAt: Instant,
});
export type Partner = z.infer<typeof Partner>;

export const registerPartner = operation({
  id: 'partners.register',
  method: 'POST',
  path: '/v1/partners',
  actor: 'public',
  rate: 'sensitive',
  body: z.strictObject({
    slug: Slug,
    name: z.string().trim().min(2).max(120),
    legalName: z.string().trim().min(2).max(200),
    taxId: z.string().regex(/^\d{10}(-?\d{3})?$/),
    contactEmail: z.email().max(200),
    owner: z.strictObject({
      username: z.string().regex(/^[a-z0-9][a-z0-9._-]{2,39}$/),
      displayName: z.string().trim().min(1).max(120),
      password: z.string().min(12).max(200),
    }),
  }),
  status: 201,
  reply: Partner,
  errors: ['slug_taken', 'username_taken'],
  title: { vi: 'Đăng ký làm đối tác', en: 'Register as a partner' },
});

export const getPartnerProfile = operation({
  id: 'partner.profile.get',
  method: 'GET',
  path: '/v1/partner/profile',
  actor: 'partner',
  scope: 'partner.profile:read',
  reply: Partner,
  title: { vi: 'Hồ sơ đối tác của tôi', en: 'Get my partner profile' },
});

/** An OAuth client of a partner. Only public keys are kept; there is no shared secret. */
export const PartnerApp = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  keys: z.array(z.object({ kid: z.string(), alg: z.string() })),
  createdAt: Instant,
});
export type PartnerApp = z.infer<typeof PartnerApp>;

export const listPartnerApps = operation({
  id: 'partner.apps.list',
  method: 'GET',
  path: '/v1/partner/apps',
  actor: 'partner',
  scope: 'partner.apps:read',
  query: z.strictObject(pageQuery),
  reply: pageOf(PartnerApp),
  errors: ['invalid_cursor'],
  title: { vi: 'Các ứng dụng của đối tác', en: 'List the partner’s apps' },
});

export const listPartnerOffers = operation({
  id: 'partner.offers.list',
  method: 'GET',
  path: '/v1/partner/offers',
  actor: 'partner',
  scope: 'partner.offers:read',
  query: z.strictObject({ ...pageQuery, state: OfferState.optional() }),
  reply: pageOf(PartnerOffer),
  errors: ['invalid_cursor'],
  title: { vi: 'Ưu đãi của đối tác', en: 'List the partner’s offers' },
});

export const getPartnerOffer = operation({
  id: 'partner.offers.get',
  method: 'GET',
  path: '/v1/partner/offers/{offerId}',
  actor: 'partner',
  scope: 'partner.offers:read',
  params: z.strictObject({ offerId: OfferId }),
  reply: PartnerOffer,
  errors: ['not_found'],
  title: { vi: 'Xem ưu đãi của đối tác', en: 'Get an offer of the partner' },
});

export const createOffer = operation({
  id: 'partner.offers.create',
  method: 'POST',
  path: '/v1/partner/offers',
  actor: 'partner',
  scope: 'partner.offers:write',
  idempotency: 'header',
  body: OfferDraft,
  status: 201,
  reply: PartnerOffer,
  errors: ['partner_not_active'],
  title: { vi: 'Soạn ưu đãi', en: 'Write an offer' },
});

export const changeOffer = operation({
  id: 'partner.offers.change',
  method: 'PATCH',
  path: '/v1/partner/offers/{offerId}',
  actor: 'partner',
  scope: 'partner.offers:write',
  idempotency: 'header',
  params: z.strictObject({ offerId: OfferId }),
  body: OfferChange,
  reply: PartnerOffer,
  errors: ['not_found', 'wrong_state', 'stock_below_redeemed', 'checks_failed', 'partner_not_active'],
  title: { vi: 'Sửa ưu đãi', en: 'Change an offer' },
});

/** A finding of the automatic checks: rule number, severity, words. */
export const Finding = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  text: z.object({ vi: z.string(), en: z.string() }),
});
export type Finding = z.infer<typeof Finding>;

export const Submission = z.object({
  id: SubmissionId,
  offerId: OfferId,
  state: z.enum(['waiting', 'approved', 'refused']),
  termsVersion: z.int(),
  findings: z.array(Finding),
  queuePosition: z.int().nullable(),
  submittedAt: Instant,
});
export type Submission = z.infer<typeof Submission>;

export const submitOffer = operation({
  id: 'partner.offers.submit',
  method: 'POST',
  path: '/v1/partner/offers/{offerId}/submit',
  actor: 'partner',
  scope: 'partner.offers:write',
  idempotency: 'header',
  params: z.strictObject({ offerId: OfferId }),
  body: z.strictObject({}),
  status: 201,
  reply: Submission,
  errors: ['not_found', 'wrong_state', 'checks_failed', 'partner_not_active'],
  title: { vi: 'Gửi ưu đãi đi duyệt', en: 'Submit an offer' },
});

export const listPartnerRedemptions = operation({
  id: 'partner.redemptions.list',
  method: 'GET',
  path: '/v1/partner/redemptions',
  actor: 'partner',
  scope: 'partner.redemptions:read',
  query: z.strictObject({ ...pageQuery, state: RedemptionState.optional(), offerId: OfferId.optional() }),
  reply: pageOf(PartnerRedemption),
  errors: ['invalid_cursor'],
  title: { vi: 'Lượt nhận ưu đãi của đối tác', en: 'List the partner’s redemptions' },
});

export const lookUpRedemption = operation({
  id: 'partner.redemptions.lookup',
  method: 'POST',
  path: '/v1/partner/redemptions/lookup',
  actor: 'partner',
  scope: 'partner.redemptions:read',
  rate: 'sensitive',
  body: z.strictObject({ presented: z.string().trim().min(4).max(4096) }),
  reply: PartnerRedemption,
  errors: ['not_found', 'wrong_state', 'reservation_expired', 'receipt_invalid', 'receipt_already_used', 'account_locked'],
  title: { vi: 'Tra mã hoặc QR được xuất trình', en: 'Look up a presented code or QR' },
});

const onRedemption = { params: z.strictObject({ redemptionId: RedemptionId }), reply: PartnerRedemption } as const;

export const confirmRedemption = operation({
  ...onRedemption,
  id: 'partner.redemptions.confirm',
  method: 'POST',
  path: '/v1/partner/redemptions/{redemptionId}/confirm',
  actor: 'partner',
  scope: 'partner.redemptions:fulfil',
  idempotency: 'header',
  body: z.strictObject({ presented: z.string().max(4096).optional() }),
  errors: ['not_found', 'wrong_state', 'reservation_expired', 'receipt_invalid', 'receipt_already_used'],
  title: { vi: 'Xác nhận tại quầy', en: 'Confirm at the counter' },
});

export const fulfilRedemption = operation({
  ...onRedemption,
  id: 'partner.redemptions.fulfil',
  method: 'POST',
  path: '/v1/partner/redemptions/{redemptionId}/fulfil',
  actor: 'partner',
  scope: 'partner.redemptions:fulfil',
  idempotency: 'header',
  body: z.strictObject({}),
  errors: ['not_found', 'wrong_state', 'reservation_expired'],
  title: { vi: 'Báo đã cung cấp quyền lợi', en: 'Mark a redemption as fulfilled' },
});

export const reverseRedemption = operation({
  ...onRedemption,
  id: 'partner.redemptions.reverse',
  method: 'POST',
  path: '/v1/partner/redemptions/{redemptionId}/reverse',
  actor: 'partner',
  scope: 'partner.redemptions:reverse',
  idempotency: 'header',
  body: z.strictObject({
    reason: z.string().trim().min(3).max(500),
    /** Takes back only this part of the money; parts add up, and the rest is taken back by leaving it out. */
    partBasisPoints: z.int().min(1).max(9_999).optional(),
  }),
  errors: ['not_found', 'wrong_state', 'part_too_large'],
  title: { vi: 'Hoàn lại lượt nhận ưu đãi', en: 'Reverse a redemption' },
});

export const getBalance = operation({
  id: 'partner.balance.get',
  method: 'GET',
  path: '/v1/partner/balance',
  actor: 'partner',
  scope: 'partner.revenue:read',
  reply: z.object({
    currency: Currency,
    /** What the partner owes the platform (account 1200), ≥ 0 in the normal case. */
    receivableMinor: z.int(),
    /** What the platform owes the partner: pending and available (2100, 2110). */
    payablePendingMinor: z.int(),
    payableAvailableMinor: z.int(),
    accounts: z.array(z.object({ account: z.string(), debitMinor: z.int(), creditMinor: z.int(), balanceMinor: z.int() })),
    asOf: Instant,
  }),
  title: { vi: 'Số dư của đối tác', en: 'Get the partner’s balance' },
});

export const listPartnerEvents = operation({
  id: 'partner.events.list',
  method: 'GET',
  path: '/v1/partner/events',
  actor: 'partner',
  scope: 'partner.events:read',
  /**
   * `from` says where a reader without a cursor begins: `now` at what is still to come, an instant at what occurred then. Events are in the
   * order of their transactions, so a few of the minute before the instant may come first.
   */
  query: z.strictObject({ ...pageQuery, from: z.union([z.literal('now'), Instant]).optional() }),
  /** Oldest first. `nextCursor` is never null: keep it and ask again for what came after. */
  reply: pageOf(PartnerEvent),
  errors: ['invalid_cursor'],
  title: { vi: 'Sự kiện của đối tác', en: 'List the partner’s events' },
});

export const partnerOperations = [
  registerPartner,
  getPartnerProfile,
  listPartnerApps,
  listPartnerOffers,
  getPartnerOffer,
  createOffer,
  changeOffer,
  submitOffer,
  ...codeOperations,
  listPartnerRedemptions,
  lookUpRedemption,
  confirmRedemption,
  fulfilRedemption,
  reverseRedemption,
  getBalance,
  listPartnerEvents,
] as const;
