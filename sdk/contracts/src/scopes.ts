import type { Text } from './text.ts';

/** Who can hold a scope. */
export type ScopeHolder = 'member' | 'partner' | 'admin';

/**
 * How a scope is granted.
 * - `open`: comes with the app, no question.
 * - `asked`: the member is asked just in time.
 * - `reviewed`: asked, and also approved by an admin in the app's review.
 * - `first-party`: only the platform's own apps; no partner can be given it.
 */
export type ScopeSensitivity = 'open' | 'asked' | 'reviewed' | 'first-party';

/** Class of personal data under Law 91/2025: sensitive data needs separate consent, encryption at rest and a log of reads. */
export type DataClass = 'none' | 'basic' | 'sensitive';

export interface ScopeDeclaration {
  readonly holder: ScopeHolder;
  readonly sensitivity: ScopeSensitivity;
  readonly dataClass: DataClass;
  /** The data fields that the scope opens, as consent screen and review name them. */
  readonly fields: readonly string[];
  /** The words of the consent screen. */
  readonly title: Text;
}

const member = <const Sensitivity extends ScopeSensitivity>(
  sensitivity: Sensitivity,
  dataClass: DataClass,
  fields: readonly string[],
  title: Text,
): ScopeDeclaration & { readonly holder: 'member'; readonly sensitivity: Sensitivity } => ({
  holder: 'member',
  sensitivity,
  dataClass,
  fields,
  title,
});
const partner = (title: Text) =>
  ({ holder: 'partner', sensitivity: 'open', dataClass: 'none', fields: [], title }) as const satisfies ScopeDeclaration;
const admin = (title: Text) =>
  ({ holder: 'admin', sensitivity: 'first-party', dataClass: 'none', fields: [], title }) as const satisfies ScopeDeclaration;

