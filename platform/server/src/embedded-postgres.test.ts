import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { launchersForRoot } from './embedded-postgres/launchers.ts';
import { stopOrphans } from './embedded-postgres/orphans.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

// Each test makes a cluster and starts it twice, with fsync on: slow on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

let dataDirectory: string;
let children: ChildProcess[];

beforeEach(async () => {
  // mkdtemp makes it 0700: no other user may enter, as in /root.
  dataDirectory = await mkdtemp(join(tmpdir(), 'chung-data-'));
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(killAndWait));
  await stopOrphans(join(dataDirectory, 'postgres'));
  await rm(dataDirectory, { recursive: true, force: true });
});

async function killAndWait(child: ChildProcess): Promise<void> {
  const isGone = child.exitCode !== null || child.signalCode !== null;
  child.kill('SIGKILL');
  if (!isGone) await once(child, 'exit');
}

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}

/** Starts it in a process of its own, so that the test can kill its parent; resolves with the owner's URL. */
async function startInChild(): Promise<{ child: ChildProcess; ownerUrl: string }> {
  const module = join(import.meta.dirname, 'embedded-postgres.ts');
  const code = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    process.stdout.write((await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)} })).ownerUrl);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ownerUrl = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  return { child, ownerUrl };
}

test('data survives a stop and a start, and an acknowledged write is always on disk', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  await query(first.ownerUrl, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(await query(second.ownerUrl, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  expect(await query(second.ownerUrl, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  expect(await query(second.ownerUrl, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  await second.stop();
  expect((await stat(join(dataDirectory, 'postgres.secret'))).mode & 0o777).toBe(0o600);
  expect(await readdir(dataDirectory)).not.toContain('postgres.lock');
});

test('a second server on the same data directory is refused in one sentence, the first goes on', async () => {
  const { ownerUrl, child } = await startInChild();
  await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow(
    `Another server (process ${child.pid}) already uses the data directory`,
  );
  expect(await query(ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await killAndWait(child);
  await (await startEmbeddedPostgres({ dataDirectory })).stop();
});

test('after kill -9 of the server its PostgreSQL is stopped and acknowledged rows are there', async () => {
  const { child, ownerUrl } = await startInChild();
  await query(ownerUrl, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
  await killAndWait(child);
  const warnings: string[] = [];
  const next = await startEmbeddedPostgres({ dataDirectory, logger: { info: () => {}, warn: (line) => warnings.push(line) } });
  expect(await query(next.ownerUrl, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  expect(warnings).toEqual(['Stopped the PostgreSQL that a killed server had left running.']);
  await expect(query(ownerUrl, 'SELECT 1')).rejects.toThrow();
  await next.stop();
});

test('a half-made cluster and stale lock files do not stand in the way', async () => {
  await mkdir(join(dataDirectory, 'postgres.new', 'cluster', 'base'), { recursive: true });
  await writeFile(join(dataDirectory, 'postgres.lock'), '999999\n1\n');
  const first = await startEmbeddedPostgres({ dataDirectory });
  await first.stop();
  // The number of a process that lives but is no PostgreSQL: this very one.
  await writeFile(join(dataDirectory, 'postgres', 'postmaster.pid'), `${process.pid}\n`);
  const second = await startEmbeddedPostgres({ dataDirectory });
  expect(await query(second.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
});

test('a lost password is told, not overwritten', async () => {
  await (await startEmbeddedPostgres({ dataDirectory })).stop();
  await rm(join(dataDirectory, 'postgres.secret'));
  await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow('postgres.secret is missing');
});

test('an ephemeral server leaves nothing behind', async () => {
  const running = await startEmbeddedPostgres({ ephemeral: true, durability: 'off-for-tests' });
  const [row] = await query(running.ownerUrl, 'SHOW data_directory');
  await running.stop();
  await expect(stat(row.data_directory)).rejects.toThrow('ENOENT');
});

// Which of the ways a machine allows differs (containers forbid namespaces), so each is tried where it can be.
describe.runIf(process.getuid?.() === 0)('as root', () => {
  for (const [name, launcher] of Object.entries(launchersForRoot)) {
    test(`runs by ${name} alone, or says in a sentence that it cannot`, async () => {
      const attempt = startEmbeddedPostgres({ dataDirectory, rootLaunchers: [launcher] });
      const running = await attempt.catch((error: Error) => error.message);
      if (typeof running === 'string') {
        expect(running).toContain('PostgreSQL may not run as root');
        return;
      }
      const rows = await query(running.ownerUrl, 'SELECT current_user AS name');
      expect(rows).toEqual([{ name: 'postgres' }]);
      await running.stop();
      // Whoever owned the cluster, the default way opens it next time.
      await (await startEmbeddedPostgres({ dataDirectory })).stop();
    });
  }
});
