import type {
  ConsentReceipt,
  GrantId,
  Me,
  MemberGrant,
  MemberOffer,
  OfferId,
  PartnerId,
  Redemption,
  RedemptionId,
  Text,
} from '@chung/contracts';

// Invented data for work on pages: the five offer families of the demo, and the states a wallet can show.
// One place where a text becomes an id: the fixture has no schemas to make one by.
const branded = <Id extends string>(text: string) => text as Id;
export const uuid = (n: number) => branded<OfferId & PartnerId & RedemptionId>(`01936b5e-7c00-7000-8000-${String(n).padStart(12, '0')}`);
const hour = 3_600_000;
export const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();
const same = (text: string) => ({ vi: text, en: text });

const reasons = {
  verified: { fact: 'verified', holds: true, text: { vi: 'Đoàn viên đã xác thực', en: 'You are a verified member' } },
  province: {
    fact: 'province',
    holds: true,
    text: { vi: 'Bạn sinh hoạt tại Thành phố Hồ Chí Minh', en: 'Your unit is in Ho Chi Minh City' },
  },
  age: { fact: 'age', holds: true, text: { vi: 'Từ 18 đến dưới 30 tuổi', en: 'Aged 18 to 29' } },
  role: { fact: 'role', holds: true, text: { vi: 'Bạn là cán bộ Đoàn', en: 'You are an officer' } },
};

const base = {
  currency: 'VND',
  window: { startsAt: inHours(-240), endsAt: '2026-12-31T17:00:00Z' },
  fulfilment: { mode: 'instant' },
  codes: 'none',
  allocation: { mode: 'first_come', waitingList: 'off', acceptMinutes: 30 },
  soldOut: false,
  limits: { perMember: 1, perMemberPerDay: null },
  usedByMember: 0,
  whyForMe: [reasons.verified],
  terms: {
    vi: 'Ưu đãi áp dụng cho đoàn viên có hồ sơ đã xác thực.\nKhông quy đổi thành tiền mặt, không chuyển nhượng.\nKhông áp dụng đồng thời với chương trình khuyến mại khác của cùng dịch vụ.',
    en: 'For members whose record is verified.\nNot exchangeable for cash, not transferable.\nNot combined with another promotion of the same service.',
  },
} satisfies Partial<MemberOffer>;

export const offers: MemberOffer[] = [
  {
    ...base,
    id: uuid(1),
    partner: { id: uuid(101), slug: 'vnpt-money', name: 'VNPT Money' },
    title: { vi: 'Hoàn tiền khi nạp ví lần đầu', en: 'Cashback on your first top-up' },
    summary: {
      vi: 'Nạp ví VNPT Money từ 200.000 ₫ và nhận lại 50.000 ₫ để đóng học phí, tiền điện, tiền nước.',
      en: 'Top up VNPT Money with 200,000 ₫ or more and get 50,000 ₫ back for tuition or bills.',
    },
    category: 'finance',
    benefit: { kind: 'cashback', cashbackMinor: 50_000, minimumSpendMinor: 200_000, vestingDays: 7 },
    regularPriceMinor: 0,
    whyForMe: [reasons.verified, reasons.age],
  },
  {
    ...base,
    id: uuid(2),
    partner: { id: uuid(102), slug: 'vinaphone', name: 'VinaPhone' },
    title: { vi: 'Gói data sinh viên D30, 3 GB mỗi ngày', en: 'Student data pack D30, 3 GB a day' },
    summary: {
      vi: 'Giảm 20% gói D30 trong ba tháng đầu. Đủ để học trực tuyến cả ngày, không lo hết dung lượng giữa giờ.',
      en: '20% off the D30 pack for the first three months. Enough for a full day of online classes.',
    },
    category: 'telecom',
    benefit: { kind: 'percentage', rateBasisPoints: 2000, maxDiscountMinor: 18_000 },
    regularPriceMinor: 90_000,
    codes: 'pool',
    whyForMe: [reasons.verified, reasons.province, reasons.age, reasons.role],
  },
  {
    ...base,
    id: uuid(3),
    partner: { id: uuid(103), slug: 'mytv', name: 'MyTV' },
    title: { vi: 'Xem MyTV Nâng cao không mất phí', en: 'MyTV Plus, free of charge' },
    summary: {
      vi: 'Hơn 180 kênh, phim Việt và bóng đá trực tiếp trên tivi, điện thoại. Hết hạn tự dừng, không trừ tiền.',
      en: 'More than 180 channels, Vietnamese films and live football. Stops by itself.',
    },
    category: 'television',
    benefit: { kind: 'trial', days: 30, renewalPriceMinor: 49_000 },
    regularPriceMinor: 49_000,
    usedByMember: 1,
  },
  {
    ...base,
    id: uuid(4),
    partner: { id: uuid(104), slug: 'vnpt-home', name: 'VNPT Home' },
    title: { vi: 'Home Combo: cáp quang, truyền hình và di động cho cả nhà', en: 'Home Combo: fibre, television and mobile' },
    summary: {
      vi: 'Lắp đặt miễn phí trong 48 giờ. Một hóa đơn, một số hỗ trợ cho tất cả dịch vụ trong nhà.',
      en: 'Installed free of charge within 48 hours. One bill, one number to call.',
    },
    category: 'home',
    benefit: {
      kind: 'bundle',
      items: [
        { name: { vi: 'Cáp quang 300 Mb/s', en: 'Fibre 300 Mb/s' }, regularPriceMinor: 220_000 },
        { name: { vi: 'MyTV Nâng cao', en: 'MyTV Plus' }, regularPriceMinor: 49_000 },
        { name: { vi: 'SIM di động 60 GB mỗi tháng', en: 'Mobile SIM with 60 GB a month' }, regularPriceMinor: 120_000 },
      ],
      bundlePriceMinor: 299_000,
    },
    regularPriceMinor: 389_000,
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 2880 },
    whyForMe: [reasons.verified, reasons.province],
  },
  {
    ...base,
    id: uuid(5),
    partner: { id: uuid(105), slug: 'vnpt-vas', name: 'VNPT Dịch vụ số' },
    title: { vi: 'Phiếu sách nói Voiz cho mùa thi', en: 'Audiobook voucher for the exam season' },
    summary: {
      vi: 'Một phiếu trị giá 99.000 ₫ để nghe trọn bộ sách kỹ năng và ngoại ngữ.',
      en: 'A voucher worth 99,000 ₫ for skills and language audiobooks.',
    },
    category: 'services',
    benefit: { kind: 'free_voucher', faceValueMinor: 99_000 },
    regularPriceMinor: 99_000,
    codes: 'pool',
    soldOut: true,
  },
  {
    ...base,
    id: uuid(6),
    partner: { id: uuid(102), slug: 'vinaphone', name: 'VinaPhone' },
    title: { vi: 'Giảm giá điện thoại tại cửa hàng', en: 'Discount on a phone in the shop' },
    summary: { vi: 'Đưa mã QR tại quầy để được giảm ngay trên hóa đơn.', en: 'Show the QR at the counter for an instant discount.' },
    category: 'other',
    benefit: { kind: 'fixed_amount', discountMinor: 500_000 },
    regularPriceMinor: 4_990_000,
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 30 },
    limits: { perMember: 2, perMemberPerDay: 1 },
    whyForMe: [],
  },
];

