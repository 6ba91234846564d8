import pino from 'pino';
import { expect, test } from 'vitest';
import { startWorker } from './worker.ts';

const lines: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
const often = { log, everySeconds: 0.005 };

test('a job that fails, by a promise or at once, stops neither the others nor its own next turn', async () => {
  const runs = { refused: 0, thrown: 0, good: 0 };
  const worker = startWorker(
    {
      refused: async () => {
        runs.refused++;
        throw new Error('database away');
      },
      thrown: () => {
        runs.thrown++;
        throw new Error('a bug before the first await');
      },
      good: async () => runs.good++,
    },
    often,
  );
  await expect.poll(() => runs.good).toBeGreaterThan(2);
  await worker.stop();
  expect(runs.refused).toBeGreaterThan(2);
  expect(runs.thrown).toBeGreaterThan(2);
  const told = lines.map((line): { job: string } => JSON.parse(line)).map(({ job }) => job);
  expect(new Set(told)).toEqual(new Set(['refused', 'thrown']));
});

test('stop waits for the running job, starts no other, and needs no pause to pass', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const ran: string[] = [];
  // With the ordinary pause: a stop that waited for it would take more than five seconds.
  const worker = startWorker(
    {
      first: async () => {
        ran.push('first begins');
        await release;
        ran.push('first ends');
      },
      second: async () => ran.push('second'),
    },
    { log },
  );
  await expect.poll(() => ran).toEqual(['first begins']);
  let stopped = false;
  const stop = worker.stop().then(() => {
    stopped = true;
  });
  await new Promise((next) => setImmediate(next));
  expect(stopped).toBe(false);
  resolve();
  const began = performance.now();
  await stop;
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(ran).toEqual(['first begins', 'first ends']);
});

test('stop during the pause ends it, and a second stop is harmless', async () => {
  let runs = 0;
  const worker = startWorker({ job: async () => runs++ }, { log });
  await expect.poll(() => runs).toBe(1);
  await Promise.all([worker.stop(), worker.stop()]);
  expect(runs).toBe(1);
});
