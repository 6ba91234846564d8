const WHOLE_BASIS_POINTS = 10_000n;

/**
 * The part of an amount at a rate, rounded half up, in minor units. The one owner of rounding: whoever gets the other
 * part gets the exact remainder (`amount - part`), so that parts always equal the whole.
 */
export function partOf(amountMinor: bigint, basisPoints: number): bigint {
  if (amountMinor < 0n) throw new Error('partOf takes amounts from zero up');
  return (amountMinor * BigInt(basisPoints) * 2n + WHOLE_BASIS_POINTS) / (WHOLE_BASIS_POINTS * 2n);
}

/** An amount for the wire. Beyond 2^53 a JSON number would lose đồng, so that is a bug and not an answer. */
export function toWire(amountMinor: bigint): number {
  const wire = Number(amountMinor);
  if (!Number.isSafeInteger(wire)) throw new Error('amount passes the exact range of JSON numbers');
  return wire;
}
