import { GrantId, type Me, type MemberGrant, type MemberOffer, OfferId, PartnerId, type Redemption, RedemptionId } from '@chung/contracts';

/** Whole things to change one part of. The stand-in holds them against the registry when they are sent. */
export const uuid = (n: number) => `01936b5e-7c00-7000-8000-${String(n).padStart(12, '0')}`;

export const offerId = (n = 1) => OfferId.parse(uuid(n));
export const redemptionId = (n = 201) => RedemptionId.parse(uuid(n));
const partnerId = PartnerId.parse(uuid(101));

export const offer = (change: Partial<MemberOffer> = {}): MemberOffer => ({
  id: offerId(),
  partner: { id: partnerId, slug: 'mytv', name: 'MyTV' },
  title: { vi: 'Xem MyTV Nâng cao', en: 'MyTV Plus' },
  summary: { vi: 'Hơn 180 kênh.', en: 'More than 180 channels.' },
  terms: { vi: 'Không quy đổi thành tiền mặt.', en: 'Not exchangeable for cash.' },
  category: 'television',
  benefit: { kind: 'trial', days: 30, renewalPriceMinor: 49_000 },
  regularPriceMinor: 49_000,
  currency: 'VND',
  window: { startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2126-12-01T00:00:00+07:00' },
  fulfilment: { mode: 'instant' },
  codes: 'none',
  allocation: { mode: 'first_come', waitingList: 'off', acceptMinutes: 30 },
  soldOut: false,
  limits: { perMember: 1, perMemberPerDay: null },
  usedByMember: 0,
  whyForMe: [{ fact: 'verified', holds: true, text: { vi: 'Đoàn viên đã xác thực', en: 'You are a verified member' } }],
  ...change,
});

export const redemption = (change: Partial<Redemption> = {}): Redemption => ({
  id: redemptionId(),
  offerId: offerId(),
  offerTitle: { vi: 'Xem MyTV Nâng cao', en: 'MyTV Plus' },
  partner: { id: partnerId, name: 'MyTV' },
  state: 'REDEEMED',
  termsVersion: 1,
  claimedAt: '2026-11-22T03:00:00Z',
  expiresAt: null,
  updatedAt: '2026-11-22T03:00:00Z',
  code: null,
  ...change,
});

export const me = (change: Partial<Me> = {}): Me => ({
  id: 'pw-1',
  profile: { displayName: 'Nguyễn Thị Ngọc Ánh', avatarUrl: null },
  membership: {
    verified: true,
    unit: { code: 'HCM-Q1', name: 'Chi đoàn khu phố 3' },
    province: { code: '79', name: 'Thành phố Hồ Chí Minh' },
    role: 'officer',
    since: '2021-03-26',
  },
  age: { birthYear: 2003 },
  contact: { phone: '0912 345 678', email: null },
  ...change,
});

type GrantedScope = MemberGrant['scopes'][number];

export const grantedScope = (change: Partial<GrantedScope> = {}): GrantedScope => ({
  scope: 'member.profile:read',
  title: { vi: 'Xem tên hiển thị', en: 'See your display name' },
  purpose: { vi: 'Chào bạn bằng tên', en: 'Greet you by name' },
  grantedAt: '2026-10-22T17:30:00Z',
  withdrawable: true,
  ...change,
});

export const grant = (change: Partial<MemberGrant> = {}): MemberGrant => ({
  id: GrantId.parse('grant-mytv-0001'),
  app: { clientId: 'mytv', name: 'MyTV Mini', partner: 'MyTV' },
  scopes: [grantedScope()],
  lastUsedAt: null,
  ...change,
});
