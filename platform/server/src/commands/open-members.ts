// The way of command-line tools to the directory: the same settings, keys and database as the server's.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { type Config, readConfig } from '../config.ts';
import { openDatabase } from '../database.ts';
import { createCursors } from '../kernel/cursor.ts';
import { createDb } from '../kernel/db.ts';
import { createVault } from '../kernel/vault.ts';
import { createMembers, type Members } from '../rooms/members/index.ts';
import { loadKeys } from '../secrets.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const POOL_SIZE = 5;
const Runtime = z.looseObject({ serverUrl: z.string(), pid: z.int() });

/** The embedded database of a server that runs right now, told by the file that the server keeps while it runs. */
async function runningServerUrl(config: Config): Promise<string | null> {
  const text = await readFile(path.join(config.dataDirectory, 'runtime.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { serverUrl, pid } = Runtime.parse(JSON.parse(text));
    // A server that was killed leaves the file; then the database is opened as if there were no server.
    process.kill(pid, 0);
    return serverUrl;
  } catch {
    return null;
  }
}

/** Uses the database of a running server, or else `DATABASE_URL`, or else starts the embedded one for the time of the command. */
export async function openMembers(say: (line: string) => void): Promise<{ members: Members; close(): Promise<void> }> {
  const config = readConfig({ CHUNG_DEMO: '0', ...process.env }, process.env['INIT_CWD'] ?? REPOSITORY);
  const keys = await loadKeys(config);
  const running = config.DATABASE_URL ? null : await runningServerUrl(config);
  const database = running
    ? { serverUrl: running, close: async () => {} }
    : await openDatabase(config, { serverPassword: keys.databaseRole, say });
  const db = createDb(database.serverUrl, { poolSize: POOL_SIZE, onIdleError: () => {} });
  const members = createMembers({
    db,
    vault: createVault(keys.vault),
    dataDirectory: config.dataDirectory,
    log: pino({ level: 'silent' }),
    cursors: createCursors(keys.cursor),
  });
  const close = async () => {
    await db.close();
    await database.close();
  };
  try {
    await members.seedReferenceData();
    return { members, close };
  } catch (error) {
    await close();
    throw error;
  }
}
