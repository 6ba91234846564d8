// Rounds of load over HTTP while servers and the database are killed, wires are cut and a network misbehaves. After each round
// the history is judged and the database looked at.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { alwaysWriteFirst, writeAsServed } from '../harness/write-first.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { OFFER_COLUMNS, REDEMPTION_COLUMNS, readHistory, writeTable } from './history.ts';
import { checkInvariants } from './invariants.ts';
import { judgeHistory } from './judge-history.ts';
import type { EnginePlan, LoadOrder, LoadPlan, LoadProgress } from './plan.ts';
import { type Random, randomOf } from './random.ts';
import { type OfferSpec, publishOffer, type Site } from './site.ts';
import type { Tally } from './tally.ts';
import { tell } from './tell.ts';
import { startWatch, type WatchedOffer } from './watch.ts';

export interface RoundPlan {
  readonly name: string;
  readonly seed: number;
  readonly attempts: number;
  readonly serverKills: number;
  readonly databaseKills: number;
  readonly wireCuts: number;
  /** Small offers meet the order of a flash sale only when they are made to. */
  readonly claims: 'as served' | 'written first';
  /** Where its history is kept. */
  readonly folder: string;
}

const LOADS = 3;
const ENGINES = 2;
/** Of all attempts, at the least; the rest calls the use case directly, which costs a tenth of a request. */
const HTTP_SHARE = 0.15;
const OUTSTANDING = 192;
const POLL_MS = 50;
const WIRE_DOWN_MS = 400;
const GIVE_UP_AFTER_MS = 15 * 60_000;
/** The slowest request that a faulty network may still deliver after its sender is gone. */
const GHOSTS_MS = 2_000;

/** Kinds of offers that are hard in different ways; the weights make most of the attempts refusals, as in a flash sale. */
const specs = (round: string, attempts: number): OfferSpec[] => {
  const flash = Math.max(20, Math.round(attempts / 100));
  return [
    { name: `${round}-flash`, stock: flash, held: false, codes: false, perMember: 4, weight: 9 },
    { name: `${round}-codes`, stock: Math.round(flash / 2), held: false, codes: true, perMember: 3, weight: 5 },
    { name: `${round}-holds`, stock: 60, held: true, codes: false, perMember: 2, weight: 4 },
    { name: `${round}-held-codes`, stock: 40, held: true, codes: true, perMember: 5, weight: 3 },
    { name: `${round}-last`, stock: 1, held: false, codes: false, perMember: 1, weight: 2 },
    { name: `${round}-single`, stock: 200, held: true, codes: false, perMember: 1, weight: 3 },
  ];
};

async function onOwner(site: Site, work: (owner: pg.Client) => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: site.cluster.ownerUrl });
  await owner.connect();
  try {
    await work(owner);
  } finally {
    await owner.end();
  }
}

interface RunningLoad {
  readonly child: ChildProcess;
  progress: LoadProgress;
  readonly ended: Promise<void>;
}

export async function hammer(site: Site, plan: RoundPlan, tally: Tally): Promise<void> {
  const began = Date.now();
  const random = randomOf(plan.seed);
  await mkdir(plan.folder, { recursive: true });
  const offers: WatchedOffer[] = [];
  for (const spec of specs(plan.name, plan.attempts)) offers.push({ ...spec, id: await publishOffer(site, spec) });
  if (plan.claims === 'written first') await onOwner(site, alwaysWriteFirst);
  const proxy = await startFaultyProxy({ targets: site.ports, random: randomOf(plan.seed + 1) });
  const watch = startWatch({ site, offers, random: randomOf(plan.seed + 2), historyFile: path.join(plan.folder, 'watch.tsv') });
  const loads = [...(await startLoads({ site, plan, offers, proxy })), ...(await startEngines({ site, plan, offers }))];
  const ended = Promise.all(loads.map((load) => load.ended));
  // A load that dies ends the round at once, and by the way on which servers and database are closed.
  await Promise.race([troubled({ site, plan, loads, random, tally }), ended.then(() => new Promise<never>(() => {}))]);
  await ended;
  await proxy.close();
  await pause(GHOSTS_MS / 4);
  await watch.finish();
  if (plan.claims === 'written first') await onOwner(site, writeAsServed);
  await keepTheEnd(site, plan.folder, offers);

  for (const { progress } of loads) tally.answered(progress.outcomes);
  const attempts = loads.reduce((sum, { progress }) => sum + progress.attempts, 0);
  const overHttp = loads.slice(0, LOADS).reduce((sum, { progress }) => sum + progress.attempts, 0);
  tally.add('attempts', attempts);
  tally.add('of these over HTTP', overHttp);
  for (const [fault, count] of Object.entries(proxy.made)) tally.add(`requests: ${fault}`, count);
  if (plan.claims === 'written first') tally.add('of these where claims are written before the lock', attempts);
  tally.add('holds lapsed by the clock', watch.lapsed);
  tally.add('changes of stock', watch.restocks);
  await judge(site, plan, tally);
  const seconds = (Date.now() - began) / 1000;
  tell(`round ${plan.name}: ${attempts.toLocaleString('en')} attempts in ${seconds.toFixed(0)} s (${Math.round(attempts / seconds)}/s)`);
}

