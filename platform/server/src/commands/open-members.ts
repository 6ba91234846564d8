// The way of command-line tools to the directory: the same settings, keys and database as the server's.
import path from 'node:path';
import pino from 'pino';
import { readConfig } from '../config.ts';
import { createCursors } from '../kernel/cursor.ts';
import { createDb } from '../kernel/db.ts';
import { createVault } from '../kernel/vault.ts';
import { createMembers, type Members } from '../rooms/members/index.ts';
import { loadKeys } from '../secrets.ts';
import { openDatabaseOfTools } from './open-database.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const POOL_SIZE = 5;

/** Uses the database of a running server, or else `DATABASE_URL`, or else starts the embedded one for the time of the command. */
export async function openMembers(say: (line: string) => void): Promise<{ members: Members; close(): Promise<void> }> {
  const config = readConfig({ CHUNG_DEMO: '0', ...process.env }, process.env['INIT_CWD'] ?? REPOSITORY);
  const keys = await loadKeys(config);
  const database = await openDatabaseOfTools(config, { serverPassword: keys.databaseRole, say });
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
