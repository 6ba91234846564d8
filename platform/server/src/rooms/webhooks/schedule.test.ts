import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TRIES, nextTryAt, RETRY_DELAYS_SECONDS, retryAfterOf } from './schedule.ts';

const NOW = new Date('2026-11-22T13:00:00Z');
const DAY = 86_400;
const delayOf = (attempt: number, random: number, retryAfterSeconds: number | null = null) => {
  const at = nextTryAt({ attempt, retryAfterSeconds }, NOW, random);
  return at && (at.getTime() - NOW.getTime()) / 1000;
};

test('twelve tries over five days, each pause longer than the one before', () => {
  expect(MAX_TRIES).toBe(12);
  const total = RETRY_DELAYS_SECONDS.reduce((sum, delay) => sum + delay);
  expect(total / DAY).toBeGreaterThan(4.9);
  expect(total / DAY).toBeLessThanOrEqual(5);
  expect(RETRY_DELAYS_SECONDS).toEqual(RETRY_DELAYS_SECONDS.toSorted((a, b) => a - b));
  expect(delayOf(12, 0.5)).toBeNull();
  expect(delayOf(13, 0.5)).toBeNull();
});

test('the pauses vary by a tenth, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const planned = RETRY_DELAYS_SECONDS[attempt - 1] ?? 0;
      const delay = delayOf(attempt, random) ?? 0;
      expect(delay).toBeGreaterThanOrEqual(planned * 0.9 - 0.001);
      expect(delay).toBeLessThanOrEqual(planned * 1.1 + 0.001);
    }),
  );
  expect([delayOf(5, 0), delayOf(5, 0.5)]).toEqual([3240, 3600]);
});

test('a wish for patience lengthens a pause, never shortens it, and not beyond a day', () => {
  expect(delayOf(1, 0.5, 60)).toBe(60);
  expect(delayOf(6, 0.5, 60)).toBe(14_400);
  expect(delayOf(1, 0.5, 10 * DAY)).toBe(DAY);
  // Patience is no further try: after the last one it is over.
  expect(delayOf(12, 0.5, 60)).toBeNull();
});

test.each([
  [429, '120', 120],
  [503, ' 5 ', 5],
  [503, 'Sun, 22 Nov 2026 13:02:00 GMT', 120],
  [503, 'Sun, 22 Nov 2026 12:00:00 GMT', 0],
  [500, '120', null],
  [200, '120', null],
  [429, undefined, null],
  [429, '', null],
  [429, '-5', null],
  [429, 'soon', null],
  [429, '99999999999', null],
])('Retry-After with %s as %s counts as %s', (status, header, seconds) => {
  expect(retryAfterOf(status, header, NOW)).toBe(seconds);
});
