import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase } from '../../../../test/harness/database.ts';
import { migrate } from './migrate.ts';

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
