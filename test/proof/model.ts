// Random sequences of everything that can happen to redemptions, one after another against a small model and at once against the
// invariants. The seed repeats a run.
import { isDeepStrictEqual } from 'node:util';
import { ERROR_CODES } from '@chung/contracts';
import fc from 'fast-check';
import { openStage, type Stage } from '../harness/redemption-actions.ts';
import { brokenInvariants } from '../harness/redemption-invariants.ts';
import { type Action, type OfferSpec, type OfferView, RedemptionModel } from '../harness/redemption-model.ts';
import type { RedemptionRooms } from '../harness/redemption-rooms.ts';

export interface ModelRun {
  /** Steps compared with the model, or actions done at once. */
  readonly commands: number;
  readonly runs: number;
}

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly longest: number;
}

const MEMBERS = 3;
const LANES = 6;

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
const pauses = fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const), offer: index(SPECS.length) });
const actions: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: claims, weight: 12 },
  { arbitrary: changes, weight: 12 },
  { arbitrary: sweeps, weight: 2 },
  { arbitrary: restocks, weight: 2 },
  { arbitrary: pauses, weight: 2 },
);

function assertSame(real: unknown, wanted: unknown, about: string): void {
  if (isDeepStrictEqual(real, wanted)) return;
  throw new Error(`${about}: the platform has\n${JSON.stringify(real)}\nand the model\n${JSON.stringify(wanted)}`);
}

class Step implements fc.AsyncCommand<RedemptionModel, Stage> {
  readonly action: Action;
  readonly done: () => void;
  constructor(action: Action, done: () => void) {
    this.action = action;
    this.done = done;
  }
  check(): boolean {
    return true;
  }
  async run(model: RedemptionModel, stage: Stage): Promise<void> {
    this.done();
    assertSame(await stage.perform(this.action), model.apply(this.action), this.toString());
    for (const offer of touchedBy(this.action, model))
      assertSame(plain(await stage.view(offer)), plain(model.view(offer)), `offer ${offer}`);
  }
  toString(): string {
    return JSON.stringify(this.action);
  }
}

/** Without the prototypes and the missing fields that differ between a row and an object. */
const plain = (view: OfferView): unknown => JSON.parse(JSON.stringify(view));

/** The offer that a step was about; a sweep is about all. */
function touchedBy(action: Action, model: RedemptionModel): Iterable<number> {
  if (action.kind === 'sweep') return SPECS.keys();
  if ('offer' in action) return [action.offer];
  const offer = model.redemptions[action.target % model.redemptions.length]?.offer;
  return offer === undefined ? [] : [offer];
}

/** Any sequence gives the states, stock, limits, codes, journals, balances and events of the model. Throws where it does not. */
export async function runInTurns(world: RedemptionRooms, { seed, runs, longest }: Options): Promise<ModelRun> {
  let commands = 0;
  const step = actions.map((action) => new Step(action, () => (commands += 1)));
  await fc.assert(
    fc.asyncProperty(fc.commands([step], { maxCommands: longest, size: 'max' }), async (steps) => {
      const stage = await openStage(world, { specs: SPECS, members: MEMBERS });
      const model = new RedemptionModel(SPECS);
      await fc.asyncModelRun(() => ({ model, real: stage }), steps);
      for (const offer of SPECS.keys()) assertSame(plain(await stage.view(offer)), plain(model.view(offer)), `offer ${offer}`);
    }),
    { seed, numRuns: runs },
  );
  assertSame(await brokenInvariants(world.owner), [], 'broken invariants');
  return { commands, runs };
}

/** Whatever happens at once, every invariant holds and every refusal has its code. Throws where it does not. */
export async function runAtOnce(world: RedemptionRooms, { seed, runs, longest }: Options): Promise<ModelRun> {
  let commands = 0;
  const together = fc.array(actions, { minLength: 8, maxLength: longest, size: 'max' });
  await fc.assert(
    fc.asyncProperty(together, async (all) => {
      const stage = await openStage(world, { specs: SPECS, members: MEMBERS });
      const lanes = Array.from({ length: LANES }, (_, lane) => all.filter((_action, place) => place % LANES === lane));
      const outcomes = await Promise.all(
        lanes.map(async (lane) => {
          const told: string[] = [];
          for (const action of lane) told.push(await stage.perform(action));
          return told;
        }),
      );
      commands += all.length;
      const known: readonly string[] = ERROR_CODES;
      const refusals = outcomes.flat().filter((outcome) => !/^(redemption \d+|\d+ expired|done|nothing)$/.test(outcome));
      const bugs = refusals.filter((refusal) => !known.includes(refusal) || ['internal', 'conflict', 'not_found'].includes(refusal));
      assertSame(bugs, [], 'answers that no request should get');
      assertSame(await brokenInvariants(world.owner), [], 'broken invariants');
    }),
    { seed, numRuns: runs },
  );
  return { commands, runs };
}
