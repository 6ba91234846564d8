// The reference of the redemption benches: one redemption a transaction, durable, prepared, 16 clients, by pgbench or, where
// it is missing, by the same loop on `pg` in a process of its own.
import { execFile } from 'node:child_process';
import { accessSync, constants, globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CLIENTS = 16;

export interface Loop {
  readonly url: string;
  readonly folder: string;
  /** One statement; `:n` in it is a random number from 1 to `random`. */
  readonly statement: string;
  readonly random: number;
  readonly seconds: number;
}

/** `PGBENCH`, the PATH, then where Debian puts it. */
export function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, 'pgbench'));
  const debian = globSync('/usr/lib/postgresql/*/bin/pgbench').toSorted().toReversed();
  const named = process.env['PGBENCH'];
  return [...(named ? [named] : []), ...onPath, ...debian].find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Transactions a second. */
export async function runLoop(loop: Loop): Promise<number> {
  const pgbench = findPgbench();
  return pgbench === null ? runOnDriver(loop) : runPgbench(pgbench, loop);
}

async function runPgbench(pgbench: string, { url, folder, statement, random, seconds }: Loop): Promise<number> {
  const script = path.join(folder, 'transaction.sql');
  await writeFile(script, `\\set n random(1, ${random})\n${statement};\n`);
  // `-n`: it must not vacuum tables of its own that are not there.
  const args = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds), '-f', script, url];
  const { stdout } = await run(pgbench, args, { maxBuffer: 1 << 24 }).catch((error: { stderr?: string }) => {
    // Every client says the same, with the password in the command above it.
    throw new Error(error.stderr?.split('\n')[0] ?? 'pgbench failed');
  });
  const failed = /number of failed transactions: (\d+)/.exec(stdout)?.[1];
  const rate = /tps = ([\d.]+) \(without initial connection time\)/.exec(stdout)?.[1];
  if (rate === undefined || (failed !== undefined && failed !== '0')) throw new Error(`pgbench: ${stdout}`);
  return Number(rate);
}

async function runOnDriver(loop: Loop): Promise<number> {
  const { stdout } = await run(process.execPath, [
    path.join(import.meta.dirname, 'driver-loop.ts'),
    JSON.stringify({ ...loop, clients: CLIENTS }),
  ]);
  return Number(stdout);
}
