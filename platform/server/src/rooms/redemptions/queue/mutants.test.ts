// A proof that cannot fail proves nothing: each guard of the line is taken away in a database of its own, and must be missed.
import { expect, test } from 'vitest';
import { byLottery, openQueueStage, withList } from '../../../../../../test/harness/queue-stage.ts';
import { brokenInvariants } from '../../../../../../test/harness/redemption-invariants.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../../test/harness/redemption-rooms.ts';
import { drawLotteries } from './draw-lotteries.ts';

interface Mutant {
  readonly function: string;
  readonly guard: string;
  readonly without: string;
}

async function mutate(world: RedemptionRooms, mutant: Mutant): Promise<void> {
  const { rows } = await world.owner.query('SELECT pg_get_functiondef($1::regproc) AS source', [mutant.function]);
  const source = String(rows[0].source);
  // A guard that was rewritten must be named anew here, or its mutant would be none.
  expect(source).toContain(mutant.guard);
  await world.owner.query(source.replaceAll(mutant.guard, mutant.without));
}

/** Two wait, a unit comes back, its promise runs out, the next has it, the last leaves; then a small lottery. */
async function play(world: RedemptionRooms): Promise<void> {
  const stage = await openQueueStage(world, withList({ stock: 1 }));
  const [holder, first, second, third] = [world.member(), world.member(), world.member(), world.member()];
  await stage.claim(holder);
  for (const member of [first, second, third]) await stage.join(member);
  await stage.giveBack(holder);
  await stage.runOut(first);
  await stage.sweep();
  await stage.leave(second);
  const drop = await openQueueStage(world, byLottery({ stock: 2 }));
  for (const member of [first, second, third]) await drop.join(member);
  await drop.endEntries();
  await drawLotteries(drop.queue);
}

const PROMOTE = 'chung.promote_entries';

test.each<[string, Mutant, string]>([
  [
    'the line is served from its end',
    {
      function: PROMOTE,
      guard: 'ORDER BY l.place LIMIT v_free',
      without: 'ORDER BY l.place DESC LIMIT v_free',
    },
    'I5 somebody in line was passed over',
  ],
  [
    'what comes back is promised to nobody',
    { function: PROMOTE, guard: 'coalesce(v_free, 0) <= 0', without: 'true' },
    'I5 a unit is free although somebody waits for one',
  ],
  [
    'a promise is not fenced in the stock',
    { function: PROMOTE, guard: 'promised = s.promised + v_promoted', without: 'promised = s.promised' },
    'I4 a promised unit is lost or counted twice',
  ],
  [
    'a promise that ran out gives no unit back',
    { function: 'chung.lapse_promises', guard: 'promised = s.promised - v_lapsed', without: 'promised = s.promised' },
    'I4 a promised unit is lost or counted twice',
  ],
  [
    'two share a rank in the draw',
    { function: 'chung.draw_lottery', guard: 'row_number() OVER', without: '1 + 0 * row_number() OVER' },
    'a lottery was drawn by another seed, or its ranks have gaps',
  ],
])('without its guard (%s) the invariants break', { timeout: 60_000 }, async (_, mutant, broken) => {
  const world = await openRedemptionRooms();
  try {
    await mutate(world, mutant);
    // A mutant may also be refused by a constraint on its way; what it left behind is judged all the same.
    await play(world).catch(() => undefined);
    expect(await brokenInvariants(world.owner)).toContain(broken);
  } finally {
    await world.close();
  }
});

test('with all guards nothing breaks', { timeout: 60_000 }, async () => {
  const world = await openRedemptionRooms();
  await play(world);
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});
