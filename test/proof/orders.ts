// I8: whatever is sent at once about one redemption, in whatever order and however often, ends in a state, a ledger and answers
// that some order of the same steps, one after another, would have given.
import { openStage } from '../harness/redemption-actions.ts';
import { type Action, type OfferSpec, type OfferView, RedemptionModel } from '../harness/redemption-model.ts';
import type { RedemptionRooms } from '../harness/redemption-rooms.ts';
import { type Random, randomOf } from './random.ts';

const SPEC: OfferSpec = { stock: 1, held: true, codes: 2, perMember: 2, perDay: null, cashback: { platform: 3_333, partner: 6_668 } };
const claim: Action = { kind: 'claim', member: 0, offer: 0, key: 'k' };
/** Each may come twice: notices do. */
const STEPS: readonly Action[] = [
  ...(['confirm', 'cancel', 'reverse', 'fulfil', 'lapse', 'confirm', 'cancel', 'reverse'] as const).map(
    (kind): Action => ({ kind, target: 0 }),
  ),
  { kind: 'sweep' },
  { kind: 'sweep' },
];
const MOST_AT_ONCE = 5;

function chosen(random: Random): Action[] {
  const left = [...STEPS];
  const count = 2 + random.below(MOST_AT_ONCE - 1);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]).filter((step) => step !== undefined);
}

function* orders(steps: readonly Action[]): Generator<Action[]> {
  if (steps.length === 0) yield [];
  for (const [place, step] of steps.entries())
    for (const rest of orders(steps.filter((_, other) => other !== place))) yield [step, ...rest];
}

/** One text for one end, in whatever order a row or an object names its fields. */
const told = (outcomes: readonly string[], view: OfferView): string => JSON.stringify([outcomes, view], sortedFields);

const sortedFields = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted()) : value;

/** All that the model allows: the answers, in the order the steps were given, with the end they lead to. */
export function allowedEnds(steps: readonly Action[]): Set<string> {
  const ends = new Set<string>();
  for (const order of orders(steps)) {
    const model = new RedemptionModel([SPEC]);
    model.apply(claim);
    const outcomes = new Map(order.map((step) => [step, model.apply(step)]));
    ends.add(
      told(
        steps.map((step) => outcomes.get(step) ?? ''),
        model.view(0),
      ),
    );
  }
  return ends;
}

/** Runs so many random sets of steps at once and tells those that ended as no order would. */
export async function tryOrders(
  world: RedemptionRooms,
  { seed, runs }: { seed: number; runs: number },
): Promise<{ checks: number; failures: string[] }> {
  const random = randomOf(seed);
  const failures: string[] = [];
  for (let run = 0; run < runs; run++) {
    const stage = await openStage(world, { specs: [SPEC], members: 1 });
    await stage.perform(claim);
    // Two equal steps are two steps: each needs an identity of its own.
    const steps = chosen(random).map((step) => ({ ...step }));
    const outcomes = await Promise.all(steps.map((step) => stage.perform(step)));
    const end = told(outcomes, await stage.view(0));
    if (!allowedEnds(steps).has(end)) failures.push(`seed ${seed}, run ${run}: ${JSON.stringify(steps)} ended as no order would: ${end}`);
  }
  return { checks: runs, failures };
}