// Without `satisfies`: with a type to expect, the compiler would widen each sensitivity. The makers above see to the shape.
/** Every scope there is. The operations that need one are derived from the registry, never typed a second time. */
export const SCOPES = {
  openid: member('open', 'none', ['member.id (pairwise)'], {
    vi: 'Biết bạn là cùng một người ở mỗi lần truy cập',
    en: 'Recognise you on each visit',
  }),
  'member.profile:read': member('asked', 'basic', ['member.displayName', 'member.avatar'], {
    vi: 'Xem tên hiển thị và ảnh đại diện',
    en: 'See your display name and picture',
  }),
  'member.membership:read': member(
    'asked',
    'sensitive',
    ['member.verified', 'member.unit', 'member.province', 'member.role', 'member.since'],
    {
      vi: 'Xem tình trạng đoàn viên: đã xác thực, đơn vị, tỉnh thành, chức vụ',
      en: 'See your membership: verified status, unit, province and role',
    },
  ),
  'member.age:read': member('reviewed', 'basic', ['member.birthYear'], { vi: 'Xem năm sinh', en: 'See your birth year' }),
  'member.contact:read': member('reviewed', 'sensitive', ['member.contact.phone', 'member.contact.email'], {
    vi: 'Xem số điện thoại và email',
    en: 'See your phone number and e-mail address',
  }),
  'offers:read': member('open', 'none', [], { vi: 'Xem các ưu đãi dành cho bạn', en: 'See the offers that are for you' }),
  'redemptions:read': member('asked', 'sensitive', ['redemption.history'], {
    vi: 'Xem những ưu đãi bạn đã nhận',
    en: 'See the offers you have redeemed',
  }),
  'redemptions:claim': member('asked', 'sensitive', ['redemption.history'], { vi: 'Nhận ưu đãi thay bạn', en: 'Claim offers for you' }),
  'payments:charge': member('reviewed', 'sensitive', ['payment.amount'], {
    vi: 'Đề nghị bạn thanh toán; mỗi lần bạn đều xác nhận',
    en: 'Ask you to pay; you confirm each time',
  }),
  'storage:use': member('open', 'none', [], { vi: 'Lưu dữ liệu riêng của ứng dụng này', en: 'Keep this app’s own data' }),
  'notifications:send': member('asked', 'basic', ['notification.address'], { vi: 'Gửi thông báo cho bạn', en: 'Send you notifications' }),
  'grants:manage': member('first-party', 'basic', ['grant.history'], {
    vi: 'Xem và rút lại các quyền bạn đã cấp',
    en: 'See and withdraw what you have allowed',
  }),

  'partner.profile:read': partner({ vi: 'Xem hồ sơ đối tác', en: 'See the partner’s profile' }),
  'partner.offers:read': partner({ vi: 'Xem ưu đãi của đối tác', en: 'See the partner’s offers' }),
  'partner.offers:write': partner({ vi: 'Soạn và gửi duyệt ưu đãi', en: 'Write and submit offers' }),
  'partner.codes:write': partner({ vi: 'Nạp kho mã', en: 'Fill code pools' }),
  'partner.redemptions:read': partner({ vi: 'Xem lượt nhận ưu đãi', en: 'See redemptions' }),
  'partner.redemptions:fulfil': partner({ vi: 'Xác nhận và hoàn tất lượt nhận ưu đãi', en: 'Confirm and fulfil redemptions' }),
  'partner.redemptions:reverse': partner({ vi: 'Hoàn lại lượt nhận ưu đãi', en: 'Reverse redemptions' }),
  'partner.apps:read': partner({ vi: 'Xem ứng dụng và khóa', en: 'See apps and keys' }),
  'partner.apps:write': partner({ vi: 'Tạo ứng dụng, đổi khóa', en: 'Create apps and change keys' }),
  'partner.apps:release': partner({ vi: 'Phát hành ứng dụng', en: 'Release apps' }),
  'partner.revenue:read': partner({ vi: 'Xem doanh thu và số dư', en: 'See revenue and balance' }),
  'partner.webhooks:write': partner({ vi: 'Quản lý webhook', en: 'Manage webhooks' }),
  'partner.events:read': partner({ vi: 'Đọc sự kiện', en: 'Read events' }),

  'admin.reviews:decide': admin({ vi: 'Duyệt hồ sơ', en: 'Decide submissions' }),
  'admin.partners:manage': admin({ vi: 'Quản lý đối tác', en: 'Manage partners' }),
  'admin.members:import': admin({ vi: 'Nhập danh sách đoàn viên', en: 'Import member registers' }),
  'admin.apps:kill': admin({ vi: 'Dừng khẩn cấp ứng dụng', en: 'Stop an app at once' }),
  'admin.settlements:run': admin({ vi: 'Chạy đối soát', en: 'Run settlements' }),
  'admin.audit:read': admin({ vi: 'Đọc nhật ký kiểm toán', en: 'Read the audit' }),
  'admin.insights:read': admin({ vi: 'Xem số liệu toàn nền tảng', en: 'See figures of the whole platform' }),
} as const;

export type Scope = keyof typeof SCOPES;

/** Scopes that a member can grant to an app. */
export type MemberScope = {
  [Name in Scope]: (typeof SCOPES)[Name] extends { holder: 'member'; sensitivity: 'open' | 'asked' | 'reviewed' } ? Name : never;
}[Scope];

/** Scopes that a partner's backend can be given. */
export type PartnerScope = { [Name in Scope]: (typeof SCOPES)[Name] extends { holder: 'partner' } ? Name : never }[Scope];

/**
 * Whether a word is the name of a scope.
 *
 * @example
 * export const titleOf = (name: string) => (isScope(name) ? SCOPES[name].title : null);
 */
export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name);
}

export const SCOPE_NAMES: readonly Scope[] = Object.keys(SCOPES).filter(isScope);

/**
 * The scopes one kind of holder can be given, e.g. all member-delegated ones.
 *
 * @example
 * scopesOf('partner').includes('partner.events:read'); // true
 */
export function scopesOf(holder: ScopeHolder): readonly Scope[] {
  return SCOPE_NAMES.filter((name) => SCOPES[name].holder === holder);
}
