import { OPERATIONS } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError, UnexpectedReplyError, UnreachableError } from './errors.ts';
import { isRepeatable, pause, waitBefore } from './retry.ts';

const refusal = (status: number, code: string, retryAfter: number | null = null) => new ApiError({ status, code }, retryAfter);

test('whatever can take effect twice is never repeated by itself', () => {
  for (const operation of OPERATIONS) {
    const harmless = operation.method === 'GET' || operation.idempotency !== 'none';
    expect([operation.id, isRepeatable(operation)]).toEqual([operation.id, harmless && operation.bodyType !== 'stream']);
  }
});

test('the wait grows, stays between half a step and 5 seconds, and never undercuts what the platform asked for', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), chance, fc.option(fc.integer({ min: 0, max: 5 })), (attempt, random, asked) => {
      const wait = waitBefore(refusal(503, 'unavailable', asked), attempt, () => random) ?? Number.NaN;
      const step = Math.min(300 * 2 ** attempt, 5_000);
      expect(wait).toBeGreaterThanOrEqual(Math.max(step / 2, (asked ?? 0) * 1000));
      expect(wait).toBeLessThanOrEqual(Math.max(step, (asked ?? 0) * 1000));
    }),
  );
});

test('only what passes by waiting is waited for', () => {
  const wait = (error: unknown) => waitBefore(error, 0, () => 0);
  expect(wait(new UnreachableError(new TypeError('network')))).toBe(150);
  expect(wait(refusal(429, 'rate_limited', 5))).toBe(5_000);
  expect(wait(refusal(429, 'rate_limited', 6))).toBeNull();
  for (const error of [
    refusal(500, 'internal'),
    refusal(409, 'offer_sold_out'),
    refusal(429, 'account_locked'),
    new UnexpectedReplyError('me.get', null),
    new Error('ours'),
    'text',
  ])
    expect([String(error), wait(error)]).toEqual([String(error), null]);
});

test('a pause ends at once when the caller gives up, also when they already had', async () => {
  const reason = new Error('left the page');
  const before = new AbortController();
  before.abort(reason);
  await expect(pause(60_000, before.signal)).rejects.toBe(reason);
  const during = new AbortController();
  const paused = pause(60_000, during.signal);
  during.abort(reason);
  await expect(paused).rejects.toBe(reason);
  await expect(pause(0, undefined)).resolves.toBeUndefined();
});
