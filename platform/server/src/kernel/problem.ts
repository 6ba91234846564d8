import { ERRORS, type ErrorCode, type Language, type Problem } from '@chung/contracts';
import { DomainError } from './errors.ts';

export interface ProblemContext {
  readonly language: Language;
  readonly requestId: string;
  readonly instance: string;
  readonly baseUrl: string;
}

export interface ProblemReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

const HOW_TO_ASK = {
  vi: 'Khai báo quyền này cho ứng dụng rồi xin đoàn viên (hoặc quản trị viên) đồng ý; xem trang hướng dẫn ở `docs`.',
  en: 'Declare the scope for your app and ask the member (or an admin) to grant it; see the page at `docs`.',
} as const;

/** The one place that turns an error into an answer (RFC 9457). What is not a `DomainError` is our bug: nothing of it leaves. */
export function problemOf(error: unknown, context: ProblemContext): ProblemReply {
  const known = error instanceof DomainError ? error : new DomainError('internal', { cause: error });
  const { code, extras } = known;
  const { status, title } = ERRORS[code];
  const docs = `${context.baseUrl}/docs/errors/${code}`;
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': context.language,
  };
  if (extras.retryAfterSeconds !== undefined) headers['retry-after'] = String(extras.retryAfterSeconds);
  if (extras.challenge) headers['www-authenticate'] = extras.challenge;
  return {
    status,
    headers,
    body: {
      type: docs,
      title: title[context.language],
      status,
      code,
      ...(extras.detail && { detail: extras.detail[context.language] }),
      instance: context.instance,
      docs,
      request_id: context.requestId,
      ...(extras.requiredScopes && { required_scopes: [...extras.requiredScopes], granted_scopes: [...(extras.grantedScopes ?? [])] }),
      ...(code === 'insufficient_scope' && { how_to_ask: HOW_TO_ASK[context.language] }),
      ...(extras.fields && { fields: extras.fields.map((field) => ({ ...field })) }),
      ...(extras.reasons && { reasons: extras.reasons.map(({ fact, text }) => ({ fact, message: text[context.language] })) }),
    },
  };
}

/** Errors of Express and its parsers carry a status of their own; anything else passes unchanged. */
export function fromExpress(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error) || !('status' in error)) return error;
  const codes: Readonly<Record<number, ErrorCode>> = {
    400: 'invalid_request',
    404: 'not_found',
    413: 'payload_too_large',
    415: 'unsupported_media_type',
  };
  const status = Number(error.status);
  const code = codes[status];
  if (code) return new DomainError(code, { cause: error });
  // Their other refusals (a range, a precondition) are the caller's mistake too. Not so an error of another server's
  // answer that happens to carry a status: `expose` is set by http-errors alone.
  const isRefusal = status >= 400 && status < 500 && 'expose' in error && error.expose === true;
  return isRefusal ? new DomainError('invalid_request', { cause: error }) : error;
}
