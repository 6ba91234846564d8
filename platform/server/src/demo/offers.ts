import { randomInt } from 'node:crypto';
import { type EligibilityCondition, FIRST_COME, type OfferDraft } from '@chung/contracts';
import type { DemoPartner } from './partners.ts';

export { DEMO_PARTNERS } from './partners.ts';

export interface DemoOffer {
  /** Slug of the partner that makes it. */
  readonly partner: DemoPartner['slug'];
  readonly draft: OfferDraft;
  /** Makes the codes for its pool; other codes at each call. */
  readonly codes?: () => string[];
}

const MINUTES_A_DAY = 24 * 60;
const DAY_MS = MINUTES_A_DAY * 60_000;
const MARKET_OFFSET_MS = 7 * 3600 * 1000;
// No letter that is mistaken for a digit; twelve of them carry 60 random bits.
const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
// A code that was shown is never given to a second member, so a pool holds a few more codes than the offer has units.
const SPARE_CODES = 50;

/** From today's midnight in Vietnam, so that the demo is open whenever it is started. */
function windowOf(days: number): OfferDraft['window'] {
  const midnight = Math.floor((Date.now() + MARKET_OFFSET_MS) / DAY_MS) * DAY_MS;
  const localDay = (time: number) => `${new Date(time).toISOString().slice(0, 10)}T00:00:00+07:00`;
  return { startsAt: localDay(midnight), endsAt: localDay(midnight + days * DAY_MS) };
}

