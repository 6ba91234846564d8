import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { generateUnits, registerFile } from '../../platform/server/src/rooms/members/index.ts';
import { type Bench, inTurns, ratioOf } from './lib/bench.ts';
import { openSale } from './lib/sale.ts';

/** `BENCH_ROWS=5860000` imports all members of today. */
const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const IMPORT = 'platform/server/src/commands/import-members.ts';
const SAMPLE_MS = 50;
/** As `npm run members:import` starts Node. */
const NODE_OPTIONS = ['--conditions=chung-source', '--max-old-space-size=112', '--max-semi-space-size=4'];

export const bench: Bench = {
  name: 'member-import',
  what: `a register of ${ROWS.toLocaleString('en')} members from CSV: parsed, checked, contact data sealed, written to an empty directory`,
  reference: 'COPY of the same rows as they are stored into a bare table with the same columns and primary key',
  bars: [
    { figure: 'ratio', better: 'more', must: 0.3, goal: 0.6 },
    { figure: 'memory', better: 'less', must: 300, goal: null },
  ],
  run: async (context) => {
    const { owner, database, settings, platform } = await openSale(context, { members: 1 });
    await platform.members.addUnits(generateUnits());
    const folder = await context.folder();
    const [register, rows] = [path.join(folder, 'register.csv'), path.join(folder, 'rows.copy')];
    await pipeline(Readable.from(registerFile({ count: ROWS, seed: 1 })), createWriteStream(register));
    const memory: number[] = [];
    const ours = async () => {
      const done = await importRegister(register, { ...settings, DATABASE_URL: database.ownerUrl });
      memory.push(done.peakMegabytes);
      return ROWS / done.seconds;
    };
    await empty(owner);
    const first = await importRegister(register, { ...settings, DATABASE_URL: database.ownerUrl });
    context.say(`${Math.round(ROWS / first.seconds).toLocaleString('en')} rows/s to warm up, peak ${first.peakMegabytes.toFixed(0)} MB`);
    await pipeline(owner.query(copyTo('COPY chung.members TO STDOUT')), createWriteStream(rows));
    const postgres = await context.postgres();
    const turns = await inTurns(context, { ours, copy: () => copyRows(database.ownerUrl, rows) }, async () => {
      await empty(owner);
      await postgres.checkpoint();
    });
    return {
      figures: [
        { name: 'ratio', unit: '×', samples: ratioOf(turns.ours, turns.copy) },
        { name: 'memory', unit: 'MB', samples: memory },
        { name: 'import', unit: 'rows/s', samples: turns.ours },
        { name: 'COPY', unit: 'rows/s', samples: turns.copy },
      ],
      broken: [],
    };
  },
};

async function empty(owner: pg.Client): Promise<void> {
  await owner.query('TRUNCATE chung.members, chung.member_codes, chung.member_import_rows');
  await owner.query('DROP TABLE IF EXISTS bare');
  await owner.query('CREATE TABLE bare (LIKE chung.members)');
  await owner.query('ALTER TABLE bare ADD PRIMARY KEY (id)');
}

/** Runs the command as an operator does; the time is the import's own, without the start of the process. */
async function importRegister(
  file: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ seconds: number; peakMegabytes: number }> {
  const env = { ...process.env, NODE_ENV: 'development', INIT_CWD: REPOSITORY, ...settings };
  const child = spawn(process.execPath, [...NODE_OPTIONS, path.join(REPOSITORY, IMPORT), file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  let peakMegabytes = 0;
  // The system keeps the greatest so far, so a sample a moment before the end has missed nothing.
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakMegabytes = Math.max(peakMegabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(sampling);
  const [, read = '', seconds = ''] = /([\d,]+) rows in ([\d.]+) s/.exec(output) ?? [];
  if (code !== 0 || Number(read.replaceAll(',', '')) !== ROWS) throw new Error(`the import ended with ${code}:\n${output}`);
  return { seconds: Number(seconds), peakMegabytes };
}

async function copyRows(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const began = performance.now();
    await pipeline(createReadStream(file), client.query(copyFrom('COPY bare FROM STDIN')));
    return ROWS / ((performance.now() - began) / 1000);
  } finally {
    await client.end();
  }
}
