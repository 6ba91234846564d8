import { ApiError, UnreachableError } from './errors.ts';
import type { WireOperation } from './types.ts';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;
const PASSING_CODES: readonly string[] = ['unavailable', 'rate_limited'];

/**
 * Only what cannot take effect twice is repeated: reads, and calls that carry an idempotency key.
 * A DELETE is left alone although HTTP calls it idempotent: its second answer would be a misleading 404.
 */
export function isRepeatable(wire: WireOperation): boolean {
  return wire.bodyType !== 'stream' && (wire.method === 'GET' || wire.idempotency !== 'none');
}

/** How long to wait before the next attempt, or null when the error will not pass by waiting. */
export function waitBefore(error: unknown, attempt: number, random: () => number = Math.random): number | null {
  const passing = error instanceof UnreachableError || (error instanceof ApiError && PASSING_CODES.includes(error.code));
  if (!passing) return null;
  const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
  // A long Retry-After is for a person to decide on, not for a silent wait.
  if (asked !== null && asked * 1000 > LONGEST_WAIT_MS) return null;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  // Jitter keeps clients that failed together from coming back together.
  return Math.max((asked ?? 0) * 1000, backoff * (0.5 + random() / 2));
}

/** Waits, or rejects at once when the caller gives up. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // An abort that came before this listener is never told again.
    if (signal?.aborted) return reject(signal.reason);
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
