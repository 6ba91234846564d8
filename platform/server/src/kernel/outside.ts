import { DomainError } from './errors.ts';

/**
 * SQLSTATEs and system codes that say the database is away, full, too slow or about to be: waiting helps. A full disk (53100),
 * no memory (53200), an operator's limit (53400), a broken disk (58030), a password that is being changed (28P01), a statement or
 * a wait for a lock cut off by its time-out (57014, 55P03, 25P03), and what still collides after all retries (40001, 40P01):
 * nothing was committed.
 */
const UNAVAILABLE = new Set([
  ...['57P01', '57P02', '57P03', '57P05', '53000', '53100', '53200', '53300', '53400', '58030', '25006', '28P01', '28000'],
  ...['57014', '55P03', '25P03', '40001', '40P01'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // Prisma's own words for the same: not let in, not reachable, timed out, operation timed out, closed, no connection in the pool.
  ...['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2034'],
]);
/** pg gives these no code; Prisma's raw queries hide the code of theirs in the sentence. */
const UNAVAILABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|has closed the connection|is not queryable|No space left on device|the database system is (?:starting up|shutting down|in recovery)|canceling statement due to/;

/** SQLSTATE or system code of a driver's error; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Safe to run again: nothing was committed. Never 23505, 22*, 42*: those are answers. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** A lost database is an outside failure (503), not a bug of ours (500); whatever else passes unchanged. */
export function asOutside(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  const code = codeOf(error);
  const lost = UNAVAILABLE.has(code) || /^08(?!P01)...$/.test(code) || UNAVAILABLE_WORDS.test(error.message);
  return lost ? new DomainError('unavailable', { retryAfterSeconds: 2, cause: error }) : error;
}
