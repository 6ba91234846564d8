import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { StartupError } from '../kernel/startup-error.ts';
import type { Launcher } from './launchers.ts';

const run = promisify(execFile);
const superuser = 'postgres';
const databaseName = 'chung';
const startSeconds = 60;
const stopSeconds = 30;
const largestLogBytes = 10 * 1024 * 1024;

export type Durability = 'full' | 'off-for-tests';

export interface Places {
  cluster: string;
  secret: string;
  log: string;
  /** Where a new cluster is made before it gets its name. */
  workshop: string;
}

export function placesIn(dataDirectory: string): Places {
  return {
    cluster: join(dataDirectory, 'postgres'),
    secret: join(dataDirectory, 'postgres.secret'),
    log: join(dataDirectory, 'postgres.log'),
    workshop: join(dataDirectory, 'postgres.new'),
  };
}

/** The cluster runs in UTC and the C locale whatever the operator's shell says, so that it is the same everywhere. */
const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };

async function superuserPassword(places: Places): Promise<string> {
  try {
    return (await readFile(places.secret, 'utf8')).trim();
  } catch {
    if (existsSync(places.cluster)) {
      throw new StartupError(`${places.secret} is missing: without this password the database in ${places.cluster} cannot be opened.`);
    }
    const password = randomBytes(24).toString('base64url');
    await writeFile(places.secret, `${password}\n`, { mode: 0o600 });
    return password;
  }
}

/**
 * Makes the cluster beside its place and renames it at the end: an initdb that was killed half-way leaves only the
 * workshop, which the next start throws away. Order by code point (C.UTF-8, built in) never changes with a library;
 * what people read is sorted with an ICU collation where it is shown.
 */
async function makeCluster(places: Places, launcher: Launcher, options: { password: string; durability: Durability }): Promise<void> {
  await rm(places.workshop, { recursive: true, force: true });
  await mkdir(places.workshop, { mode: 0o700 });
  const passwordFile = join(places.workshop, 'password');
  const cluster = join(places.workshop, 'cluster');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  await launcher.own(places.workshop);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const identity = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const speed = options.durability === 'full' ? [] : ['--no-sync'];
  const command = launcher.command(launcher.binaries.initdb, ['-D', cluster, ...identity, ...locale, ...speed]);
  try {
    const identityOptions =
      command.options.uid === undefined ? {} : { uid: command.options.uid, gid: command.options.gid ?? command.options.uid };
    await run(command.file, command.args, { ...identityOptions, cwd: places.workshop, env: environment });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0] ?? String(error);
    throw new StartupError(`The database could not be created in ${places.cluster}: ${said}`, { cause: error });
  }
  await rename(cluster, places.cluster);
  await rm(places.workshop, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
  });
  return promise;
}

function settings(port: number, durability: Durability): string[] {
  const sync = durability === 'full' ? 'on' : 'off';
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_connections: 100,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // An acknowledged "redeemed" survives a power cut: these are never tuned away outside throw-away test clusters.
    fsync: sync,
    synchronous_commit: sync,
    full_page_writes: sync,
    log_min_error_statement: 'panic',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export interface RunningCluster {
  ownerUrl: string;
  stop(): Promise<void>;
}

type Child = ReturnType<typeof spawn>;

function hasEnded(child: Child): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function ends(child: Child, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!hasEnded(child)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** SIGINT is PostgreSQL's fast shutdown (ends sessions, writes a checkpoint); SIGQUIT leaves the rest to crash recovery. */
async function stop(child: Child): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGINT');
  if (await ends(child, stopSeconds)) return;
  child.kill('SIGQUIT');
  await ends(child, stopSeconds);
}

async function lastFatalLine(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-20);
  return lines.findLast((line) => /FATAL|PANIC|error/i.test(line))?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'no reason given';
}

async function connectOrWait(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
    return true;
  } catch (error) {
    // Refused: not listening yet. 57P03: listening, still recovering. Anything else will not mend by waiting.
    const code = (error as { code?: string }).code ?? '';
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03' || code === '') return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

async function waitUntilReady(child: Child, url: string, log: string): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  while (!hasEnded(child) && Date.now() < deadline) {
    if (await connectOrWait(url)) return;
    await sleep(50);
  }
  throw new StartupError(`The database did not start: ${await lastFatalLine(log)} (log: ${log})`);
}

/** A log that only grows would fill the disk in the end; one generation is kept. */
async function openLog(path: string) {
  const bytes = await stat(path)
    .then((found) => found.size)
    .catch(() => 0);
  if (bytes > largestLogBytes) await rename(path, `${path}.1`);
  return open(path, 'a', 0o600);
}

export async function runCluster(places: Places, launcher: Launcher, durability: Durability): Promise<RunningCluster> {
  const password = await superuserPassword(places);
  if (!existsSync(places.cluster)) await makeCluster(places, launcher, { password, durability });
  await launcher.own(places.cluster);
  const port = await freePort();
  const log = await openLog(places.log);
  const command = launcher.command(launcher.binaries.postgres, ['-D', places.cluster, ...settings(port, durability)]);
  // A process group of its own: a Ctrl-C in the terminal must reach the server first, which then stops the database.
  const stdio: ['ignore', number, number] = ['ignore', log.fd, log.fd];
  const child = spawn(command.file, command.args, { ...command.options, cwd: '/', env: environment, detached: true, stdio });
  child.on('error', () => {});
  await log.close();
  const url = `postgresql://${superuser}:${password}@127.0.0.1:${port}`;
  try {
    await waitUntilReady(child, `${url}/postgres`, places.log);
  } catch (error) {
    await stop(child);
    throw error;
  }
  child.unref();
  return { ownerUrl: `${url}/${databaseName}`, stop: () => stop(child) };
}
