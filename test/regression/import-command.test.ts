// The command-line import against a server that runs: it finds the server's database, may be stopped or killed at any moment, and
// importing the same file again always ends with every member there exactly once.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registerFile } from '../../platform/server/src/rooms/members/index.ts';
import { runImportCommand } from '../harness/import-command.ts';
import { registerRow, registerText } from '../harness/members-room.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';

const ROWS = 21_000;
/** Lines that one transaction writes, as in import-members.ts; two transactions run at once. */
const BATCH = 10_000;

let dataDirectory: string;
let server: ServerProcess;
let db: pg.Client;
let holder: pg.Client;

beforeAll(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-import-'));
  server = await startServer({ PORT: String(await freePort()), CHUNG_DATA_DIR: dataDirectory });
  const { serverUrl } = JSON.parse(await readFile(path.join(dataDirectory, 'runtime.json'), 'utf8'));
  [db, holder] = [new pg.Client({ connectionString: serverUrl }), new pg.Client({ connectionString: serverUrl })];
  await Promise.all([db.connect(), holder.connect()]);
}, 120_000);
afterEach(async () => {
  await holder?.query('ROLLBACK');
});
afterAll(async () => {
  await Promise.all([db?.end(), holder?.end()]);
  await server?.interrupt();
  await rm(dataDirectory, { recursive: true, force: true });
});

const run = (...args: string[]) => runImportCommand(dataDirectory, args);
const inFolder = (name: string) => path.join(dataDirectory, name);
const number = async (sql: string) => Number((await db.query(sql)).rows[0].n);
const members = () => number('SELECT count(*) AS n FROM chung.members');
const lastImport = async () => (await db.query('SELECT * FROM chung.member_imports ORDER BY id DESC LIMIT 1')).rows[0];
const isWaiting = () =>
  number(`SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

/** Every member has one code, every code one member, and nothing is left waiting. */
async function expectWholeDirectory(): Promise<void> {
  const all = await members();
  expect(await number('SELECT count(*) AS n FROM chung.member_codes')).toBe(all);
  expect(await number('SELECT count(DISTINCT member_code) AS n FROM chung.members')).toBe(all);
  expect(
    await number(
      'SELECT count(*) AS n FROM chung.members m JOIN chung.member_codes k ON k.member_id = m.id AND k.member_code = m.member_code',
    ),
  ).toBe(all);
  expect(await number('SELECT count(*) AS n FROM chung.member_import_rows')).toBe(0);
}

/** A register whose lines at the start of the given batches belong to members who are there already, with another name. */
async function registerWithHolds(name: string, prefix: string, batches: readonly number[]): Promise<string> {
  const held = new Map(batches.map((batch) => [batch * BATCH, `${prefix}-${batch * BATCH}`]));
  await writeFile(
    inFolder(`${name}-first.csv`),
    registerText(...[...held.values()].map((code) => registerRow(code, { full_name: 'Tên Cũ' }))),
  );
  expect(await run(`${name}-first.csv`).exited).toBe(0);
  await holder.query('BEGIN');
  await holder.query('SELECT id FROM chung.members WHERE member_code = ANY($1) FOR UPDATE', [[...held.values()]]);
  await writeFile(inFolder(name), registerText(...Array.from({ length: ROWS }, (_, index) => registerRow(`${prefix}-${index}`))));
  return name;
}

test('an import beside a running server goes into its database and leaves the server running', async () => {
  const before = await members();
  await writeFile(inFolder('good.csv'), registerText(registerRow('01-CLI1'), registerRow('01-CLI2', { phone: '0999' })));
  const command = run('good.csv', '--report', 'rejected.csv');
  expect(await command.exited).toBe(2);
  expect(command.output()).toMatch(/2 rows in .* s .*:\n {2}1 new, 0 changed, 0 unchanged, 1 rejected\n {2}line 3, phone: Not a valid/);
  expect(command.output()).toContain(inFolder('rejected.csv'));
  expect(await members()).toBe(before + 1);
  expect(await readFile(inFolder('rejected.csv'), 'utf8')).toMatch(/^\uFEFFrow,column,reason,text_vi,text_en\n3,phone,bad_phone,"/);
  expect((await stat(inFolder('rejected.csv'))).mode & 0o777).toBe(0o600);
  expect((await fetch(`${server.baseUrl}/readyz`)).status).toBe(200);
});

test('a file that is refused exits with 1, says so in both languages and leaves an earlier report as it was', async () => {
  const before = await members();
  await writeFile(inFolder('refused.csv'), registerText(registerRow('01-CLI3', { phone: '1' })).replace('gender', 'sex'));
  await writeFile(inFolder('earlier.csv'), 'kept');
  const command = run('refused.csv', '--report', 'earlier.csv');
  expect(await command.exited).toBe(1);
  expect(command.output()).toMatch(/Missing column gender;.*\nThiếu cột gender;.*\nNo member was changed\.\n$/);
  expect(await members()).toBe(before);
  expect(await readFile(inFolder('earlier.csv'), 'utf8')).toBe('kept');
  expect((await readdir(dataDirectory)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test.each([
  ['no file', [], /^Name one register file\.\nUsage: /],
  ['two files', ['a.csv', 'b.csv'], /^Name one register file\./],
  ['a file that is not there', ['none.csv'], /^There is no file none\.csv\.\n$/],
  ['a folder', ['.'], /is a directory/],
  ['an option that does not exist', ['good.csv', '--force'], /Unknown option '--force'.*\nUsage: /s],
  ['a report over the register itself', ['good.csv', '--report', './good.csv'], /good\.csv is read by this import/],
  ['a report that is a folder', ['good.csv', '--report', '.'], /is not a file/],
  ['a report in a folder that is not there', ['good.csv', '--report', 'none/../nowhere/r.csv'], /There is no folder .*nowhere/],
])('%s is one sentence, exit code 1 and no import', async (_, args, sentence) => {
  await writeFile(inFolder('good.csv'), registerText(registerRow('01-CLI1')));
  const before = (await lastImport())?.id;
  const command = run(...args);
  expect(await command.exited).toBe(1);
  expect(command.output()).toMatch(sentence);
  expect(command.output()).not.toMatch(/\n\s+at /);
  expect((await lastImport())?.id).toBe(before);
  expect(await readFile(inFolder('good.csv'), 'utf8')).toContain('01-CLI1');
});

test('an import while another runs is refused with exit code 1', async () => {
  await writeFile(inFolder('good.csv'), registerText(registerRow('01-CLI4')));
  await holder.query('BEGIN');
  await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended('chung.member_imports', 0))`);
  const command = run('good.csv');
  expect(await command.exited).toBe(1);
  expect(command.output()).toMatch(/No member was changed/);
  expect(await number(`SELECT count(*) AS n FROM chung.member_codes WHERE member_code = '01-CLI4'`)).toBe(0);
});

