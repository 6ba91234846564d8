import { z } from 'zod';
import { MemberOffer, OfferCategory, OfferKind } from './offer.ts';
import { operation } from './operation.ts';
import { Receipt, Redemption, RedemptionState } from './redemption.ts';
import { GrantId, Instant, OfferId, ProvinceCode, pageOf, pageQuery, RedemptionId } from './values.ts';

export const listOffers = operation({
  id: 'offers.list',
  method: 'GET',
  path: '/v1/offers',
  actor: 'member',
  scope: 'offers:read',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().trim().max(100).optional(),
    category: OfferCategory.optional(),
    kind: OfferKind.optional(),
  }),
  reply: pageOf(MemberOffer),
  errors: ['invalid_cursor'],
  title: { vi: 'Danh sách ưu đãi dành cho tôi', en: 'List the offers that are for me' },
});

export const getOffer = operation({
  id: 'offers.get',
  method: 'GET',
  path: '/v1/offers/{offerId}',
  actor: 'member',
  scope: 'offers:read',
  params: z.strictObject({ offerId: OfferId }),
  reply: MemberOffer,
  errors: ['not_found', 'not_eligible'],
  title: { vi: 'Xem một ưu đãi', en: 'Get an offer' },
});

export const claimOffer = operation({
  id: 'offers.claim',
  method: 'POST',
  path: '/v1/offers/{offerId}/redemptions',
  actor: 'member',
  scope: 'redemptions:claim',
  idempotency: 'row',
  params: z.strictObject({ offerId: OfferId }),
  body: z.strictObject({}),
  status: 201,
  reply: Redemption,
  errors: ['not_found', 'not_eligible', 'offer_not_open', 'offer_sold_out', 'codes_exhausted', 'limit_reached'],
  title: { vi: 'Nhận ưu đãi', en: 'Claim an offer' },
});

export const listRedemptions = operation({
  id: 'redemptions.list',
  method: 'GET',
  path: '/v1/redemptions',
  actor: 'member',
  scope: 'redemptions:read',
  query: z.strictObject({ ...pageQuery, state: RedemptionState.optional() }),
  reply: pageOf(Redemption),
  errors: ['invalid_cursor'],
  title: { vi: 'Ưu đãi tôi đã nhận', en: 'List my redemptions' },
});

export const getRedemption = operation({
  id: 'redemptions.get',
  method: 'GET',
  path: '/v1/redemptions/{redemptionId}',
  actor: 'member',
  scope: 'redemptions:read',
  params: z.strictObject({ redemptionId: RedemptionId }),
  reply: Redemption,
  errors: ['not_found'],
  title: { vi: 'Xem một lượt nhận ưu đãi', en: 'Get a redemption' },
});

export const getReceipt = operation({
  id: 'redemptions.receipt',
  method: 'GET',
  path: '/v1/redemptions/{redemptionId}/receipt',
  actor: 'member',
  scope: 'redemptions:read',
  params: z.strictObject({ redemptionId: RedemptionId }),
  reply: Receipt,
  errors: ['not_found', 'wrong_state'],
  title: { vi: 'Lấy biên nhận và mã QR', en: 'Get the receipt and its QR' },
});

export const cancelRedemption = operation({
  id: 'redemptions.cancel',
  method: 'POST',
  path: '/v1/redemptions/{redemptionId}/cancel',
  actor: 'member',
  scope: 'redemptions:claim',
  idempotency: 'header',
  params: z.strictObject({ redemptionId: RedemptionId }),
  body: z.strictObject({}),
  reply: Redemption,
  errors: ['not_found', 'wrong_state', 'reservation_expired'],
  title: { vi: 'Hủy lượt giữ ưu đãi', en: 'Cancel a reservation' },
});

