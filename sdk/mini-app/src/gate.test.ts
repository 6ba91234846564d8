import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGate } from './gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('no more than so many run at once, in their order, and a failure makes room too', async () => {
  const gate = createGate({ atOnce: 2, perSecond: 1_000 });
  const begun: number[] = [];
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const runs = [0, 1, 2, 3].map((number) =>
    gate(() => {
      begun.push(number);
      return new Promise<void>((resolve, reject) => ends.push({ resolve, reject }));
    }).catch((error: unknown) => error),
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toEqual([0, 1]);
  ends[0]?.reject(new Error('failed'));
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toEqual([0, 1, 2]);
  for (const end of [1, 2]) ends[end]?.resolve();
  await vi.advanceTimersByTimeAsync(0);
  ends[3]?.resolve();
  expect(await Promise.all(runs)).toEqual([new Error('failed'), undefined, undefined, undefined]);
});

test('no more than so many begin within a second, and all of them do', async () => {
  const gate = createGate({ atOnce: 1_000, perSecond: 10 });
  const begun: number[] = [];
  for (let number = 0; number < 35; number++) void gate(async () => void begun.push(Date.now()));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(begun).toHaveLength(35);
  for (const from of begun) expect(begun.filter((time) => time >= from && time < from + 1_000).length).toBeLessThanOrEqual(10);
});

test('who gives up while waiting is let go at once, and takes no place', async () => {
  const gate = createGate({ atOnce: 1, perSecond: 1_000 });
  const first = Promise.withResolvers<string>();
  const controller = new AbortController();
  const begun: string[] = [];
  const one = gate(() => first.promise);
  const two = gate(async () => void begun.push('two'), controller.signal).catch((error: unknown) => error);
  const three = gate(async () => void begun.push('three'));
  controller.abort(new Error('never mind'));
  expect(await two).toEqual(new Error('never mind'));
  first.resolve('done');
  expect(await one).toBe('done');
  await three;
  expect(begun).toEqual(['three']);
  await expect(gate(async () => 'never', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});
