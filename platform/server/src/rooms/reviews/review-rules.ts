import type { Text } from '@chung/contracts';

/**
 * The rule library. A number is stable for ever: partners' guides, old decisions and the log refer to it.
 * OFR-1xx are checked by machine at submission (and a reviewer may cite them); REV-2xx need a person's judgement.
 */
export const REVIEW_RULES = {
  'OFR-101': {
    vi: 'Mức giảm không quá 50% giá ngay trước khuyến mại (Nghị định 81/2018/NĐ-CP, sửa đổi bởi Nghị định 128/2024/NĐ-CP).',
    en: 'A discount is at most 50% of the price immediately before the promotion (Decree 81/2018, as amended by Decree 128/2024).',
  },
  'OFR-102': {
    vi: 'Nội dung phải có đủ tiếng Việt có dấu và tiếng Anh, mỗi thứ tiếng một bản.',
    en: 'Texts are written in Vietnamese with its marks and in English, each in its own language.',
  },
  'OFR-103': {
    vi: 'Thời gian ưu đãi chưa kết thúc và dài không quá 366 ngày.',
    en: 'The window has not ended and is at most 366 days long.',
  },
  'OFR-104': { vi: 'Kho mã phải có đủ mã cho số lượng ưu đãi.', en: 'The code pool holds at least as many codes as there are units.' },
  'OFR-105': {
    vi: 'Phần góp chi phí của các bên cộng lại đủ 100%, mỗi bên một lần.',
    en: 'The funding shares add up to 100%, each funder once.',
  },
  'OFR-106': { vi: 'Giá gói không cao hơn tổng giá các phần.', en: 'The bundle price is not above the sum of its parts.' },
  'OFR-107': {
    vi: 'Giá trị ưu đãi lớn hơn 0 và không vượt quá giá bán.',
    en: 'The benefit is more than nothing and not more than the price.',
  },
  'OFR-108': { vi: 'Giới hạn nhận phải phù hợp với số lượng.', en: 'The limits agree with each other and with the stock.' },
  'OFR-109': {
    vi: 'Nền tảng góp chi phí: cần người duyệt xác nhận nguồn kinh phí.',
    en: 'The platform shares the cost: the reviewer confirms the budget.',
  },
  'OFR-110': {
    vi: 'Khuyến mại giảm giá kéo dài trên 120 ngày: kiểm tra tổng thời gian giảm giá trong năm.',
    en: 'A price discount of more than 120 days: check the total discount days of the year.',
  },
  'OFR-111': { vi: 'Thời gian giữ chỗ không dài hơn thời gian ưu đãi.', en: 'A hold is not longer than the window.' },
  'OFR-112': { vi: 'Điều kiện phải có người đáp ứng được.', en: 'The eligibility rule can be met by someone.' },
  'OFR-113': { vi: 'Mã tỉnh, thành phải có trong danh mục.', en: 'Province codes are in the register.' },
  'REV-201': { vi: 'Nội dung gây hiểu nhầm về quyền lợi của đoàn viên.', en: 'The texts mislead members about what they get.' },
  'REV-202': { vi: 'Thiếu điều khoản quan trọng hoặc điều khoản khó hiểu.', en: 'Important terms are missing or hard to understand.' },
  'REV-203': { vi: 'Giá trước khuyến mại chưa có căn cứ.', en: 'The price before the promotion is not evidenced.' },
  'REV-204': { vi: 'Sản phẩm, dịch vụ không phù hợp với thanh niên.', en: 'The product or service is not suitable for young people.' },
  'REV-205': {
    vi: 'Thiếu thông báo hoặc đăng ký khuyến mại theo quy định.',
    en: 'The notice or registration that the law asks for is missing.',
  },
  'REV-206': {
    vi: 'Điều kiện nhận ưu đãi phân biệt đối xử không chính đáng.',
    en: 'The eligibility rule discriminates without good reason.',
  },
  'REV-299': { vi: 'Lý do khác, xem ghi chú của người duyệt.', en: 'Another reason, see the reviewer’s note.' },
} as const satisfies Readonly<Record<string, Text>>;

export type ReviewRuleNumber = keyof typeof REVIEW_RULES;

export function isReviewRule(rule: string): rule is ReviewRuleNumber {
  return Object.hasOwn(REVIEW_RULES, rule);
}
