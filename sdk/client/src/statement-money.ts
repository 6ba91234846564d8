const WHOLE = 10_000n;

/**
 * The part of an amount at a rate in basis points, rounded half up. The one rounding of statements: whoever gets the other part gets the
 * exact remainder. Amounts below zero are rounded as their opposite is.
 */
export function partOfMinor(amount: bigint, basisPoints: number): bigint {
  if (amount < 0n) return -partOfMinor(-amount, basisPoints);
  return (amount * BigInt(basisPoints) * 2n + WHOLE) / (WHOLE * 2n);
}

/** What is taken back of an amount from one part of the whole to another: counted from the whole each time, so that all parts add up to it. */
export const takenBack = (amount: bigint, { before, after }: { readonly before: number; readonly after: number }): bigint =>
  partOfMinor(amount, after) - partOfMinor(amount, before);
