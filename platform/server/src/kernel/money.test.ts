import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partOf, toWire } from './money.ts';

const amounts = fc.bigInt({ min: 0n, max: 10n ** 15n });
const rates = fc.integer({ min: 0, max: 10_000 });

test('a part and its remainder are the whole, to the đồng, for every amount and rate (I12)', () => {
  fc.assert(
    fc.property(amounts, rates, (amount, rate) => {
      const part = partOf(amount, rate);
      expect(part).toBeGreaterThanOrEqual(0n);
      expect(part).toBeLessThanOrEqual(amount);
      // Half up: never more than half a đồng from the exact part.
      const exactTimes20000 = amount * BigInt(rate) * 2n;
      const distance = part * 20_000n - exactTimes20000;
      expect(distance > -10_000n && distance <= 10_000n).toBe(true);
    }),
  );
});

test('a half is rounded up', () => {
  expect(partOf(1n, 5_000)).toBe(1n);
  expect(partOf(3n, 5_000)).toBe(2n);
  expect(partOf(2_000n, 800)).toBe(160n);
});

test('a negative amount and one past the exact range of JSON numbers are bugs, not answers', () => {
  expect(() => partOf(-1n, 1)).toThrow();
  expect(() => toWire(2n ** 53n)).toThrow();
  expect(toWire(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
});