/** What a member is to this app; each part is there only when its scope is granted. */
export const Me = z.object({
  /** Pairwise: another partner sees another id. */
  id: z.string(),
  profile: z.object({ displayName: z.string(), avatarUrl: z.string().nullable() }).optional(),
  membership: z
    .object({
      verified: z.boolean(),
      unit: z.object({ code: z.string(), name: z.string() }).nullable(),
      province: z.object({ code: ProvinceCode, name: z.string() }).nullable(),
      role: z.enum(['member', 'officer', 'secretary']),
      since: z.iso.date().nullable(),
    })
    .optional(),
  age: z.object({ birthYear: z.int() }).optional(),
  contact: z.object({ phone: z.string().nullable(), email: z.string().nullable() }).optional(),
});
export type Me = z.infer<typeof Me>;

export const getMe = operation({
  id: 'me.get',
  method: 'GET',
  path: '/v1/me',
  actor: 'member',
  scope: 'openid',
  reply: Me,
  title: { vi: 'Thông tin của tôi', en: 'Get myself' },
});

/** What a member allowed an app; one row an app. */
export const MemberGrant = z.object({
  id: GrantId,
  app: z.object({ clientId: z.string(), name: z.string(), partner: z.string().nullable() }),
  scopes: z.array(
    z.object({
      scope: z.string(),
      title: z.object({ vi: z.string(), en: z.string() }),
      purpose: z.object({ vi: z.string(), en: z.string() }),
      grantedAt: Instant,
      withdrawable: z.boolean(),
    }),
  ),
  lastUsedAt: Instant.nullable(),
});
export type MemberGrant = z.infer<typeof MemberGrant>;

export const listGrants = operation({
  id: 'me.grants.list',
  method: 'GET',
  path: '/v1/me/grants',
  actor: 'member',
  scope: 'grants:manage',
  query: z.strictObject(pageQuery),
  reply: pageOf(MemberGrant),
  errors: ['invalid_cursor'],
  title: { vi: 'Các quyền tôi đã cấp', en: 'List my grants' },
});

export const withdrawScope = operation({
  id: 'me.grants.scopes.withdraw',
  method: 'DELETE',
  path: '/v1/me/grants/{grantId}/scopes/{scope}',
  actor: 'member',
  scope: 'grants:manage',
  params: z.strictObject({ grantId: GrantId, scope: z.string().min(1).max(64) }),
  status: 204,
  reply: z.undefined(),
  errors: ['not_found'],
  title: { vi: 'Rút lại một quyền', en: 'Withdraw a scope' },
});

/** One line of the consent history; append-only. */
export const ConsentReceipt = z.object({
  id: z.string(),
  action: z.enum(['granted', 'withdrawn']),
  app: z.object({ clientId: z.string(), name: z.string() }),
  scope: z.string(),
  purpose: z.object({ vi: z.string(), en: z.string() }),
  purposeVersion: z.int(),
  language: z.enum(['vi', 'en']),
  at: Instant,
});
export type ConsentReceipt = z.infer<typeof ConsentReceipt>;

export const listConsents = operation({
  id: 'me.consents.list',
  method: 'GET',
  path: '/v1/me/consents',
  actor: 'member',
  scope: 'grants:manage',
  query: z.strictObject(pageQuery),
  reply: pageOf(ConsentReceipt),
  errors: ['invalid_cursor'],
  title: { vi: 'Lịch sử đồng ý của tôi', en: 'List my consent receipts' },
});

export const listProvinces = operation({
  id: 'provinces.list',
  method: 'GET',
  path: '/v1/provinces',
  actor: 'public',
  reply: z.object({
    items: z.array(z.object({ code: ProvinceCode, name: z.string(), formerNames: z.array(z.string()) })),
  }),
  title: { vi: 'Danh sách tỉnh, thành phố', en: 'List the provinces' },
});

export const memberOperations = [
  listOffers,
  getOffer,
  claimOffer,
  listRedemptions,
  getRedemption,
  getReceipt,
  cancelRedemption,
  getMe,
  listGrants,
  withdrawScope,
  listConsents,
  listProvinces,
] as const;
