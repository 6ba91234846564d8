// Whether a register may hold a member code twice. The database finds the lines that do, by sorting all codes; that was a fifteenth of an
// import, and nearly no register has any.

/** 64 bits a code in tables of a fifth more places than codes at the least: some 60 MB for six million. */
const PARTS = 256;
const FIRST_PLACES = 1_024;
const FULLEST = 0.8;
/** Beyond, the database is asked in any case: memory has an end. */
const MOST_CODES = 6_500_000;

interface Part {
  /** Two numbers a place; both 0 where it is free. */
  places: Uint32Array;
  count: number;
}

/** FNV-1a with two beginnings, so that two different codes in a file meet once in millions of files. */
const BASIS = [0x811c9dc5, 0x9747b28c] as const;
const PRIME = 0x01000193;

export interface Repeats {
  /** Notes the code that lies there. A repeated one is always noticed; one that is not may be, very rarely. */
  note(bytes: Uint8Array, from: number, to: number): void;
  readonly verdict: 'none' | 'perhaps';
}

export function createRepeats(most: number = MOST_CODES): Repeats {
  const parts: Part[] = Array.from({ length: PARTS }, () => ({ places: new Uint32Array(2 * FIRST_PLACES), count: 0 }));
  let count = 0;
  let verdict: Repeats['verdict'] = 'none';
  return {
    get verdict() {
      return verdict;
    },
    note: (bytes, from, to) => {
      if (verdict === 'perhaps') return;
      let [high, low] = BASIS as readonly [number, number];
      for (let at = from; at < to; at++) {
        const byte = bytes[at] ?? 0;
        high = Math.imul(high ^ byte, PRIME);
        low = Math.imul(low ^ (byte + 0x9e), PRIME);
      }
      const part = parts[high >>> 24];
      if (!part) return;
      count++;
      // A place that holds something is never two zeroes.
      if (count > most || isThere(part, (high | 1) >>> 0, low >>> 0)) verdict = 'perhaps';
      // What is not needed any more makes room for the rows.
      if (verdict === 'perhaps') parts.length = 0;
    },
  };
}

/** Puts a code in its place, and says whether it was there. */
function isThere(part: Part, high: number, low: number): boolean {
  const capacity = part.places.length / 2;
  if (part.count >= capacity * FULLEST) enlarge(part);
  const at = placeOf(part.places, high, low);
  if (part.places[at] !== 0) return true;
  part.places[at] = high;
  part.places[at + 1] = low;
  part.count++;
  return false;
}

/** The first number of the place that holds the code, or of the free one where it belongs. */
function placeOf(places: Uint32Array, high: number, low: number): number {
  const mask = places.length / 2 - 1;
  for (let place = low & mask; ; place = (place + 1) & mask) {
    const at = 2 * place;
    if (places[at] === 0 || (places[at] === high && places[at + 1] === low)) return at;
  }
}

/** One part at a time, so that never more than a few hundred kilobytes are there twice. */
function enlarge(part: Part): void {
  const before = part.places;
  const places = new Uint32Array(2 * before.length);
  for (let at = 0; at < before.length; at += 2) {
    const [high = 0, low = 0] = [before[at], before[at + 1]];
    if (high === 0) continue;
    const to = placeOf(places, high, low);
    places[to] = high;
    places[to + 1] = low;
  }
  part.places = places;
}
