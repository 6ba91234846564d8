// The short form of the proof's model part. FC_SEED repeats a run, FC_RUNS makes it longer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedemptionRooms, type RedemptionRooms } from '../harness/redemption-rooms.ts';
import { alwaysWriteFirst, writeAsServed } from '../harness/write-first.ts';
import { runAtOnce, runInTurns } from './model.ts';
import { tryOrders } from './orders.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FC_RUNS'] ?? 6);

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(() => world.close());

test(`any sequence gives the states, stock, limits, codes, journals, balances and events of the model (seed ${seed})`, async () => {
  expect((await runInTurns(world, { seed, runs, longest: 30 })).commands).toBeGreaterThan(runs);
});

test(`whatever happens at once, every invariant holds and every refusal has its code (seed ${seed})`, async () => {
  expect((await runAtOnce(world, { seed, runs, longest: 40 })).commands).toBeGreaterThan(runs);
});

test(`the same holds where claims are written before the lock (seed ${seed})`, async () => {
  await alwaysWriteFirst(world.owner);
  const { commands } = await runAtOnce(world, { seed, runs, longest: 40 }).finally(() => writeAsServed(world.owner));
  expect(commands).toBeGreaterThan(runs);
});

test(`changes of one redemption at once end as one of their orders would (I8, seed ${seed})`, async () => {
  expect(await tryOrders(world, { seed, runs: runs * 3 })).toEqual({ checks: runs * 3, failures: [] });
});