const codesFor = (prefix: string, stock: number) => () =>
  Array.from({ length: stock + SPARE_CODES }, () => {
    const group = () => Array.from({ length: 4 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
    return `${prefix}-${group()}-${group()}-${group()}`;
  });

const rule = (...all: EligibilityCondition[]): OfferDraft['eligibility'] => ({ version: 1, all });
const byPartner: OfferDraft['funding'] = [{ by: 'partner', shareBasisPoints: 10_000 }];
const once: OfferDraft['limits'] = { perMember: 1, perMemberPerDay: null };
const verified: EligibilityCondition = { fact: 'verified' };

const cashback: DemoOffer = {
  partner: 'vnpt-money',
  draft: {
    title: { vi: 'Hoàn 20.000 đ khi thanh toán bằng VNPT Money', en: '20,000 đ cashback when you pay with VNPT Money' },
    summary: {
      vi: 'Thanh toán hóa đơn hoặc nạp điện thoại từ 100.000 đ, nhận lại 20.000 đ vào ví sau 7 ngày.',
      en: 'Pay a bill or top up from 100,000 đ and get 20,000 đ back into your wallet after 7 days.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực có ví VNPT Money đã định danh. Mỗi đoàn viên nhận tối đa 3 lần, mỗi ngày 1 lần. Tiền hoàn vào ví sau 7 ngày kể từ giao dịch thành công; giao dịch bị hủy hoặc hoàn trả không được hoàn tiền. Không áp dụng cho chuyển tiền và rút tiền.',
      en: 'For verified members with an identified VNPT Money wallet. Up to 3 times a member, once a day. The cashback reaches the wallet 7 days after a successful payment; cancelled or refunded payments get none. Transfers and withdrawals do not count.',
    },
    category: 'finance',
    benefit: { kind: 'cashback', cashbackMinor: 20_000, minimumSpendMinor: 100_000, vestingDays: 7 },
    regularPriceMinor: 100_000,
    currency: 'VND',
    funding: [
      { by: 'partner', shareBasisPoints: 6_000 },
      { by: 'platform', shareBasisPoints: 4_000 },
    ],
    stock: 50_000,
    limits: { perMember: 3, perMemberPerDay: 1 },
    window: windowOf(90),
    fulfilment: { mode: 'instant' },
    codes: 'none',
    allocation: FIRST_COME,
    eligibility: rule(verified),
  },
};

const dataPackage: DemoOffer = {
  partner: 'vinaphone',
  draft: {
    title: { vi: 'Giảm 30% gói dữ liệu Thanh niên 4 GB mỗi ngày', en: '30% off the Youth data package, 4 GB a day' },
    summary: {
      vi: '4 GB tốc độ cao mỗi ngày trong 30 ngày, chỉ 84.000 đ thay vì 120.000 đ.',
      en: '4 GB of high-speed data a day for 30 days: 84,000 đ instead of 120,000 đ.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực từ 16 đến 30 tuổi, dùng thuê bao VinaPhone trả trước hoặc trả sau đang hoạt động. Mỗi đoàn viên đăng ký 1 lần. Hết dung lượng trong ngày, tốc độ giảm còn 5 Mbps. Gói không tự động gia hạn.',
      en: 'For verified members aged 16 to 30 with an active VinaPhone prepaid or postpaid line. Once a member. After the daily volume the speed drops to 5 Mbps. The package does not renew by itself.',
    },
    category: 'telecom',
    benefit: { kind: 'percentage', rateBasisPoints: 3_000, maxDiscountMinor: null },
    regularPriceMinor: 120_000,
    currency: 'VND',
    funding: byPartner,
    stock: 20_000,
    limits: once,
    window: windowOf(60),
    fulfilment: { mode: 'instant' },
    codes: 'none',
    allocation: FIRST_COME,
    eligibility: rule(verified, { fact: 'age', atLeastYears: 16, belowYears: 31 }),
  },
};

const television: DemoOffer = {
  partner: 'mytv',
  draft: {
    title: { vi: 'Xem MyTV miễn phí 30 ngày', en: 'MyTV free for 30 days' },
    summary: {
      vi: 'Hơn 150 kênh truyền hình và kho phim trên điện thoại, máy tính bảng, ti vi thông minh.',
      en: 'More than 150 channels and a film library on phone, tablet and smart TV.',
    },
    terms: {
      vi: 'Dành cho mọi đoàn viên, thanh niên chưa từng dùng thử MyTV. Nhập mã kích hoạt trong ứng dụng MyTV trước khi ưu đãi kết thúc. Sau 30 ngày dịch vụ tự dừng, không tự động gia hạn; nếu muốn xem tiếp, giá là 69.000 đ mỗi tháng.',
      en: 'For every member who has not tried MyTV before. Enter the activation code in the MyTV app before the offer ends. After 30 days the service stops by itself and does not renew; to go on watching, the price is 69,000 đ a month.',
    },
    category: 'television',
    benefit: { kind: 'trial', days: 30, renewalPriceMinor: null },
    regularPriceMinor: 69_000,
    currency: 'VND',
    funding: byPartner,
    stock: 1_000,
    limits: once,
    window: windowOf(90),
    fulfilment: { mode: 'instant' },
    codes: 'pool',
    allocation: FIRST_COME,
    eligibility: rule(),
  },
  codes: codesFor('MYTV', 1_000),
};

const ringtone: DemoOffer = {
  partner: 'vinaphone',
  draft: {
    title: { vi: 'Giảm một nửa cước nhạc chờ tháng đầu', en: 'Half off the first month of ringback tones' },
    summary: {
      vi: 'Chọn bài hát người gọi sẽ nghe, cước tháng đầu chỉ 4.500 đ thay vì 9.000 đ.',
      en: 'Choose the song your callers hear: 4,500 đ instead of 9,000 đ in the first month.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực dùng thuê bao VinaPhone chưa đăng ký nhạc chờ. Mỗi đoàn viên 1 lần. Trước khi hết tháng đầu, hệ thống nhắn tin hỏi bạn có dùng tiếp hay không; không trả lời thì dịch vụ dừng.',
      en: 'For verified members with a VinaPhone line that has no ringback tone yet. Once a member. Before the first month ends you are asked by message whether to go on; without an answer the service stops.',
    },
    category: 'services',
    benefit: { kind: 'fixed_amount', discountMinor: 4_500 },
    regularPriceMinor: 9_000,
    currency: 'VND',
    funding: byPartner,
    stock: 10_000,
    limits: once,
    window: windowOf(60),
    fulfilment: { mode: 'instant' },
    codes: 'none',
    allocation: FIRST_COME,
    eligibility: rule(verified),
  },
};

const homeCombo: DemoOffer = {
  partner: 'vnpt-home',
  draft: {
    title: { vi: 'Home Combo: Internet, truyền hình và di động chỉ 229.000 đ', en: 'Home Combo: fibre, TV and mobile for 229,000 đ' },
    summary: {
      vi: 'Cáp quang 300 Mbps, MyTV và SIM 4G cho cả nhà; mua lẻ là 295.000 đ mỗi tháng.',
      en: '300 Mbps fibre, MyTV and a 4G SIM for the whole home; bought apart 295,000 đ a month.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực đăng ký mới tại địa chỉ có hạ tầng cáp quang. Sau khi nhận ưu đãi, bạn có 7 ngày để làm thủ tục tại điểm giao dịch và xuất trình mã QR; nhân viên xác nhận thì ưu đãi có hiệu lực. Giá áp dụng trong 12 tháng, đã gồm thuế GTGT.',
      en: 'For verified members who subscribe anew at an address with fibre. After the claim you have 7 days to sign at a shop and show your QR; the offer takes effect when the staff confirm it. The price holds for 12 months and includes VAT.',
    },
    category: 'home',
    benefit: {
      kind: 'bundle',
      items: [
        { name: { vi: 'Internet cáp quang 300 Mbps', en: '300 Mbps fibre' }, regularPriceMinor: 180_000 },
        { name: { vi: 'Truyền hình MyTV', en: 'MyTV television' }, regularPriceMinor: 55_000 },
        { name: { vi: 'SIM 4G 2 GB mỗi ngày', en: '4G SIM with 2 GB a day' }, regularPriceMinor: 60_000 },
      ],
      bundlePriceMinor: 229_000,
    },
    regularPriceMinor: 295_000,
    currency: 'VND',
    funding: byPartner,
    stock: 2_000,
    limits: once,
    window: windowOf(90),
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 7 * MINUTES_A_DAY },
    codes: 'none',
    allocation: FIRST_COME,
    eligibility: rule(verified),
  },
};

const hanoiOnly: DemoOffer = {
  partner: 'vnpt-home',
  draft: {
    title: { vi: 'Giảm 150.000 đ phí lắp đặt Internet tại Hà Nội', en: '150,000 đ off fibre installation in Hà Nội' },
    summary: {
      vi: 'Đoàn viên Hà Nội lắp Internet cáp quang chỉ trả một nửa phí lắp đặt.',
      en: 'Members in Hà Nội pay half of the fibre installation fee.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực sinh hoạt tại Hà Nội. Sau khi nhận ưu đãi, bạn có 3 ngày để đến điểm giao dịch VNPT tại Hà Nội và xuất trình mã QR. Mỗi đoàn viên 1 lần, mỗi địa chỉ lắp đặt 1 lần.',
      en: 'For verified members of Hà Nội. After the claim you have 3 days to go to a VNPT shop in Hà Nội and show your QR. Once a member and once an address.',
    },
    category: 'home',
    benefit: { kind: 'fixed_amount', discountMinor: 150_000 },
    regularPriceMinor: 300_000,
    currency: 'VND',
    funding: byPartner,
    stock: 500,
    limits: once,
    window: windowOf(60),
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 3 * MINUTES_A_DAY },
    codes: 'none',
    allocation: FIRST_COME,
    eligibility: rule(verified, { fact: 'province', in: ['01'] }),
  },
};

