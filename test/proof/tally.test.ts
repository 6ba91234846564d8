import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';
import { Tally } from './tally.ts';

test('the proof holds only while no rule is broken and nothing went wrong', () => {
  const tally = new Tally();
  tally.checked('I1', { checks: 3, broken: 0 });
  expect(tally.holds).toBe(true);
  tally.checked('I1', { checks: 1, broken: 1 });
  expect([tally.holds, tally.toText()]).toEqual([false, expect.stringContaining('BROKEN 1 of 4')]);
  const failed = new Tally();
  failed.fail('the load ended early');
  expect([failed.holds, failed.toJson()['holds']]).toEqual([false, false]);
});

test('the table names what was tried, what was answered and who caught which mutant', () => {
  const tally = new Tally();
  tally.add('attempts over HTTP', 1_000_000);
  tally.answered({ ok: 5, offer_sold_out: 10 });
  tally.answered({ ok: 1 });
  tally.mutants.push({ name: 'the guard', caughtBy: ['I1 an offer is oversold'] }, { name: 'the lock', caughtBy: [] });
  const text = tally.toText();
  expect(text).toMatch(/attempts over HTTP +1,000,000/);
  expect(text).toMatch(/offer_sold_out +10\n +ok +6/);
  expect(text).toMatch(/without the guard +caught: I1/);
  expect(text).toMatch(/without the lock +SURVIVED/);
});

test('arguments are numbers above zero and known parts; anything else is told', () => {
  expect(parseArguments(['--attempts', '5', '--seed', '7', '--only', 'hammer'])).toMatchObject({
    attempts: 5,
    seed: 7,
    only: 'hammer',
    minutes: null,
  });
  expect(parseArguments([])).toMatchObject({ attempts: 1_000_000, only: null });
  expect(parseArguments(['--attempts', 'many'])).toContain('--attempts');
  expect(parseArguments(['--only', 'luck'])).toContain('--only');
  expect(parseArguments(['--fast'])).toContain('--fast');
});
