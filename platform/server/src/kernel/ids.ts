import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** A new UUIDv7. The one place that makes ids; the caller names the brand (`newId<OfferId>()`). */
export function newId<Id extends string>(): Id {
  // The brand exists only in types; zod parses it at every edge.
  return v7() as Id;
}

const RANDOM_BYTES = 16;
const IDS_A_DRAW = 256;

/**
 * Makes ids by the hundred thousand, in rising order, with random bytes drawn for many at once: one draw for each id was a
 * fifth of the time of importing a register.
 */
export function createIdMaker<Id extends string>(): () => Id {
  const drawn = new Uint8Array(IDS_A_DRAW * RANDOM_BYTES);
  let used = drawn.length;
  let sequence = 0;
  return () => {
    if (used === drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    used += RANDOM_BYTES;
    return v7({ random: drawn.slice(used - RANDOM_BYTES, used), seq: sequence++ }) as Id;
  };
}