const voucher: DemoOffer = {
  partner: 'vnpt-money',
  draft: {
    title: { vi: 'Tặng phiếu nạp điện thoại 20.000 đ', en: 'A free 20,000 đ top-up voucher' },
    summary: {
      vi: 'Mã nạp 20.000 đ cho mọi nhà mạng, dùng ngay trong ví VNPT Money.',
      en: 'A 20,000 đ top-up code for any network, used right in your VNPT Money wallet.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực. Mỗi đoàn viên nhận 1 mã; mã dùng 1 lần, không quy đổi thành tiền mặt và không chuyển nhượng. Nhập mã tại mục “Mã ưu đãi” của ví trước khi ưu đãi kết thúc.',
      en: 'For verified members. One code a member; it works once, cannot be exchanged for cash and cannot be passed on. Enter it under “Promotion code” in the wallet before the offer ends.',
    },
    category: 'finance',
    benefit: { kind: 'free_voucher', faceValueMinor: 20_000 },
    regularPriceMinor: 20_000,
    currency: 'VND',
    funding: byPartner,
    stock: 500,
    limits: once,
    window: windowOf(30),
    fulfilment: { mode: 'instant' },
    codes: 'pool',
    allocation: FIRST_COME,
    eligibility: rule(verified),
  },
  codes: codesFor('VNPT', 500),
};

