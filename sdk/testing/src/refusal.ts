import { ApiError } from '@chung/client';
import { ERRORS, type ErrorCode, type Language, type Problem, type Text } from '@chung/contracts';

/** What is wrong with one field; a sentence that is in one language already comes from a schema. */
interface RefusedField {
  readonly path: string;
  readonly code: string;
  readonly message: string | Text;
}

interface RefusalDetails {
  readonly detail?: Text;
  readonly requiredScopes?: readonly string[];
  readonly grantedScopes?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly fields?: readonly RefusedField[];
  readonly reasons?: readonly { readonly fact: string; readonly text: Text }[];
}

const HOW_TO_ASK: Text = {
  vi: 'Khai báo quyền này cho ứng dụng rồi xin đoàn viên (hoặc quản trị viên) đồng ý; xem trang hướng dẫn ở `docs`.',
  en: 'Declare the scope for your app and ask the member (or an admin) to grant it; see the page at `docs`.',
};

/** Thrown within the fake platform, in both languages; the caller's is chosen where it leaves. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, details: RefusalDetails) {
    super(details.detail?.en ?? code);
    this.code = code;
    this.details = details;
  }
}

/** What the platform refuses with; `throw` it. */
export const refusal = (code: ErrorCode, details: RefusalDetails = {}): Refusal => new Refusal(code, details);

/** The problem document that the platform answers (RFC 9457). */
export function problemFor({ code, details }: Refusal, language: Language): Problem {
  const { status, title } = ERRORS[code];
  const docs = `https://chung.test/docs/errors/${code}`;
  const { detail, requiredScopes, grantedScopes, fields, reasons } = details;
  return {
    type: docs,
    title: title[language],
    status,
    code,
    docs,
    request_id: 'req_fake',
    ...(detail && { detail: detail[language] }),
    ...(requiredScopes && { required_scopes: [...requiredScopes], granted_scopes: [...(grantedScopes ?? [])] }),
    ...(code === 'insufficient_scope' && { how_to_ask: HOW_TO_ASK[language] }),
    ...(fields && {
      fields: fields.map(({ message, ...rest }) => ({ ...rest, message: typeof message === 'string' ? message : message[language] })),
    }),
    ...(reasons && { reasons: reasons.map(({ fact, text }) => ({ fact, message: text[language] })) }),
  };
}

/** The error that the client makes of the answer. What is no refusal is a bug, and stays what it is. */
export function asApiError(error: unknown, language: Language): unknown {
  return error instanceof Refusal ? new ApiError(problemFor(error, language), error.details.retryAfterSeconds ?? null) : error;
}