async function startLoads(of: {
  site: Site;
  plan: RoundPlan;
  offers: readonly WatchedOffer[];
  proxy: FaultyProxy;
}): Promise<RunningLoad[]> {
  const { site, plan, offers, proxy } = of;
  const loads: RunningLoad[] = [];
  for (let i = 0; i < LOADS; i++) {
    // The last one lives behind the bad network, with one request at a time on many connections.
    const behindProxy = i === LOADS - 1;
    const name = `${plan.name}-p${i}`;
    const loadPlan: LoadPlan = {
      name,
      seed: plan.seed + 10 + i,
      servers: behindProxy ? [{ host: '127.0.0.1', port: proxy.port }] : site.ports.map((port) => ({ host: '127.0.0.1', port })),
      members: site.members,
      partner: site.partner,
      offers: offers.map(({ name: offerName, id, held, weight }) => ({ name: offerName, id, held, weight })),
      historyFile: path.join(plan.folder, `claims-${name}.tsv`),
      connections: behindProxy ? 8 : 5,
      changeConnections: behindProxy ? 4 : 3,
      depth: behindProxy ? 1 : 12,
      cutsPerThousand: behindProxy ? 0 : 1,
    };
    loads.push(await start('load.ts', loadPlan, plan.folder));
  }
  return loads;
}

async function startEngines({
  site,
  plan,
  offers,
}: {
  site: Site;
  plan: RoundPlan;
  offers: readonly WatchedOffer[];
}): Promise<RunningLoad[]> {
  const members = [...site.memberNames].map(([id, name]) => ({ id, name }));
  const engines: RunningLoad[] = [];
  for (let i = 0; i < ENGINES; i++) {
    const name = `${plan.name}-e${i}`;
    const enginePlan: EnginePlan = {
      name,
      seed: plan.seed + 50 + i,
      settings: site.settings,
      serverUrl: site.serverUrl,
      members,
      offers: offers.map(({ name: offerName, id, held, weight }) => ({ name: offerName, id, held, weight })),
      historyFile: path.join(plan.folder, `claims-${name}.tsv`),
      attempts: Math.round((plan.attempts * (1 - HTTP_SHARE)) / ENGINES),
      outstanding: OUTSTANDING,
    };
    engines.push(await start('engine-load.ts', enginePlan, plan.folder));
  }
  return engines;
}

async function start(program: string, plan: LoadPlan | EnginePlan, folder: string): Promise<RunningLoad> {
  const planFile = path.join(folder, `plan-${plan.name}.json`);
  await writeFile(planFile, JSON.stringify(plan), { mode: 0o600 });
  const child = fork(path.join(import.meta.dirname, program), [planFile], { execArgv: ['--conditions=chung-source'] });
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const load: RunningLoad = { child, progress: { attempts: 0, outcomes: {}, done: false }, ended };
  child.on('message', (message) => {
    load.progress = message as LoadProgress;
  });
  // A load that dies leaves requests without a line: its history could no longer be believed.
  child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`load ${plan.name} ended with ${code}`))));
  return load;
}

