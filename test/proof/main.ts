// `npm run proof`: everything that redemptions.md asks for, in one run, with a table of what was tried and what held at the end.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ProofOptions, parseArguments, USAGE } from './arguments.ts';
import { hammer } from './hammer.ts';
import { openSite } from './site.ts';
import { Tally } from './tally.ts';
import { tell } from './tell.ts';

const SERVERS = 2;
const MEMBERS = 800;
const ATTEMPTS_A_ROUND = 100_000;
const SERVER_KILLS_A_ROUND = 2;

async function hammerPart({ attempts, minutes, seed }: ProofOptions, tally: Tally, folder: string): Promise<void> {
  tell(`starting ${SERVERS} servers on one PostgreSQL …`);
  const site = await openSite({ servers: SERVERS, members: MEMBERS });
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
          folder: path.join(folder, `round-${round}`),
        },
        tally,
      );
  } finally {
    await site.close();
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
