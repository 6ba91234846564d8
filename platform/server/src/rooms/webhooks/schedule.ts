/**
 * When a delivery is tried again: seconds after the first, second, … failed try. Twelve tries over five days. Short at first, for a
 * restart of the receiver; long at the end, for a weekend. The one table; docs/webhooks.md shows it.
 */
export const RETRY_DELAYS_SECONDS: readonly number[] = [5, 30, 120, 900, 3_600, 14_400, 36_000, 64_800, 86_400, 108_000, 117_000];
export const MAX_TRIES = RETRY_DELAYS_SECONDS.length + 1;

/** So that receivers of one crash do not all come back in the same second. */
const JITTER = 0.1;
/** A receiver may ask for more patience than the table has, but not for an endless one. */
const RETRY_AFTER_MAX_SECONDS = 86_400;

export interface FailedTry {
  /** 1 for the first try. */
  readonly attempt: number;
  readonly retryAfterSeconds: number | null;
}

/** When to try again, or null after the last try. `random` in [0, 1). */
export function nextTryAt({ attempt, retryAfterSeconds }: FailedTry, now: Date, random: number): Date | null {
  const planned = RETRY_DELAYS_SECONDS[attempt - 1];
  if (planned === undefined) return null;
  const varied = planned * (1 - JITTER + 2 * JITTER * random);
  const seconds = Math.max(varied, Math.min(retryAfterSeconds ?? 0, RETRY_AFTER_MAX_SECONDS));
  return new Date(now.getTime() + seconds * 1000);
}

/** `Retry-After` (RFC 9110 §10.2.3) counts on 429 and 503: seconds or a date. Anything else is no wish. */
export function retryAfterOf(status: number, header: string | undefined, now: Date): number | null {
  if ((status !== 429 && status !== 503) || header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  // Only the form that HTTP has: `Date.parse` makes a date of nearly anything.
  const at = /^[A-Z][a-z]+, .+ GMT$/.test(header.trim()) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
