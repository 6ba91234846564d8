// `npm run proof`: everything that redemptions.md asks for, in one run, with a table of what was tried and what held at the end.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useCluster } from '../harness/database.ts';
import { prepare } from '../harness/database-setup.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../harness/redemption-rooms.ts';
import { alwaysWriteFirst, writeAsServed } from '../harness/write-first.ts';
import { type ProofOptions, parseArguments, USAGE } from './arguments.ts';
import { hammer } from './hammer.ts';
import { runAtOnce, runInTurns } from './model.ts';
import { tryMutants } from './mutants.ts';
import { tryOrders } from './orders.ts';
import { openSite } from './site.ts';
import { Tally } from './tally.ts';
import { tell } from './tell.ts';

const SERVERS = 2;
const MEMBERS = 800;
/** How much of each part belongs to a million requests; less of it to fewer. */
const MODEL_RUNS = 60;
const ORDER_RUNS = 300;
const LEAST_SHARE = 0.1;
const ATTEMPTS_A_ROUND = 100_000;
const SERVER_KILLS_A_ROUND = 2;

/** A run that is broken off must leave no server and no PostgreSQL behind. */
function closeOnSignal(close: () => Promise<unknown>): () => void {
  const stop = () => void close().finally(() => process.exit(130));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

async function hammerPart({ attempts, minutes, seed }: ProofOptions, tally: Tally, folder: string): Promise<void> {
  tell(`starting ${SERVERS} servers on one PostgreSQL …`);
  const site = await openSite({ servers: SERVERS, members: MEMBERS });
  const forget = closeOnSignal(() => site.close());
  try {
    const deadline = minutes === null ? null : Date.now() + minutes * 60_000;
    const rounds = Math.max(1, Math.round(attempts / ATTEMPTS_A_ROUND));
    const goesOn = (round: number) => (deadline === null ? round < rounds : Date.now() < deadline);
    for (let round = 0; goesOn(round); round++)
      await hammer(
        site,
        {
          name: `r${round}`,
          seed: seed + round * 1_000,
          attempts: Math.ceil(deadline === null ? attempts / rounds : ATTEMPTS_A_ROUND),
          serverKills: SERVER_KILLS_A_ROUND,
          databaseKills: round % 3 === 2 ? 2 : 1,
          wireCuts: 1,
          claims: round % 2 === 1 ? 'written first' : 'as served',
          folder: path.join(folder, `round-${round}`),
        },
        tally,
      );
  } finally {
    forget();
    await site.close();
  }
}

async function modelPart({ seed }: ProofOptions, tally: Tally, { world, share }: { world: RedemptionRooms; share: number }): Promise<void> {
  const runs = Math.ceil(MODEL_RUNS * share);
  const forms = {
    'steps of the model, one after another': () => runInTurns(world, { seed, runs, longest: 60 }),
    'actions at once, looked at afterwards': () => runAtOnce(world, { seed, runs, longest: 60 }),
    'actions at once, claims written before the lock': async () => {
      await alwaysWriteFirst(world.owner);
      return runAtOnce(world, { seed: seed + 1, runs, longest: 60 }).finally(() => writeAsServed(world.owner));
    },
  };
  for (const [name, form] of Object.entries(forms)) {
    // fast-check tells the smallest sequence that fails, with the seed that repeats it.
    const done = await form().catch((error: unknown) => {
      tally.fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return { commands: 0, runs: 0 };
    });
    tally.add(name, done.commands);
    tally.checked(`the model agrees: ${name}`, { checks: done.runs, broken: 0 });
    tell(`${done.commands} ${name}`);
  }
}

async function ordersPart(
  { seed }: ProofOptions,
  tally: Tally,
  { world, share }: { world: RedemptionRooms; share: number },
): Promise<void> {
  const { checks, failures } = await tryOrders(world, { seed, runs: Math.ceil(ORDER_RUNS * share) });
  tally.add('sets of changes of one redemption at once', checks);
  tally.checked('I8 any interleaving ends as some order would', { checks, broken: failures.length });
  tally.fail(...failures);
  tell(`${checks} sets of changes at once ended as some order would`);
}

/** The parts that look into one process need no durability: a throw-away cluster, with a database for each. */
async function partsInProcess(options: ProofOptions, tally: Tally, wanted: (part: ProofOptions['only']) => boolean): Promise<void> {
  if (!wanted('model') && !wanted('orders') && !wanted('mutants')) return;
  const share = Math.max(LEAST_SHARE, Math.min(1, options.attempts / 1_000_000));
  const cluster = await prepare();
  const forget = closeOnSignal(() => cluster.stop());
  try {
    useCluster(cluster);
    if (wanted('model') || wanted('orders')) {
      const world = await openRedemptionRooms();
      try {
        if (wanted('model')) await modelPart(options, tally, { world, share });
        if (wanted('orders')) await ordersPart(options, tally, { world, share });
      } finally {
        await world.close();
      }
    }
    if (wanted('mutants')) await tryMutants(tally);
  } finally {
    forget();
    await cluster.stop();
  }
}

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}\n`);
    return 2;
  }
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'chung-histories-')));
  const tally = new Tally();
  const wanted = (part: ProofOptions['only']) => options.only === null || options.only === part;
  tell(`seed ${options.seed}; histories go to ${folder}`);
  const began = Date.now();
  await partsInProcess(options, tally, wanted);
  if (wanted('hammer')) await hammerPart(options, tally, folder);
  tally.add('seconds', Math.round((Date.now() - began) / 1000));
  process.stdout.write(`\n${tally.toText()}\n`);
  process.stdout.write(
    `\nThe histories are in ${folder}; judge them again with: node test/proof/check-history.ts ${path.join(folder, 'round-0')}\n`,
  );
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify({ ...options, ...tally.toJson() }, null, 2)}\n`);
  return tally.holds ? 0 : 1;
}

process.exitCode = await main();
