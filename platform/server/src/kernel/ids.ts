import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
const IDS_A_DRAW = 256;

/** Random bytes for one id after the other, drawn for many at once: a draw for each id was most of what it cost. */
function randomness(): () => Uint8Array {
  const drawn = new Uint8Array(IDS_A_DRAW * RANDOM_BYTES);
  let used = drawn.length;
  return () => {
    if (used === drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    used += RANDOM_BYTES;
    return drawn.subarray(used - RANDOM_BYTES, used);
  };
}

const nextRandom = randomness();
const last = { milliseconds: 0, sequence: 0 };

/** A new UUIDv7, greater than every one that this process made before. The one place that makes ids; the caller names the brand (`newId<OfferId>()`). */
export function newId<Id extends string>(): Id {
  const random = nextRandom();
  const now = Date.now();
  if (now > last.milliseconds) {
    last.milliseconds = now;
    // 31 bits by chance, which leaves room to count on within the millisecond.
    last.sequence = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else last.sequence += 1;
  // The brand exists only in types; zod parses it at every edge.
  return v7({ random, msecs: last.milliseconds, seq: last.sequence }) as Id;
}

/** Makes ids by the hundred thousand, in rising order. */
export function createIdMaker<Id extends string>(): () => Id {
  const next = randomness();
  let sequence = 0;
  return () => v7({ random: next(), seq: sequence++ }) as Id;
}
