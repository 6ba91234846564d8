import { z } from 'zod';
import type { Text } from './text.ts';

export interface ErrorDeclaration {
  readonly status: number;
  /** One public sentence; the detail of a single case is added by whoever throws. */
  readonly title: Text;
}

const e = (status: number, vi: string, en: string): ErrorDeclaration => ({ status, title: { vi, en } });

/** Every error code the API answers. Codes are stable for ever; each has a page at `/docs/errors/{code}`. */
export const ERRORS = {
  invalid_request: e(400, 'Yêu cầu không đúng định dạng.', 'The request is malformed.'),
  invalid_cursor: e(400, 'Con trỏ trang không hợp lệ.', 'The page cursor is not valid.'),
  idempotency_key_required: e(400, 'Thiếu tiêu đề Idempotency-Key.', 'The Idempotency-Key header is missing.'),
  validation_failed: e(422, 'Một số trường chưa hợp lệ.', 'Some fields are not valid.'),
  idempotency_key_reused: e(422, 'Idempotency-Key đã dùng cho một yêu cầu khác.', 'The Idempotency-Key was used for another request.'),
  payload_too_large: e(413, 'Nội dung gửi lên quá lớn.', 'The body is too large.'),
  unsupported_media_type: e(415, 'Kiểu nội dung không được hỗ trợ.', 'The content type is not supported.'),
  unauthenticated: e(401, 'Cần đăng nhập hoặc token hợp lệ.', 'A valid token or session is needed.'),
  invalid_token: e(401, 'Token không hợp lệ, đã hết hạn hoặc đã bị thu hồi.', 'The token is not valid, has expired or was revoked.'),
  invalid_dpop_proof: e(401, 'Bằng chứng DPoP không hợp lệ.', 'The DPoP proof is not valid.'),
  insufficient_user_authentication: e(401, 'Cần đăng nhập lại cho thao tác này.', 'This needs a fresh sign-in.'),
  insufficient_scope: e(403, 'Token thiếu quyền cần thiết.', 'The token lacks a required scope.'),
  wrong_actor: e(403, 'Thao tác này dành cho loại tài khoản khác.', 'This operation is for another kind of account.'),
  csrf_failed: e(403, 'Phiên làm việc không khớp; hãy tải lại trang.', 'The session does not match; reload the page.'),
  partner_not_active: e(403, 'Đối tác chưa được duyệt hoặc đang tạm ngưng.', 'The partner is not approved or is suspended.'),
  not_found: e(404, 'Không tìm thấy.', 'Not found.'),
  method_not_allowed: e(405, 'Phương thức không được hỗ trợ.', 'The method is not supported.'),
  conflict: e(409, 'Trạng thái hiện tại không cho phép thao tác này.', 'The current state does not allow this.'),
  wrong_state: e(409, 'Trạng thái hiện tại không cho phép thao tác này.', 'The current state does not allow this.'),
  slug_taken: e(409, 'Tên này đã có người dùng.', 'This name is taken.'),
  username_taken: e(409, 'Tên đăng nhập đã có người dùng.', 'This username is taken.'),
  offer_sold_out: e(409, 'Ưu đãi đã hết lượt.', 'The offer is sold out.'),
  codes_exhausted: e(409, 'Kho mã của ưu đãi đã hết.', 'The offer’s code pool is empty.'),
  limit_reached: e(409, 'Bạn đã dùng hết lượt của ưu đãi này.', 'You have reached the limit of this offer.'),
  offer_not_open: e(409, 'Ưu đãi chưa mở hoặc đã kết thúc.', 'The offer is not open yet or has ended.'),
  not_eligible: e(403, 'Ưu đãi này không dành cho bạn.', 'This offer is not for you.'),
  offer_by_lottery: e(
    409,
    'Ưu đãi này được bốc thăm; chỉ người trúng mới nhận được.',
    'This offer is drawn by lot; only winners can claim it.',
  ),
  offer_not_sold_out: e(409, 'Ưu đãi vẫn còn lượt; bạn có thể nhận ngay.', 'The offer is not sold out; you can claim it now.'),
  queue_closed: e(409, 'Ưu đãi này hiện không nhận thêm người chờ hoặc đăng ký.', 'The offer takes no one into its queue now.'),
  part_too_large: e(422, 'Phần hoàn lại vượt quá phần còn lại.', 'The part is more than what is left to reverse.'),
  reservation_expired: e(409, 'Lượt giữ chỗ đã hết hạn.', 'The reservation has expired.'),
  receipt_invalid: e(422, 'Mã xuất trình không hợp lệ hoặc đã hết hạn.', 'The presented receipt is not valid or has expired.'),
  receipt_already_used: e(409, 'Mã xuất trình này đã được dùng.', 'This receipt was presented before.'),
  stock_below_redeemed: e(422, 'Số lượng không thể nhỏ hơn số lượt đã nhận.', 'Stock cannot be below what is already redeemed.'),
  budget_below_spent: e(422, 'Ngân sách không thể nhỏ hơn phần đã dùng.', 'The budget cannot be below what is already spent.'),
  checks_failed: e(422, 'Nội dung gửi duyệt chưa qua kiểm tra tự động.', 'What was submitted does not pass the automatic checks.'),
  archive_refused: e(422, 'Gói gửi lên không dùng được.', 'The archive cannot be taken.'),
  digest_differs: e(422, 'Nội dung nhận được khác với mã băm đã khai.', 'What arrived is not what its digest says.'),
  app_id_taken: e(409, 'Mã ứng dụng (app_id) này thuộc về đối tác khác.', 'This app_id belongs to another partner.'),
  version_not_higher: e(409, 'Số version.code phải lớn hơn lần gửi trước.', 'The version.code must be higher than the last one submitted.'),
  webhook_url_refused: e(422, 'Địa chỉ webhook không được chấp nhận.', 'The webhook address is not allowed.'),
  too_many_webhooks: e(409, 'Đã đủ số địa chỉ webhook cho phép.', 'The partner has as many webhook endpoints as are allowed.'),
  import_rejected: e(422, 'Tệp danh sách không đọc được.', 'The register file cannot be read.'),
  import_running: e(409, 'Đang có một lượt nhập khác.', 'Another import is running.'),
  rate_limited: e(429, 'Bạn gửi yêu cầu quá nhanh.', 'Too many requests.'),
  account_locked: e(429, 'Tài khoản tạm khóa do nhập sai nhiều lần.', 'The account is locked for a while after too many attempts.'),
  internal: e(500, 'Đã có lỗi ở phía chúng tôi.', 'Something went wrong on our side.'),
  unavailable: e(503, 'Hệ thống đang bận; hãy thử lại sau ít giây.', 'The service is busy; try again in a few seconds.'),
} as const satisfies Record<string, ErrorDeclaration>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * Whether a word is one of the stable codes.
 *
 * @example
 * export const titleOf = (code: string) => (isErrorCode(code) ? ERRORS[code].title : null);
 */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(ERRORS).filter(isErrorCode);

/** RFC 9457 problem document; `code` is ours and stable. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  docs: z.string(),
  request_id: z.string(),
  required_scopes: z.array(z.string()).optional(),
  granted_scopes: z.array(z.string()).optional(),
  how_to_ask: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  reasons: z.array(z.object({ fact: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