test('Ctrl-C while the file is read exits with 130 and has changed nothing', async () => {
  const before = await members();
  // A pipe that nobody closes: the reading goes on until it is stopped.
  await promisify(execFile)('mkfifo', [inFolder('slow.csv')]);
  const command = run('slow.csv');
  const writer = createWriteStream(inFolder('slow.csv'));
  writer.on('error', () => undefined);
  writer.write(registerText(...Array.from({ length: 2_000 }, (_, index) => registerRow(`01-SLOW${index}`))));
  await expect.poll(async () => (await lastImport())?.state, { timeout: 20_000 }).toBe('running');
  command.child.kill('SIGINT');
  expect(await command.exited).toBe(130);
  writer.destroy();
  expect(command.output()).toContain('Stopped. No member was changed.');
  expect(await members()).toBe(before);
  expect(await lastImport()).toMatchObject({ state: 'failed', inserted: 0, report_path: null });
  await expectWholeDirectory();
});

test('Ctrl-C while members are written exits with 130 after the running batches, and the next import completes', async () => {
  const before = await members();
  const file = await registerWithHolds('stopped.csv', '02', [0, 1]);
  const command = run(file);
  await expect.poll(isWaiting, { timeout: 30_000 }).toBe(2);
  command.child.kill('SIGINT');
  // The two batches that run may end; no further one begins.
  await expect.poll(command.output).toContain('Stopping');
  await holder.query('ROLLBACK');
  expect(await command.exited).toBe(130);
  expect(command.output()).toContain('Stopped. Import the same file again: what is written stays, the rest is added.');
  const written = (await members()) - before;
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThanOrEqual(2 * BATCH);
  expect(await lastImport()).toMatchObject({ state: 'failed' });
  expect(await run(file).exited).toBe(0);
  expect(await lastImport()).toMatchObject({ state: 'done', rows_read: ROWS, inserted: ROWS - written, updated: 0, unchanged: written });
  expect(await members()).toBe(before + ROWS);
  await expectWholeDirectory();
});

test('kill -9 while members are written loses and doubles nobody: the next import completes', async () => {
  const before = await members();
  const file = await registerWithHolds('killed.csv', '04', [1]);
  const command = run(file);
  // One lane waits in the second batch; the other has written all the rest.
  await expect.poll(members, { timeout: 30_000 }).toBe(before + ROWS - BATCH + 1);
  await expect.poll(isWaiting, { timeout: 30_000 }).toBe(1);
  command.child.kill('SIGKILL');
  expect(await command.exited).toBe(null);
  await holder.query('ROLLBACK');
  expect(await lastImport()).toMatchObject({ state: 'running' });
  await expect.poll(() => run(file).exited, { timeout: 30_000 }).toBe(0);
  const done = await lastImport();
  expect(done).toMatchObject({ state: 'done', rows_read: ROWS, rejected: 0 });
  // The batch that was cut off is not there in part: all of it is written now.
  expect(done.inserted + done.updated).toBe(BATCH);
  expect(await number(`SELECT count(*) AS n FROM chung.member_imports WHERE state = 'running'`)).toBe(0);
  expect(await number(`SELECT count(*) AS n FROM chung.members WHERE member_code LIKE '04-%' AND full_name = 'Tên Cũ'`)).toBe(0);
  expect(await members()).toBe(before + ROWS);
  await expectWholeDirectory();
});

test('one bad row in 100,000 costs that row alone, and the report names its line', async () => {
  const before = await members();
  const chunks: Buffer[] = [];
  for await (const chunk of registerFile({ count: 100_000, seed: 11, badRows: 1 })) chunks.push(chunk);
  await writeFile(inFolder('hundred-thousand.csv'), chunks);
  const command = run('hundred-thousand.csv', '--report', 'one.csv');
  expect(await command.exited).toBe(2);
  const done = await lastImport();
  expect(done).toMatchObject({ state: 'done', rows_read: 100_000, rejected: 1, first_errors: [{ row: 100_001, column: 'birth_date' }] });
  expect(done.inserted + done.updated + done.unchanged).toBe(99_999);
  expect((await members()) - before).toBe(done.inserted);
  expect((await readFile(inFolder('one.csv'), 'utf8')).trim().split('\n')).toHaveLength(2);
  await expectWholeDirectory();
});
