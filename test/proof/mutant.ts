// Runs one mutant: a fresh database, one guard taken away, two servers' worth of requests at once, and then everybody who may catch it.
import { createDb } from '../../platform/server/src/kernel/db.ts';
import { createClaimEngine, type RedemptionPorts } from '../../platform/server/src/rooms/redemptions/index.ts';
import { rewriting } from '../harness/broken-database.ts';
import { openStage, type Stage } from '../harness/redemption-actions.ts';
import { brokenInvariants } from '../harness/redemption-invariants.ts';
import { type Action, type OfferSpec, RedemptionModel } from '../harness/redemption-model.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../harness/redemption-rooms.ts';
import { changeFunctions, type FunctionChange, MutantNoLongerApplies } from './break-database.ts';
import type { Entry } from './history.ts';
import { judgeHistory } from './judge-history.ts';

export interface Mutant {
  /** What is taken away, as in “without the lock on the stock”. */
  readonly name: string;
  readonly specs: readonly [OfferSpec, ...OfferSpec[]];
  readonly functions?: readonly FunctionChange[];
  /** Changes of the server's own statements. */
  readonly statements?: readonly (readonly [from: string | RegExp, to: string])[];
  /** What the owner takes away from the schema, where it would stop the mutant too. */
  readonly schema?: readonly string[];
  /** A server that is broken in another way. */
  readonly server?: (ports: RedemptionPorts) => RedemptionPorts;
  /** Run on the stage before the batches, to make what no action makes. */
  readonly prepare?: (world: RedemptionRooms, stage: Stage) => Promise<void>;
  /** Each batch at once; batches one after another. */
  readonly batches: readonly (readonly Action[])[];
  /** What the budget pays for, where that is less than the stock. */
  readonly units?: number;
  /** Races need luck: tried again on fresh offers until somebody notices. */
  readonly rounds?: number;
  /** By whom it must be caught, at least. */
  readonly caughtBy: readonly string[];
}

export const MEMBERS = 8;

/** Two servers of one site: an engine, a pool and what they know of offers are not shared. */
interface Servers {
  readonly processes: [RedemptionPorts, RedemptionPorts];
  /** Which changes of statements met one. */
  readonly applied: readonly Set<unknown>[];
  close(): Promise<void>;
}

function openServers(world: RedemptionRooms, mutant: Pick<Mutant, 'statements' | 'server'>): Servers {
  const one = () => {
    const db = createDb(world.rooms.database.serverUrl, { poolSize: 6, onIdleError: () => {} });
    const broken = rewriting(db, mutant.statements ?? []);
    const { offers, timeZone } = world.ports;
    const claims = createClaimEngine({ db: broken.db, timeZone, offerForClaim: (id) => offers.offerForClaim(id) });
    const ports = { ...world.ports, db: broken.db, claims };
    return { db, applied: broken.applied, ports: mutant.server?.(ports) ?? ports };
  };
  const [a, b] = [one(), one()];
  return {
    processes: [a.ports, b.ports],
    applied: [a.applied, b.applied],
    close: async () => {
      await a.db.close();
      await b.db.close();
    },
  };
}

/** Names of the invariants and rules that broke; empty when nobody noticed. */
export async function runMutant(mutant: Mutant): Promise<string[]> {
  const world = await openRedemptionRooms();
  const servers = openServers(world, mutant);
  try {
    await changeFunctions(world.owner, mutant.functions ?? []);
    for (const statement of mutant.schema ?? []) await world.owner.query(statement);
    const caught = new Set<string>();
    for (let round = 0; round < (mutant.rounds ?? 1) && caught.size === 0; round++)
      for (const name of await runRound(mutant, { world, servers })) caught.add(name);
    for (const change of mutant.statements ?? [])
      if (!servers.applied.some((met) => met.has(change))) throw new MutantNoLongerApplies(`the statements for ${change[0]}`, 0);
    return [...caught];
  } finally {
    await servers.close();
    await world.close();
  }
}

/** The scenes of all mutants with every guard in place: what breaks then, by scene. */
export async function runIntact(mutants: readonly Mutant[]): Promise<string[]> {
  const world = await openRedemptionRooms();
  const servers = openServers(world, {});
  try {
    const broken: string[] = [];
    for (const mutant of mutants)
      for (const name of await runRound(mutant, { world, servers })) broken.push(`the scene of “${mutant.name}” breaks ${name}`);
    return broken;
  } finally {
    await servers.close();
    await world.close();
  }
}

async function runRound(
  mutant: Mutant,
  { world, servers: { processes } }: { world: RedemptionRooms; servers: Servers },
): Promise<string[]> {
  const entries: Entry[] = [];
  const stage = await openStage(world, { specs: mutant.specs, members: MEMBERS, processes, record: (entry) => entries.push(entry) });
  await mutant.prepare?.(world, stage);
  // All connections are open before the batches begin, so that none is done before the others start.
  await Promise.all(processes.flatMap(({ db }) => [1, 2, 3, 4].map(() => db.query('SELECT pg_sleep(0.02)'))));
  const model = new RedemptionModel(mutant.specs);
  // Only steps that come alone have one right outcome.
  const alone = mutant.batches.every((batch) => batch.length === 1) && !mutant.prepare;
  const surprises: string[] = [];
  for (const batch of mutant.batches) {
    const outcomes = await Promise.all(batch.map((action) => stage.perform(action).catch((error: unknown) => `error: ${String(error)}`)));
    const [action, outcome] = [batch[0], outcomes[0]];
    if (alone && action && outcome !== model.apply(action)) surprises.push('the model');
    if (outcomes.some((one) => one.startsWith('error: '))) surprises.push('H0 no answer is a bug of the server');
  }
  return [...surprises, ...(await brokenInvariants(world.owner)), ...(await brokenRules({ world, stage, mutant, entries }))];
}

async function brokenRules(of: { world: RedemptionRooms; stage: Stage; mutant: Mutant; entries: readonly Entry[] }): Promise<string[]> {
  const { world, stage, mutant, entries } = of;
  const { rows } = await world.owner.query(
    'SELECT id, offer_id, member_id, idempotency_key AS key, state FROM chung.redemptions WHERE offer_id = ANY ($1)',
    [stage.offers],
  );
  const redemptions = rows.map(({ id, offer_id: offerId, member_id: memberId, key, state }) => ({
    id,
    offer: `o${stage.offers.indexOf(offerId)}`,
    member: `m${stage.members.findIndex((member) => member.memberId === memberId)}`,
    key,
    state,
  }));
  const offers = mutant.specs.map(({ stock, perMember, perDay }, i) => ({
    offer: `o${i}`,
    stock: mutant.units ?? stock,
    perMember: Math.min(perMember, perDay ?? perMember),
  }));
  return judgeHistory({ entries, redemptions, offers })
    .filter(({ broken }) => broken > 0)
    .map(({ name }) => name);
}