type Rest = Partial<Redemption> & Pick<Redemption, 'state'>;

const redemption = (n: number, offer: MemberOffer | undefined, rest: Rest): Redemption => ({
  id: uuid(n),
  offerId: offer?.id ?? uuid(0),
  offerTitle: offer?.title ?? same(''),
  partner: { id: offer?.partner.id ?? uuid(0), name: offer?.partner.name ?? '' },
  termsVersion: 1,
  claimedAt: inHours(-n / 10),
  updatedAt: inHours(-n / 20),
  expiresAt: null,
  code: null,
  ...rest,
});

export const redemptions: Redemption[] = [
  redemption(201, offers[3], { state: 'RESERVED', expiresAt: inHours(26.4) }),
  redemption(202, offers[1], { state: 'REDEEMED', code: 'VNP7-K2QX-94MD-TRCA' }),
  redemption(203, offers[2], { state: 'FULFILLED' }),
  redemption(204, offers[5], { state: 'EXPIRED' }),
  redemption(205, offers[5], { state: 'RELEASED' }),
  redemption(206, offers[0], { state: 'REVERSED' }),
];

export const me: Me = {
  id: 'pw-demo',
  profile: { displayName: 'Nguyễn Thị Ngọc Ánh', avatarUrl: null },
  membership: {
    verified: true,
    unit: { code: 'HCM-Q1-BN-03', name: 'Chi đoàn khu phố 3, phường Bến Nghé' },
    province: { code: '79', name: 'Thành phố Hồ Chí Minh' },
    role: 'officer',
    since: '2021-03-26',
  },
  age: { birthYear: 2003 },
  contact: { phone: '0912 345 678', email: null },
};

const scope = (name: string, title: Text, purpose: Text, withdrawable = true) => ({
  scope: name,
  title,
  purpose,
  withdrawable,
  grantedAt: inHours(-700),
});

export const grants: MemberGrant[] = [
  {
    id: branded<GrantId>('grant-mytv-0001'),
    app: { clientId: 'mytv', name: 'MyTV Mini', partner: 'MyTV' },
    lastUsedAt: inHours(-5),
    scopes: [
      scope(
        'offers:read',
        { vi: 'Xem các ưu đãi dành cho bạn', en: 'See the offers that are for you' },
        { vi: 'Hiện ưu đãi của MyTV', en: 'Show MyTV offers' },
        false,
      ),
      scope(
        'member.membership:read',
        {
          vi: 'Xem tình trạng đoàn viên: đã xác thực, đơn vị, tỉnh thành, chức vụ',
          en: 'See your membership: verified status, unit, province and role',
        },
        { vi: 'Chọn kênh địa phương của tỉnh bạn', en: 'Choose the local channels of your province' },
      ),
      scope(
        'member.profile:read',
        { vi: 'Xem tên hiển thị và ảnh đại diện', en: 'See your display name and picture' },
        { vi: 'Chào bạn bằng tên', en: 'Greet you by name' },
      ),
    ],
  },
];

type Line = Pick<ConsentReceipt, 'id' | 'action' | 'scope' | 'at'>;

const lines: Line[] = [
  { id: 'CR-2026-11-0412', action: 'withdrawn', scope: 'member.contact:read', at: inHours(-30) },
  { id: 'CR-2026-10-2291', action: 'granted', scope: 'member.contact:read', at: inHours(-690) },
  { id: 'CR-2026-10-2290', action: 'granted', scope: 'member.membership:read', at: inHours(-700) },
];

export const consents: ConsentReceipt[] = lines.map((entry) => ({
  ...entry,
  app: { clientId: 'mytv', name: 'MyTV Mini' },
  purpose: { vi: 'Chọn kênh địa phương của tỉnh bạn', en: 'Choose the local channels of your province' },
  purposeVersion: 1,
  language: 'vi',
}));
