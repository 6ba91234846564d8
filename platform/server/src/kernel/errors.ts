import type { ErrorCode } from '@chung/contracts';

export interface ErrorExtras {
  /** A public sentence about this case, in both languages; never an internal detail. */
  readonly detail?: { readonly vi: string; readonly en: string };
  readonly fields?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly reasons?: readonly { readonly fact: string; readonly text: { readonly vi: string; readonly en: string } }[];
  readonly requiredScopes?: readonly string[];
  readonly grantedScopes?: readonly string[];
  /** Whole seconds for `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** `WWW-Authenticate` challenge for 401 and 403. */
  readonly challenge?: string;
  /** For the log only. */
  readonly cause?: unknown;
}

/** An answer the API gives on purpose: a stable code with what the caller needs to put it right. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}) {
    super(code, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'DomainError';
    this.code = code;
    this.extras = extras;
  }
}

/** Closes a `switch` over a union: a new member that nobody handles does not compile. */
export function assertUnreachable(value: never): never {
  throw new Error(`unreachable value: ${String(value)}`);
}
