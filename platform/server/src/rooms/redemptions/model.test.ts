// Random sequences of everything that can happen to redemptions, one after another against a small model and at once against the
// invariants. FC_SEED repeats a run, FC_RUNS makes it longer.

import { ERROR_CODES } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../../../test/harness/redemption-actions.ts';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { type Action, type OfferSpec, RedemptionModel } from '../../../../../test/harness/redemption-model.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FC_RUNS'] ?? 8);
const MEMBERS = 3;

/** 10,001 đ at 33.33 %: the platform's part is 3,333.33 đ, rounded; the partner's is the rest. */
const cashback = { platform: 3_333, partner: 6_668 };
const SPECS: readonly OfferSpec[] = [
  { stock: 3, held: false, codes: null, perMember: 2, perDay: null, cashback: null },
  { stock: 2, held: true, codes: null, perMember: 3, perDay: 1, cashback },
  { stock: 3, held: false, codes: 4, perMember: 3, perDay: 2, cashback },
  { stock: 2, held: true, codes: 3, perMember: 2, perDay: null, cashback: null },
];

const index = (length: number) => fc.nat({ max: length - 1 });
/** Few keys, so that they are used again, also on another offer. */
const key = fc.constantFrom(...'abcdefghijkl');
const claims = fc.record({ kind: fc.constant('claim' as const), member: index(MEMBERS), offer: index(SPECS.length), key });
const changes = fc.record({
  kind: fc.constantFrom('confirm' as const, 'fulfil' as const, 'cancel' as const, 'reverse' as const, 'lapse' as const),
  target: fc.nat({ max: 20 }),
});
const sweeps = fc.constant<Action>({ kind: 'sweep' });
const restocks = fc.record({ kind: fc.constant('restock' as const), offer: index(SPECS.length), stock: fc.integer({ min: 1, max: 4 }) });
const actions: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: claims, weight: 6 },
  { arbitrary: changes, weight: 6 },
  { arbitrary: sweeps, weight: 1 },
  { arbitrary: restocks, weight: 1 },
);

class Step implements fc.AsyncCommand<RedemptionModel, Stage> {
  readonly action: Action;
  constructor(action: Action) {
    this.action = action;
  }
  check(): boolean {
    return true;
  }
  async run(model: RedemptionModel, stage: Stage): Promise<void> {
    expect(await stage.perform(this.action)).toBe(model.apply(this.action));
    for (const offer of touchedBy(this.action, model)) expect(await stage.view(offer), `offer ${offer}`).toEqual(model.view(offer));
  }
  toString(): string {
    return JSON.stringify(this.action);
  }
}

/** The offer that a step was about; a sweep is about all. */
function touchedBy(action: Action, model: RedemptionModel): Iterable<number> {
  if (action.kind === 'sweep') return SPECS.keys();
  if ('offer' in action) return [action.offer];
  const offer = model.redemptions[action.target % model.redemptions.length]?.offer;
  return offer === undefined ? [] : [offer];
}

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(() => world.close());

test(`any sequence gives the states, stock, limits, codes, journals, balances and events of the model (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const step = actions.map((action) => new Step(action));
  await fc.assert(
    fc.asyncProperty(fc.commands([step], { maxCommands: 30, size: 'max' }), async (steps) => {
      const stage = await openStage(world, { specs: SPECS, members: MEMBERS });
      const model = new RedemptionModel(SPECS);
      await fc.asyncModelRun(() => ({ model, real: stage }), steps);
      for (const offer of SPECS.keys()) expect(await stage.view(offer), `offer ${offer}`).toEqual(model.view(offer));
    }),
    { seed, numRuns: runs },
  );
  expect(await brokenInvariants(world.owner)).toEqual([]);
});

test(`whatever happens at once, every invariant holds and every refusal has its code (seed ${seed})`, { timeout: 120_000 }, async () => {
  const together = fc.array(actions, { minLength: 8, maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(together, async (all) => {
      const stage = await openStage(world, { specs: SPECS, members: MEMBERS });
      const lanes = [0, 1, 2, 3, 4, 5].map((lane) => all.filter((_, place) => place % 6 === lane));
      const outcomes = await Promise.all(
        lanes.map(async (lane) => {
          const told: string[] = [];
          for (const action of lane) told.push(await stage.perform(action));
          return told;
        }),
      );
      const refusals = outcomes.flat().filter((outcome) => !/^(redemption \d+|\d+ expired|done|nothing)$/.test(outcome));
      for (const refusal of refusals) expect(ERROR_CODES).toContain(refusal);
      for (const refusal of refusals) expect(['internal', 'conflict', 'not_found']).not.toContain(refusal);
      expect(await brokenInvariants(world.owner)).toEqual([]);
    }),
    { seed, numRuns: runs },
  );
});
