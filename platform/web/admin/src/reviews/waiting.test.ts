import { describe, expect, it } from 'vitest';
import { waitOf, waitTone } from './waiting.ts';

describe('the clock of the queue', () => {
  it.each([
    [-5, { unit: 'minutes', count: 0 }],
    [59, { unit: 'minutes', count: 0 }],
    [3_599, { unit: 'minutes', count: 59 }],
    [3_600, { unit: 'hours', hours: 1, minutes: 0 }],
    [86_399, { unit: 'hours', hours: 23, minutes: 59 }],
    [90_000, { unit: 'days', days: 1, hours: 1 }],
  ])('reads %i seconds in two units', (seconds, wait) => expect(waitOf(seconds)).toEqual(wait));
  it('warns after four hours and alarms after a day', () => {
    expect([60, 14_400, 86_400].map(waitTone)).toEqual(['calm', 'warn', 'bad']);
  });
});
