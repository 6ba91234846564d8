import type { ErrorCode, Problem } from '@chung/contracts';

export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * The platform refused: its RFC 9457 problem document, with `code` stable for ever.
 * `requestId` finds the case in the operator's logs; `retryAfterSeconds` is set when the platform says when to come back.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode | (string & {});
  readonly status: number;
  readonly title: string;
  readonly detail: string | null;
  readonly fields: readonly FieldProblem[];
  readonly reasons: readonly { readonly fact: string; readonly message: string }[];
  readonly requiredScopes: readonly string[];
  readonly grantedScopes: readonly string[];
  readonly requestId: string | null;
  readonly docs: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(problem: Partial<Problem> & { readonly status: number; readonly code: string }, retryAfterSeconds: number | null = null) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title ?? problem.code;
    this.detail = problem.detail ?? null;
    this.fields = listOf(problem.fields);
    this.reasons = listOf(problem.reasons);
    this.requiredScopes = listOf(problem.required_scopes);
    this.grantedScopes = listOf(problem.granted_scopes);
    this.requestId = problem.request_id ?? null;
    this.docs = problem.docs ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer came: offline, refused, or slower than the time allowed. Whether the effect happened is unknown. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly timedOut: boolean;

  constructor(cause: unknown) {
    super('The platform did not answer.', { cause });
    this.timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  }
}

/** An answer came that does not match the registry: client and platform are of different versions. */
export class UnexpectedReplyError extends Error {
  override readonly name = 'UnexpectedReplyError';

  constructor(operationId: string, cause: unknown) {
    super(`The reply of ${operationId} does not match its declaration.`, { cause });
  }
}

function isProblem(value: unknown): value is Partial<Problem> & { status: number; code: string } {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string' && 'status' in value;
}

/** A list is a list, whatever came over the wire: whoever shows the fields of a refusal must not fall over them. */
const listOf = <Item>(value: readonly Item[] | undefined): readonly Item[] => (Array.isArray(value) ? value : []);

function readRetryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** Reads a refusal. A proxy in between may answer HTML: the status then decides the code. */
export async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const retryAfterSeconds = readRetryAfter(response);
  // The status within the document is advice (RFC 9457 §3.1.2); what was answered counts.
  if (isProblem(body)) return new ApiError({ ...body, status: response.status }, retryAfterSeconds);
  const code = response.status >= 502 ? 'unavailable' : response.status === 429 ? 'rate_limited' : 'internal';
  const requestId = response.headers.get('x-request-id');
  return new ApiError({ status: response.status, code, ...(requestId ? { request_id: requestId } : {}) }, retryAfterSeconds);
}
