import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DomainError } from './errors.ts';
import { createRateLimits, DEFAULT_BUDGETS, scaleBudgets, scaleInFlight } from './rate-limit.ts';

const few = { read: 3, write: 2, bulk: 1, sensitive: 1 };
const budgets = { person: few, organisation: { ...few, read: 5 } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const person = (key: string) => ({ key, kind: 'person' as const });
const outcome = (take: () => unknown) => {
  try {
    take();
    return 'ok';
  } catch (error) {
    return error instanceof DomainError ? `${error.code} ${error.extras.retryAfterSeconds}` : 'bug';
  }
};

test('a budget is spent by its caller and its class alone', () => {
  const limits = createRateLimits(budgets);
  for (let i = 0; i < 3; i++) expect(outcome(() => limits.take(person('a'), 'read'))).toBe('ok');
  expect(outcome(() => limits.take(person('a'), 'read'))).toBe('rate_limited 60');
  expect(outcome(() => limits.take(person('a'), 'write'))).toBe('ok');
  expect(outcome(() => limits.take(person('b'), 'read'))).toBe('ok');
  expect(outcome(() => limits.take({ key: 'a', kind: 'organisation' }, 'read'))).toBe('ok');
});

test('the headers count down and say when the window ends', () => {
  const limits = createRateLimits(budgets);
  expect(limits.take(person('a'), 'read')).toEqual({ 'ratelimit-policy': '"read";q=3;w=60', ratelimit: '"read";r=2;t=60' });
  vi.advanceTimersByTime(20_500);
  expect(limits.take(person('a'), 'read')).toMatchObject({ ratelimit: '"read";r=1;t=40' });
});

test('after the time told, and not a second before, the next request passes', () => {
  const limits = createRateLimits(budgets);
  limits.take(person('a'), 'bulk');
  vi.advanceTimersByTime(59_000);
  expect(outcome(() => limits.take(person('a'), 'bulk'))).toBe('rate_limited 1');
  vi.advanceTimersByTime(1_000);
  expect(outcome(() => limits.take(person('a'), 'bulk'))).toBe('ok');
});

test('requests at the same moment cannot pass together what one budget allows', () => {
  const limits = createRateLimits(budgets);
  const outcomes = Array.from({ length: 20 }, () => outcome(() => limits.take(person('a'), 'read')));
  expect(outcomes.filter((taken) => taken === 'ok')).toHaveLength(3);
});

test('who waits beyond the window begins anew, with all of the budget and a whole window', () => {
  const limits = createRateLimits(budgets);
  limits.take(person('a'), 'read');
  limits.take(person('a'), 'read');
  vi.advanceTimersByTime(90_000);
  limits.take(person('b'), 'read');
  expect(limits.take(person('a'), 'read')).toMatchObject({ ratelimit: '"read";r=2;t=60' });
  vi.advanceTimersByTime(59_000);
  expect(limits.take(person('a'), 'read')).toMatchObject({ ratelimit: '"read";r=1;t=1' });
});

test('a budget that is spent is not spent further by asking again: the time told stays', () => {
  const limits = createRateLimits(budgets);
  for (let i = 0; i < 3; i++) limits.take(person('a'), 'read');
  for (const told of [60, 50, 40]) {
    for (let i = 0; i < 20; i++) expect(outcome(() => limits.take(person('a'), 'read'))).toBe(`rate_limited ${told}`);
    vi.advanceTimersByTime(10_000);
  }
});

test('no timer waits for the callers of a window', () => {
  const limits = createRateLimits(budgets);
  for (let i = 0; i < 100; i++) limits.take(person(`once-${i}`), 'read');
  expect(vi.getTimerCount()).toBe(0);
});

test('a scaled budget keeps its proportions and is never nothing', () => {
  expect(scaleBudgets(budgets, 2)).toEqual({
    person: { read: 6, write: 4, bulk: 2, sensitive: 2 },
    organisation: { read: 10, write: 4, bulk: 2, sensitive: 2 },
  });
  const least = scaleBudgets(DEFAULT_BUDGETS, 0.001);
  for (const { read, write, bulk, sensitive } of [least.person, least.organisation]) expect(Math.min(read, write, bulk, sensitive)).toBe(1);
});

test('members on one device share three budgets, whoever is signed in there', () => {
  const limits = createRateLimits(budgets);
  const from = (member: number, device: string) => outcome(() => limits.take({ ...person(`m${member}`), device }, 'write'));
  for (let member = 0; member < 6; member++) expect(from(member, 'phone')).toBe('ok');
  expect(from(6, 'phone')).toBe('rate_limited 60');
  expect(from(7, 'another')).toBe('ok');
});

test('one partner’s apps and people share four budgets, and take nothing of another partner’s', () => {
  const limits = createRateLimits(budgets);
  const of = (client: number, party: string) =>
    outcome(() => limits.take({ key: `c${party}${client}`, kind: 'organisation', party }, 'write'));
  for (let client = 0; client < 8; client++) expect(of(client, 'a')).toBe('ok');
  expect(of(8, 'a')).toBe('rate_limited 60');
  expect(of(8, 'b')).toBe('ok');
});

test('an address has room for a hundred callers, before anybody is asked who they are', () => {
  const limits = createRateLimits(budgets);
  for (let i = 0; i < 300; i++) limits.takeAddress('203.0.113.7');
  expect(outcome(() => limits.takeAddress('203.0.113.7'))).toBe('rate_limited 60');
  expect(outcome(() => limits.takeAddress('203.0.113.8'))).toBe('ok');
});

test('only so many requests of one caller, and of one partner, run at once; who is done makes room', () => {
  const limits = createRateLimits(budgets, { person: 2, organisation: 2 });
  const entered = (caller: Parameters<typeof limits.enter>[0]) => {
    try {
      return limits.enter(caller);
    } catch (error) {
      return error instanceof DomainError ? `${error.code} ${error.extras.retryAfterSeconds}` : 'bug';
    }
  };
  const [one, two] = [entered(person('a')), entered(person('a'))];
  expect([entered(person('a')), typeof entered(person('b'))]).toEqual(['rate_limited 1', 'function']);
  for (const leave of [one, two]) if (typeof leave === 'function') leave();
  expect([typeof entered(person('a')), typeof entered(person('a')), entered(person('a'))]).toEqual([
    'function',
    'function',
    'rate_limited 1',
  ]);
  const client = (key: string) => entered({ key, kind: 'organisation', party: 'p' });
  expect(['c1', 'c1', 'c2', 'c2', 'c3'].map((key) => typeof client(key))).toEqual([...Array(4).fill('function'), 'string']);
});

test('no factor makes so few at once that a page could not load', () => {
  expect([scaleInFlight(1), scaleInFlight(0.01), scaleInFlight(100)]).toEqual([
    { person: 10, organisation: 48 },
    { person: 4, organisation: 4 },
    { person: 1_000, organisation: 4_800 },
  ]);
});