/** Kills and cuts one after another, each in the middle of its slice of the load; then the rest of the attempts. */
async function troubled(of: { site: Site; plan: RoundPlan; loads: readonly RunningLoad[]; random: Random; tally: Tally }): Promise<void> {
  const { site, plan, loads, random, tally } = of;
  const troubles = troublesOf(plan, random);
  const engines = loads.slice(LOADS);
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  const sum = (some: readonly RunningLoad[]) => some.reduce((total, { progress }) => total + progress.attempts, 0);
  const until = async (reached: () => boolean) => {
    while (!reached() && Date.now() < deadline) await pause(POLL_MS);
  };
  const most = Math.round((plan.attempts * (1 - HTTP_SHARE)) / ENGINES);
  const send = (order: LoadOrder) => {
    for (const { child } of order.kind === 'stop' ? loads : engines) if (child.connected) child.send(order);
  };
  for (const [place, trouble] of troubles.entries()) {
    const slice = (most * (place + 1)) / (troubles.length + 1);
    send({ kind: 'allow', attempts: Math.ceil(slice) });
    await until(
      () =>
        sum(engines) >= ENGINES * (slice - most / (troubles.length + 1) / 2) &&
        loads.slice(0, LOADS).every(({ progress }) => progress.attempts > 0),
    );
    await cause(trouble, { site, random, tally });
  }
  send({ kind: 'allow', attempts: most });
  await until(() => sum(loads) >= plan.attempts);
  if (sum(loads) < plan.attempts) tally.fail(`round ${plan.name}: only ${sum(loads)} attempts within ${GIVE_UP_AFTER_MS / 60_000} minutes`);
  send({ kind: 'stop' });
}

type Trouble = 'server' | 'postmaster' | 'backend' | 'wire';

function troublesOf({ serverKills, databaseKills, wireCuts }: RoundPlan, random: Random): Trouble[] {
  const troubles: Trouble[] = [
    ...Array.from({ length: serverKills }, (): Trouble => 'server'),
    ...Array.from({ length: databaseKills }, (_, i): Trouble => (i % 2 === 0 ? 'postmaster' : 'backend')),
    ...Array.from({ length: wireCuts }, (): Trouble => 'wire'),
  ];
  for (let i = troubles.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [troubles[i], troubles[j]];
    if (a && b) [troubles[i], troubles[j]] = [b, a];
  }
  return troubles;
}

async function cause(trouble: Trouble, { site, random, tally }: { site: Site; random: Random; tally: Tally }): Promise<void> {
  switch (trouble) {
    case 'server':
      await site.killServer(random.below(site.ports.length));
      tally.add('kill -9 of a server');
      return;
    case 'postmaster':
      await site.cluster.killAndRecover();
      tally.add('kill -9 of the database');
      tally.add('of these the postmaster');
      return;
    case 'backend':
      while (!(await site.cluster.killBackend())) await pause(POLL_MS);
      tally.add('kill -9 of the database');
      tally.add('of these one backend');
      return;
    case 'wire':
      await site.wire.cut();
      await pause(WIRE_DOWN_MS);
      await site.wire.mend();
      tally.add('cuts between server and database');
  }
}

/** What the database holds at the end, beside the history, so that the files alone can be judged. */
async function keepTheEnd(site: Site, folder: string, offers: readonly WatchedOffer[]): Promise<void> {
  const names = new Map(offers.map(({ id, name }) => [id, name]));
  const rows = await site.cluster.ask<{ id: string; offer_id: string; member_id: string; idempotency_key: string; state: string }>(
    'SELECT id, offer_id, member_id, idempotency_key, state FROM chung.redemptions WHERE offer_id = ANY ($1)',
    [[...names.keys()]],
  );
  const redemptions = rows.map(({ id, offer_id, member_id, idempotency_key, state }) => ({
    id,
    offer: names.get(offer_id) ?? offer_id,
    member: site.memberNames.get(member_id) ?? member_id,
    key: idempotency_key,
    state,
  }));
  writeTable(path.join(folder, 'redemptions.tsv'), redemptions, REDEMPTION_COLUMNS);
  const facts = offers.map(({ name, stock, perMember }) => ({ offer: name, stock, perMember }));
  writeTable(path.join(folder, 'offers.tsv'), facts, OFFER_COLUMNS);
}

async function judge(site: Site, plan: RoundPlan, tally: Tally): Promise<void> {
  for (const { name, checks, broken, violations } of judgeHistory(readHistory(plan.folder))) {
    tally.checked(name, { checks, broken });
    tally.fail(...violations.map((violation) => `round ${plan.name}: ${name}: ${violation}`));
  }
  tally.add('histories checked');
  const broken = await checkInvariants(tally, { owner: site.cluster.ownerUrl, server: site.serverUrl });
  tally.fail(...broken.map((sentence) => `round ${plan.name}: ${sentence}`));
}
