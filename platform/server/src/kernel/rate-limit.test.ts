import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DomainError } from './errors.ts';
import { createRateLimits, DEFAULT_BUDGETS, scaleBudgets } from './rate-limit.ts';

const few = { read: 3, write: 2, bulk: 1, sensitive: 1 };
const budgets = { person: few, organisation: { ...few, read: 5 } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const person = (key: string) => ({ key, kind: 'person' as const });
const outcome = (taken: Promise<unknown>) =>
  taken.then(
    () => 'ok',
    (error: unknown) => (error instanceof DomainError ? `${error.code} ${error.extras.retryAfterSeconds}` : 'bug'),
  );

test('a budget is spent by its caller and its class alone', async () => {
  const limits = createRateLimits(budgets);
  for (let i = 0; i < 3; i++) expect(await outcome(limits.take(person('a'), 'read'))).toBe('ok');
  expect(await outcome(limits.take(person('a'), 'read'))).toBe('rate_limited 60');
  expect(await outcome(limits.take(person('a'), 'write'))).toBe('ok');
  expect(await outcome(limits.take(person('b'), 'read'))).toBe('ok');
  expect(await outcome(limits.take({ key: 'a', kind: 'organisation' }, 'read'))).toBe('ok');
});

test('the headers count down and say when the window ends', async () => {
  const limits = createRateLimits(budgets);
  expect(await limits.take(person('a'), 'read')).toEqual({ 'ratelimit-policy': '"read";q=3;w=60', ratelimit: '"read";r=2;t=60' });
  vi.advanceTimersByTime(20_500);
  expect(await limits.take(person('a'), 'read')).toMatchObject({ ratelimit: '"read";r=1;t=40' });
});

test('after the time told, and not a second before, the next request passes', async () => {
  const limits = createRateLimits(budgets);
  await limits.take(person('a'), 'bulk');
  vi.advanceTimersByTime(59_000);
  expect(await outcome(limits.take(person('a'), 'bulk'))).toBe('rate_limited 1');
  vi.advanceTimersByTime(1_000);
  expect(await outcome(limits.take(person('a'), 'bulk'))).toBe('ok');
});

test('requests at the same moment cannot pass together what one budget allows', async () => {
  const limits = createRateLimits(budgets);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(limits.take(person('a'), 'read'))));
  expect(outcomes.filter((taken) => taken === 'ok')).toHaveLength(3);
});

test('a scaled budget keeps its proportions and is never nothing', () => {
  expect(scaleBudgets(budgets, 2)).toEqual({
    person: { read: 6, write: 4, bulk: 2, sensitive: 2 },
    organisation: { read: 10, write: 4, bulk: 2, sensitive: 2 },
  });
  const least = scaleBudgets(DEFAULT_BUDGETS, 0.001);
  for (const { read, write, bulk, sensitive } of [least.person, least.organisation]) expect(Math.min(read, write, bulk, sensitive)).toBe(1);
});
