import { ApiError } from '@chung/client';
import { ERRORS, type ErrorCode, type Problem } from '@chung/contracts';

interface RefusalDetails {
  readonly detail?: string;
  readonly requiredScopes?: readonly string[];
  readonly grantedScopes?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly fields?: NonNullable<Problem['fields']>;
  readonly reasons?: NonNullable<Problem['reasons']>;
}

/** The problem document that the platform answers for a code (RFC 9457). */
export function problemFor(code: ErrorCode, details: RefusalDetails = {}): Problem {
  const { status, title } = ERRORS[code];
  const docs = `https://chung.test/docs/errors/${code}`;
  return {
    type: docs,
    title: title.en,
    status,
    code,
    docs,
    request_id: 'req_fake',
    ...(details.detail !== undefined && { detail: details.detail }),
    ...(details.requiredScopes && { required_scopes: [...details.requiredScopes], granted_scopes: [...(details.grantedScopes ?? [])] }),
    ...(details.fields && { fields: details.fields }),
    ...(details.reasons && { reasons: details.reasons }),
  };
}

/** Thrown within the fake platform; the client throws the same kind when it reads the answer. */
export function refusal(code: ErrorCode, details: RefusalDetails = {}): ApiError {
  return new ApiError(problemFor(code, details), details.retryAfterSeconds ?? null);
}

/** The way back, for an answer over `fetch`. */
export function problemOf(error: ApiError): Problem {
  return {
    type: error.docs ?? '',
    title: error.title,
    status: error.status,
    code: error.code,
    docs: error.docs ?? '',
    request_id: error.requestId ?? '',
    ...(error.detail !== null && { detail: error.detail }),
    ...(error.requiredScopes.length > 0 && { required_scopes: [...error.requiredScopes], granted_scopes: [...error.grantedScopes] }),
    ...(error.fields.length > 0 && { fields: [...error.fields] }),
    ...(error.reasons.length > 0 && { reasons: [...error.reasons] }),
  };
}