/** Few units that are held and may come back: made to show the waiting list. */
const niceNumber: DemoOffer = {
  partner: 'vinaphone',
  draft: {
    title: { vi: 'Năm SIM số đẹp giảm một nửa', en: 'Five SIM cards with fine numbers at half price' },
    summary: {
      vi: 'Mỗi SIM chỉ 250.000 đ thay vì 500.000 đ. Hết SIM thì bạn xếp hàng: ai không đến nhận, SIM chuyển cho người kế tiếp.',
      en: '250,000 đ a card instead of 500,000 đ. When none is left you wait in line: a card that nobody collects goes to the next.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực. Mỗi đoàn viên 1 SIM. Sau khi nhận ưu đãi, bạn có 1 ngày để đến cửa hàng VinaPhone chọn số và xuất trình mã QR; quá hạn thì SIM chuyển cho người kế tiếp trong hàng, người đó có 2 giờ để nhận.',
      en: 'For verified members, one card each. After the claim you have 1 day to choose your number at a VinaPhone shop and show your QR; after that the card goes to the next in line, who has 2 hours to claim it.',
    },
    category: 'telecom',
    benefit: { kind: 'fixed_amount', discountMinor: 250_000 },
    regularPriceMinor: 500_000,
    currency: 'VND',
    funding: byPartner,
    stock: 5,
    limits: once,
    window: windowOf(30),
    fulfilment: { mode: 'partner_confirmed', holdMinutes: MINUTES_A_DAY },
    codes: 'none',
    allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 120 },
    eligibility: rule(verified),
  },
};

/** Entries for a week, then a draw that anybody can recompute. */
const yearOfTelevision: DemoOffer = {
  partner: 'mytv',
  draft: {
    title: { vi: 'Bốc thăm 20 suất xem MyTV miễn phí một năm', en: 'Twenty free years of MyTV, drawn by lot' },
    summary: {
      vi: 'Đăng ký trong tuần này để có tên trong danh sách bốc thăm. Kết quả công khai, ai cũng kiểm tra lại được.',
      en: 'Enter this week to be in the draw. The result is public and anybody can check it.',
    },
    terms: {
      vi: 'Dành cho đoàn viên đã xác thực. Mỗi đoàn viên đăng ký 1 lần. Sau khi hết hạn đăng ký, hệ thống bốc thăm 20 suất trị giá 660.000 đ; người trúng có 3 ngày để nhận, quá hạn thì suất chuyển cho người kế tiếp trong kết quả.',
      en: 'For verified members, one entry each. When entries close, 20 packages worth 660,000 đ are drawn; a winner has 3 days to claim, after which the package goes to the next in the draw.',
    },
    category: 'television',
    benefit: { kind: 'free_voucher', faceValueMinor: 660_000 },
    regularPriceMinor: 660_000,
    currency: 'VND',
    funding: byPartner,
    stock: 20,
    limits: once,
    window: windowOf(30),
    fulfilment: { mode: 'instant' },
    codes: 'none',
    allocation: { mode: 'lottery', entriesFrom: windowOf(7).startsAt, entriesUntil: windowOf(7).endsAt, acceptMinutes: 3 * MINUTES_A_DAY },
    eligibility: rule(verified),
  },
};

/**
 * The five families of the case, an offer of one province, a voucher with unique codes, a waiting list and a lottery. The last one heads
 * the catalogue.
 */
export const DEMO_OFFERS: readonly DemoOffer[] = [
  yearOfTelevision,
  niceNumber,
  ringtone,
  voucher,
  hanoiOnly,
  homeCombo,
  television,
  dataPackage,
  cashback,
];
