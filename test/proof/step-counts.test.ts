import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meets, StepCount } from './step-counts.ts';

test('a count is at least so much from the step that reaches it to the step that leaves it', () => {
  const count = new StepCount([
    { at: 10, by: 1 },
    { at: 20, by: 1 },
    { at: 30, by: -2 },
  ]);
  expect(count.highest()).toBe(2);
  expect(count.timesAtLeast(1)).toEqual([{ from: 10, to: 30 }]);
  expect(count.timesAtLeast(2)).toEqual([{ from: 20, to: 30 }]);
  expect(count.timesAtLeast(3)).toEqual([]);
  expect(count.timesAtLeast(0)).toEqual([{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]);
});

test('two changes of one moment are one: a unit that is given back and taken again was never free', () => {
  const count = new StepCount([
    { at: 10, by: 1 },
    { at: 20, by: -1 },
    { at: 20, by: 1 },
  ]);
  expect(count.timesAtLeast(1)).toEqual([{ from: 10, to: Number.POSITIVE_INFINITY }]);
});

test('the search for a meeting says what looking at every interval says', () => {
  const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }), (all, from, length) => {
      const sorted = [...new Set(all)].toSorted((a, b) => a - b);
      const intervals = sorted.flatMap((start, i) => (i % 2 === 0 ? [{ from: start, to: sorted[i + 1] ?? Number.POSITIVE_INFINITY }] : []));
      const asked = { from, to: from + length };
      expect(meets(intervals, asked)).toBe(intervals.some((one) => one.from <= asked.to && one.to >= asked.from));
    }),
  );
});
