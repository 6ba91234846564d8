import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, weighted } from './random.ts';

const seed = fc.integer({ min: 0, max: 0xffff_ffff });

test('the same seed is the same run for ever: registers in documents and reports can be made again', () => {
  const drawn = (of: number) => {
    const random = createRandom(of);
    return Array.from({ length: 4 }, () => random.between(0, 999_999));
  };
  expect(drawn(1)).toEqual([627_073, 2_735, 527_447, 981_050]);
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(2)).not.toEqual(drawn(1));
});

test('a number is within its limits, both of them included, for any seed', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: -1_000, max: 1_000 }), fc.nat(1_000), (of, from, span) => {
      const random = createRandom(of);
      for (let draw = 0; draw < 20; draw++) {
        const number = random.between(from, from + span);
        expect(Number.isInteger(number) && number >= from && number <= from + span).toBe(true);
      }
    }),
  );
  const seen = new Set(
    Array.from(
      { length: 200 },
      (
        (random) => () =>
          random.between(1, 3)
      )(createRandom(7)),
    ),
  );
  expect([...seen].toSorted()).toEqual([1, 2, 3]);
});

test('chance never and always are never and always', () => {
  fc.assert(
    fc.property(seed, (of) => {
      const random = createRandom(of);
      expect(Array.from({ length: 20 }, () => random.chance(0))).not.toContain(true);
      expect(Array.from({ length: 20 }, () => random.chance(1))).not.toContain(false);
    }),
  );
});

test('each tenth of the range gets its share, and neighbours in the run do not hang together', () => {
  const random = createRandom(2026);
  const draws = Array.from({ length: 100_000 }, () => random.next());
  const tenths = Array.from({ length: 10 }, (_, tenth) => draws.filter((draw) => Math.floor(draw * 10) === tenth).length);
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  const products = draws.slice(1).map((draw, index) => (draw - 0.5) * ((draws[index] ?? 0.5) - 0.5));
  expect(Math.abs(products.reduce((sum, one) => sum + one, 0) / products.length)).toBeLessThan(0.001);
});

test('weights are shares: nothing of weight zero is picked, and twice the weight is picked twice as often', () => {
  const pick = weighted([
    ['never', 0],
    ['once', 1],
    ['twice', 2],
  ] as const);
  const random = createRandom(5);
  const counts = Map.groupBy(
    Array.from({ length: 30_000 }, () => pick(random)),
    (item) => item,
  );
  expect(counts.has('never')).toBe(false);
  expect((counts.get('twice')?.length ?? 0) / (counts.get('once')?.length ?? 1)).toBeCloseTo(2, 0);
});

test('to pick of nothing is a bug and says so', () => {
  expect(() => createRandom(1).pick([])).toThrow('nothing to pick from');
  expect(() => weighted([])(createRandom(1))).toThrow('nothing to pick from');
});
