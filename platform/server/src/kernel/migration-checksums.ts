// Notices a migration file that was edited after it ran somewhere: that database and a new one would differ, and no test of ours
// would see it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { StartupError } from './startup-error.ts';

const TABLE = 'chung_migrations.checksums';

/** Of what runs: comments, blank lines and the line ends of a checkout on Windows change nothing. */
function checksumOf(folder: string, name: string): string {
  const lines = readFileSync(join(folder, `${name}.sql`), 'utf8').split(/\r?\n/);
  const statements = lines.filter((line) => !/^\s*(--.*)?$/.test(line)).map((line) => line.trimEnd());
  return createHash('sha256').update(statements.join('\n')).digest('hex');
}

async function known(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await client.query<{ found: string | null }>('SELECT to_regclass($1) AS found', [TABLE]);
  if (tables[0]?.found === null) return new Map();
  const { rows } = await client.query<{ name: string; sha256: string }>(`SELECT name, sha256 FROM ${TABLE}`);
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

/** Before anything runs: every file that ran here is still what it was then. */
export async function refuseEdited(client: pg.Client, folder: string, files: ReadonlySet<string>): Promise<void> {
  const edited = [...(await known(client))].filter(([name, sha256]) => files.has(name) && checksumOf(folder, name) !== sha256);
  if (edited.length === 0) return;
  const names = edited.map(([name]) => `${name}.sql`).join(', ');
  throw new StartupError(
    `${names} was changed after it ran on this database. Put the file back as it was and write the change as a new migration; ` +
      'in development, remove the data folder to start anew.',
  );
}

/** Afterwards: what a database of before this check has applied is taken as it is now. */
export async function recordChecksums(client: pg.Client, folder: string, history: string): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS ${TABLE} (name text PRIMARY KEY, sha256 text NOT NULL)`);
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM ${history} AS h WHERE NOT EXISTS (SELECT 1 FROM ${TABLE} AS c WHERE c.name = h.name)`,
  );
  for (const { name } of rows) await client.query(`INSERT INTO ${TABLE} (name, sha256) VALUES ($1, $2)`, [name, checksumOf(folder, name)]);
}
