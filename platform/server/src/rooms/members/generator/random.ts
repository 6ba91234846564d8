/** A source of chance that gives the same run for the same seed, on every machine. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32: one state word, period 2^32, even enough for demo data and much faster than hashing. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

/** Picks by weight; the running sums are made once. */
export function weighted<Item>(choices: readonly (readonly [Item, number])[]): (random: Random) => Item {
  let whole = 0;
  const sums = choices.map(([item, weight]) => {
    whole += weight;
    return { item, upTo: whole };
  });
  return (random) => {
    const drawn = random.next() * whole;
    const found = sums.find(({ upTo }) => drawn < upTo) ?? sums.at(-1);
    if (!found) throw new Error('nothing to pick from');
    return found.item;
  };
}
