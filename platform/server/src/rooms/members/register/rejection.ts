import type { Language, Text } from '@chung/contracts';

/** Why one row is left out while the rest of the file goes in. The texts name no value: reports travel by e-mail. */
export const REJECTION_REASONS = {
  wrong_width: {
    vi: 'Số ô không khớp với dòng tiêu đề.',
    en: 'The number of cells differs from the header.',
  },
  empty: { vi: 'Không được để trống.', en: 'Must not be empty.' },
  too_long: { vi: 'Quá dài.', en: 'Too long.' },
  bad_code: {
    vi: 'Mã chỉ gồm chữ không dấu, số và . - _ /, từ 3 đến 32 ký tự.',
    en: 'A code has 3 to 32 unaccented letters, digits and . - _ /.',
  },
  bad_name: {
    vi: 'Họ tên có ký tự lạ; có thể do sai phông chữ.',
    en: 'The name has odd characters, perhaps from a wrong font.',
  },
  bad_date: {
    vi: 'Không phải ngày hợp lệ (YYYY-MM-DD hoặc DD/MM/YYYY).',
    en: 'Not a valid date (YYYY-MM-DD or DD/MM/YYYY).',
  },
  date_out_of_range: {
    vi: 'Ngày nằm trong tương lai hoặc quá xa trong quá khứ.',
    en: 'The date is in the future or too long ago.',
  },
  bad_gender: {
    vi: 'Giới tính là nam, nữ hoặc khác.',
    en: 'Gender is male, female or other.',
  },
  bad_phone: {
    vi: 'Không phải số điện thoại Việt Nam hợp lệ.',
    en: 'Not a valid Vietnamese phone number.',
  },
  bad_email: {
    vi: 'Không phải địa chỉ email hợp lệ.',
    en: 'Not a valid e-mail address.',
  },
  unknown_unit: {
    vi: 'Mã đơn vị không có trong cây tổ chức.',
    en: 'No unit has this code.',
  },
  unknown_province: {
    vi: 'Mã tỉnh, thành phố không có trong danh mục.',
    en: 'No province has this code.',
  },
  unit_elsewhere: {
    vi: 'Đơn vị này thuộc một tỉnh khác.',
    en: 'This unit belongs to another province.',
  },
  bad_role: {
    vi: 'Vai trò là member, officer hoặc secretary.',
    en: 'Role is member, officer or secretary.',
  },
  bad_flag: { vi: 'Giá trị là true hoặc false.', en: 'Write true or false.' },
  duplicate: {
    vi: 'Mã đoàn viên đã có ở dòng {line}.',
    en: 'The member code is already in line {line}.',
  },
} as const satisfies Record<string, Text>;

export type RejectionReason = keyof typeof REJECTION_REASONS;

export interface Rejection {
  readonly row: number;
  readonly column: string;
  readonly reason: RejectionReason;
  /** Line of the row that came first, for duplicates. */
  readonly otherRow?: number;
}

export function rejectionText(rejection: Pick<Rejection, 'reason' | 'otherRow'>, language: Language): string {
  return REJECTION_REASONS[rejection.reason][language].replace('{line}', String(rejection.otherRow ?? ''));
}

export function isRejectionReason(text: string): text is RejectionReason {
  return Object.hasOwn(REJECTION_REASONS, text);
}
