import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase } from '../../../../test/harness/database.ts';
import { migrate } from './migrate.ts';
import { StartupError } from './startup-error.ts';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'chung-migrations-'));
  await writeFile(join(folder, '0001_first.sql'), '-- a first table\nCREATE TABLE first (id int);\nINSERT INTO first VALUES (1);');
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

function run(ownerUrl = database.ownerUrl) {
  return migrate({ ownerUrl, serverPassword: database.serverPassword, log: () => {}, folder });
}

async function query(sql: string, url = database.ownerUrl) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
}

test('applies what is pending once, also when two start at the same moment', async () => {
  const runs = await Promise.all([run(), run()]);
  expect(runs.flatMap(({ applied }) => applied)).toEqual(['0001_first']);
  expect((await query('SELECT count(*)::int AS n FROM first')).rows).toEqual([{ n: 1 }]);
});

test('a file with a smaller number that comes later is applied', async () => {
  await run();
  await writeFile(join(folder, '0000_late.sql'), '-- comes late\nCREATE TABLE late (id int);');
  expect((await run()).applied).toEqual(['0000_late']);
});

test('a failing migration leaves nothing behind, of itself and of those before it', async () => {
  await writeFile(join(folder, '0002_bad.sql'), '-- bad\nCREATE TABLE second (id int);\nSELECT 1/0;');
  await expect(run()).rejects.toThrow('nothing was changed: division by zero');
  expect((await query(`SELECT to_regclass('first') AS t`)).rows).toEqual([{ t: null }]);
});

test('a database from a newer release is refused by name', async () => {
  await run();
  await query(`INSERT INTO chung_migrations.migrations (name, run_on) VALUES ('0099_future', now())`);
  await expect(run()).rejects.toThrow('newer than this version of Chung (it has 0099_future)');
});

test('an owner who may not create the role is told what to do', async () => {
  const owner = `limited_${Date.now()}`;
  const name = new URL(database.ownerUrl).pathname.slice(1);
  await query(`CREATE ROLE ${owner} LOGIN PASSWORD 'x'`);
  await query(`ALTER DATABASE ${name} OWNER TO ${owner}`);
  const url = new URL(database.ownerUrl);
  url.username = owner;
  url.password = 'x';
  const another = migrate({ ownerUrl: url.href, serverPassword: 'not the one it has', log: () => {}, folder });
  await expect(another).rejects.toThrow('let an administrator run "ALTER ROLE chung_server');
  await query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
  await query(`DROP ROLE ${owner}`);
});

test('a database that does not answer is one sentence without the password', async () => {
  const error = await run('postgresql://someone:secret@127.0.0.1:1/none').catch((thrown: Error) => thrown);
  expect(String(error)).toBe('StartupError: The database at 127.0.0.1:1/none does not answer: ECONNREFUSED.');
});

test('two starters with a slow migration: the second waits, finds it done and applies nothing', async () => {
  await writeFile(join(folder, '0002_slow.sql'), '-- slow\nSELECT pg_sleep(0.5);\nCREATE TABLE slow (id int);');
  const runs = await Promise.all([run(), run(), run()]);
  expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 2]);
  expect(new Set(runs.map(({ serverUrl }) => serverUrl)).size).toBe(1);
});

test('a starter that dies while it migrates leaves nothing, and the next one does the work', async () => {
  await writeFile(join(folder, '0002_slow.sql'), '-- slow\nCREATE TABLE slow (id int);\nSELECT pg_sleep(30);');
  const dying = run().catch((error: unknown) => error);
  const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  await expect.poll(async () => (await query(waiting)).rows.length, { timeout: 10_000 }).toBe(1);
  await query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS dying`);
  expect(await dying).toBeInstanceOf(StartupError);
  expect((await query(`SELECT to_regclass('first') AS first, to_regclass('slow') AS slow`)).rows).toEqual([{ first: null, slow: null }]);
  await writeFile(join(folder, '0002_slow.sql'), '-- quick now\nCREATE TABLE slow (id int);');
  expect((await run()).applied).toEqual(['0001_first', '0002_slow']);
});

test('the server’s role owns nothing and may not make anything', async () => {
  const { serverUrl } = await run();
  await expect(query('CREATE TABLE mine (id int)', serverUrl)).rejects.toThrow('permission denied');
  await expect(query('CREATE SCHEMA mine', serverUrl)).rejects.toThrow('permission denied');
  await expect(query('SELECT * FROM first', serverUrl)).rejects.toThrow('permission denied');
  const rights = await query(`SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = 'chung_server'`);
  expect(rights.rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false }]);
});

test.each([
  ['not an address', 'somewhere'],
  ['a wrong password', 'wrong'],
  ['a database that is not there', 'missing'],
])('%s is one sentence that shows no password', async (_, kind) => {
  const url = new URL(database.ownerUrl);
  if (kind === 'wrong') url.password = 'hunter2';
  if (kind === 'missing') url.pathname = '/no_such_database';
  const error = await run(kind === 'somewhere' ? 'somewhere' : url.href).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartupError);
  expect(String(error)).toMatch(
    /^StartupError: (DATABASE_URL is not a valid address|The database at [\w.:/]+ does not answer: (28P01|3D000)\.)/,
  );
  expect(String(error)).not.toMatch(/hunter2|somewhere:/);
});

const first = '-- a first table\nCREATE TABLE first (id int);\nINSERT INTO first VALUES (1);';
const write = (text: string) => writeFile(join(folder, '0001_first.sql'), text);

test('a file that was edited after it ran is noticed at the next start, by name, and nothing is applied', async () => {
  await run();
  await write(first.replace('(id int)', '(id bigint)'));
  await writeFile(join(folder, '0002_next.sql'), '-- next\nCREATE TABLE next (id int);');
  const error = await run().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartupError);
  expect(String(error)).toContain('0001_first.sql was changed after it ran on this database');
  expect((await query(`SELECT to_regclass('next') AS t`)).rows).toEqual([{ t: null }]);
  await write(first);
  expect((await run()).applied).toEqual(['0002_next']);
});

test('a comment, a blank line and the line ends of another system are no edit', async () => {
  await run();
  await write(`-- better words\r\n\r\n${first.replaceAll('\n', '\r\n')}\r\n-- and an end\r\n`);
  expect((await run()).applied).toEqual([]);
});

test('a database from before the check is taken as it is, and watched from then on', async () => {
  await run();
  await query('DROP TABLE chung_migrations.checksums');
  await write(first.replace('VALUES (1)', 'VALUES (2)'));
  await run();
  await write(first);
  await expect(run()).rejects.toThrow('0001_first.sql was changed');
});
