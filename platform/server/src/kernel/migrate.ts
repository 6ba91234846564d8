// Brings a database to the schema of this code: the server's role first, then the numbered SQL files, as the owner.
// The server itself connects as `chung_server`, which owns nothing and has only what the migrations grant.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { recordChecksums, refuseEdited } from './migration-checksums.ts';
import { codeOf } from './outside.ts';
import { StartupError } from './startup-error.ts';

const serverRole = 'chung_server';
const oldestVersion = 15;
const lockKey = 5_201_314;
const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');
const history = { schema: 'chung_migrations', table: 'migrations' };

export interface MigrateOptions {
  /** A direct connection (not through a pooler in transaction mode: the lock belongs to the session). */
  ownerUrl: string;
  /** The password that the server's role gets. */
  serverPassword: string;
  log: (message: string) => void;
  /** Tests bring their own. */
  folder?: string;
}

export interface Migrated {
  /** Connects as the server's role to the same database. */
  serverUrl: string;
  /** The names of what was applied now; empty when the database was up to date. */
  applied: string[];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where the database is, without who and with what password: safe to show. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    throw new StartupError('DATABASE_URL is not a valid address; it looks like postgresql://user:password@host:5432/database.');
  }
}

async function connect(ownerUrl: string): Promise<pg.Client> {
  const place = placeOf(ownerUrl);
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  // A lost connection shows in the query that waits for it; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    // The cause stays with the error for the log; an operator needs the place and the reason.
    throw new StartupError(`The database at ${place} does not answer: ${codeOf(error) || reasonOf(error)}.`, { cause: error });
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS version`);
  const version = rows[0]?.version ?? 0;
  if (version < oldestVersion) {
    throw new StartupError(`PostgreSQL ${version} is too old: version ${oldestVersion} or newer is needed.`);
  }
}

function serverUrlFrom(ownerUrl: string, serverPassword: string): string {
  const url = new URL(ownerUrl);
  url.username = serverRole;
  url.password = encodeURIComponent(serverPassword);
  return url.href;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.end());
}

/**
 * Creates the role, or gives it the password. An owner who may not do that is fine as long as somebody who may
 * has already made the role with this password.
 */
async function ensureServerRole(client: pg.Client, serverPassword: string, serverUrl: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [serverRole]);
  if (rowCount === 1 && (await canConnect(serverUrl))) return;
  const verb = rowCount === 1 ? 'ALTER' : 'CREATE';
  try {
    await client.query(`${verb} ROLE ${serverRole} LOGIN PASSWORD ${pg.escapeLiteral(serverPassword)}`);
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    const deed = verb === 'CREATE' ? 'create the role' : 'set the password of the role';
    throw new StartupError(
      `The owner of the database may not ${deed} ${serverRole}: let an administrator run ` +
        `"${verb} ROLE ${serverRole} LOGIN PASSWORD '…'" with the server's password, or give the owner CREATEROLE.`,
      { cause: error },
    );
  }
}

function knownMigrations(folder: string): Set<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return new Set(files.map((file) => file.slice(0, -'.sql'.length)));
}

async function refuseNewerDatabase(client: pg.Client, folder: string): Promise<void> {
  const { rows: tables } = await client.query('SELECT to_regclass($1) AS found', [`${history.schema}.${history.table}`]);
  if (tables[0]?.found === null) return;
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${history.schema}.${history.table} ORDER BY id`);
  const known = knownMigrations(folder);
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new StartupError(`The database is newer than this version of Chung (it has ${unknown.join(', ')}): run a newer version.`);
  }
}

async function applyPending(client: pg.Client, folder: string, log: MigrateOptions['log']): Promise<string[]> {
  const quiet = () => {};
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsSchema: history.schema,
      createMigrationsSchema: true,
      migrationsTable: history.table,
      // Rooms number their files in ranges of their own, so a later file may have a smaller number.
      checkOrder: false,
      // All or nothing: a release that fails half-way leaves the schema that the old release knows.
      singleTransaction: true,
      // We hold the lock already, around the role too.
      noLock: true,
      logger: { info: quiet, warn: quiet, error: quiet, debug: quiet },
    });
    for (const { name } of applied) log(`Applied migration ${name}.`);
    return applied.map(({ name }) => name);
  } catch (error) {
    throw new StartupError(`A migration failed and nothing was changed: ${reasonOf(error)}`, { cause: error });
  }
}

/** Safe to call from several starters at once: the first does the work, the others wait and find it done. */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { ownerUrl, serverPassword, log, folder = migrationsFolder } = options;
  const client = await connect(ownerUrl);
  try {
    await refuseOldServer(client);
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await refuseNewerDatabase(client, folder);
    await refuseEdited(client, folder, knownMigrations(folder));
    const serverUrl = serverUrlFrom(ownerUrl, serverPassword);
    await ensureServerRole(client, serverPassword, serverUrl);
    const applied = await applyPending(client, folder, log);
    await recordChecksums(client, folder, `${history.schema}.${history.table}`);
    return { serverUrl, applied };
  } finally {
    // Ending the session gives the lock back, also after a failure.
    await client.end();
  }
}
