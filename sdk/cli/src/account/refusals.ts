// What can go wrong between this machine and the platform, each as one sentence with what to do next.
import { ApiError, UnexpectedReplyError, UnreachableError } from '@chung/client';
import { ScopesNotGrantedError } from '@chung/client/partner';
import type { Text } from '@chung/contracts';
import { CliError } from '../commands/command.ts';

/** How the platform knows the caller: a person who signed in, or an app with a key. */
export type Identity = 'person' | 'app';

export interface Spoken {
  readonly issuer: string;
  readonly as: Identity;
}

/**
 * The error as a person should read it; what is neither the platform's nor the network's comes back as it was. Exit code 4 where the platform
 * has refused, 3 where it cannot be reached.
 */
export function platformError(error: unknown, to: Spoken): unknown {
  if (error instanceof ApiError) return refusal(error, to);
  if (error instanceof UnreachableError) return unreachable(to, error);
  if (error instanceof UnexpectedReplyError)
    return failure(error, 3, {
      text: { vi: 'Công cụ và nền tảng không cùng phiên bản.', en: 'This tool and the platform are of different versions.' },
      next: { vi: 'Cập nhật: npm install --save-dev @chung/cli@latest.', en: 'Update: npm install --save-dev @chung/cli@latest.' },
    });
  if (error instanceof ScopesNotGrantedError) return notGranted(error, to);
  const oauthError = oauthErrorOf(error);
  if (oauthError !== null) return signInRefused(error, oauthError, to);
  if (isNetwork(error)) return unreachable(to, error);
  return codeOf(error).startsWith('OAUTH_') ? noPlatform(to, error) : error;
}

/** Of openid-client's errors, read by their fields: its classes are not this package's to import. */
function oauthErrorOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof CliError) return null;
  return 'error' in error && typeof error.error === 'string' ? error.error : null;
}

function refusal(error: ApiError, to: Spoken): CliError {
  if (error.status === 401) return ended(error, to);
  if (error.code === 'insufficient_scope') return notGranted(error, to);
  const said = [error.detail ?? error.title, ...error.fields.map(({ path, message }) => `${path}: ${message}`)].join(' · ');
  const wait = error.retryAfterSeconds;
  const id = error.requestId === null ? '' : ` (${error.requestId})`;
  const later = wait === null ? null : { vi: `Thử lại sau ${wait} giây.`, en: `Try again in ${wait} seconds.` };
  const docs = { vi: `Xem ${to.issuer}/docs/errors/${error.code}${id}.`, en: `See ${to.issuer}/docs/errors/${error.code}${id}.` };
  return failure(error, error.status >= 500 ? 3 : 4, {
    text: { vi: `Nền tảng từ chối: ${said}`, en: `The platform refused: ${said}` },
    next: later ?? docs,
  });
}

/** Revoked, too old, or the partner was stopped: whatever it was, only signing in again helps. */
function ended(cause: unknown, { issuer, as }: Spoken): CliError {
  if (as === 'app')
    return failure(cause, 4, {
      text: { vi: `${issuer} không chấp nhận ứng dụng hoặc khóa này.`, en: `${issuer} does not accept this app or its key.` },
      next: { vi: 'Kiểm tra CHUNG_CLIENT_ID và CHUNG_PRIVATE_KEY.', en: 'Check CHUNG_CLIENT_ID and CHUNG_PRIVATE_KEY.' },
    });
  return failure(cause, 4, {
    text: { vi: `Phiên đăng nhập ở ${issuer} đã hết.`, en: `The login at ${issuer} has ended.` },
    next: { vi: `Đăng nhập lại: chung login --issuer ${issuer}.`, en: `Sign in again: chung login --issuer ${issuer}.` },
  });
}

function signInRefused(error: unknown, code: string, to: Spoken): CliError {
  if (['invalid_grant', 'invalid_client', 'unauthorized_client'].includes(code)) return ended(error, to);
  if (code === 'access_denied')
    return failure(error, 4, {
      text: { vi: 'Bạn đã không cho phép trong trình duyệt.', en: 'You did not allow it in the browser.' },
      next: { vi: `Nếu nhầm, chạy lại: chung login --issuer ${to.issuer}.`, en: `If that was a slip: chung login --issuer ${to.issuer}.` },
    });
  return failure(error, 4, {
    text: { vi: `${to.issuer} từ chối đăng nhập (${code}).`, en: `${to.issuer} refused the sign-in (${code}).` },
    next: { vi: 'Thử lại; nếu vẫn vậy, hỏi đơn vị vận hành.', en: 'Try again; if it stays so, ask the operator.' },
  });
}

function notGranted(error: ScopesNotGrantedError | ApiError, { as, issuer }: Spoken): CliError {
  const scopes = (error instanceof ApiError ? error.requiredScopes : error.missing).join(', ');
  if (as === 'app')
    return failure(error, 4, {
      text: { vi: `Ứng dụng này chưa được cấp ${scopes}.`, en: `This app has not been granted ${scopes}.` },
      next: {
        vi: 'Xin thêm quyền trong cổng đối tác, hoặc dùng chung login.',
        en: 'Ask for it in the partner portal, or use chung login.',
      },
    });
  return failure(error, 4, {
    text: { vi: `Phiên đăng nhập này không được dùng ${scopes}.`, en: `This login may not use ${scopes}.` },
    next: {
      vi: `Đối tác chưa được duyệt thì chỉ xem được; nếu không phải vậy: chung login --other-account --issuer ${issuer}.`,
      en: `A partner that is not approved yet may only look; if it is not that: chung login --other-account --issuer ${issuer}.`,
    },
  });
}

function unreachable({ issuer }: Spoken, cause: unknown): CliError {
  const reason = reasonOf(cause);
  return failure(cause, 3, {
    text: { vi: `Không kết nối được tới ${issuer}${reason}.`, en: `${issuer} cannot be reached${reason}.` },
    next: { vi: 'Kiểm tra mạng và địa chỉ rồi thử lại.', en: 'Check the network and the address, then try again.' },
  });
}

function noPlatform({ issuer }: Spoken, cause: unknown): CliError {
  const words = {
    vi: 'không phải nền tảng Chung, hoặc tự gọi mình bằng địa chỉ khác',
    en: 'is no Chung platform, or calls itself by another address',
  };
  return failure(cause, 3, {
    text: { vi: `${issuer} ${words.vi} (${codeOf(cause)}).`, en: `${issuer} ${words.en} (${codeOf(cause)}).` },
    next: {
      vi: 'Ghi địa chỉ đúng như đơn vị vận hành ghi: http://localhost:4100 và http://127.0.0.1:4100 là hai địa chỉ khác nhau.',
      en: 'Write the address as its operator does: http://localhost:4100 and http://127.0.0.1:4100 are two addresses.',
    },
  });
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '');

/** The system's own code, such as ECONNREFUSED: short, and what one would search for. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1)
    if (/^E[A-Z_]+$/.test(codeOf(at))) return ` (${codeOf(at)})`;
  return '';
}

/** `fetch` tells of the network by a TypeError with a cause, or by the end of a time that was set. */
function isNetwork(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1)
    if ((at instanceof TypeError && at.message === 'fetch failed') || at.name === 'TimeoutError') return true;
  return false;
}

function failure(cause: unknown, exitCode: 3 | 4, { text, next }: { text: Text; next: Text }): CliError {
  return new CliError({ text, next, exitCode, cause });
}
