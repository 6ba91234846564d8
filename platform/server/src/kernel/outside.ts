import { DomainError } from './errors.ts';

/** SQLSTATEs and system codes that say the database is away, full or about to be: waiting helps. */
const UNAVAILABLE = new Set([
  ...['57P01', '57P02', '57P03', '53300', '25006'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  // Prisma's own words for the same: not reachable, timed out, operation timed out, closed, no connection in the pool.
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024'],
]);
/** pg gives these no code; Prisma's raw queries hide the code of theirs in the sentence. */
const UNAVAILABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|has closed the connection|is not queryable/;

/** SQLSTATE or system code of a driver's error; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A lost database is an outside failure (503), not a bug of ours (500); whatever else passes unchanged. */
export function asOutside(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  const code = codeOf(error);
  const lost = UNAVAILABLE.has(code) || /^08(?!P01)...$/.test(code) || UNAVAILABLE_WORDS.test(error.message);
  return lost ? new DomainError('unavailable', { retryAfterSeconds: 2, cause: error }) : error;
}
