// A PostgreSQL with durability on, at one port for its whole life, that the proof may kill as a power cut would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { installedBinaries } from '../../platform/server/src/embedded-postgres/binaries.ts';
import { placesIn } from '../../platform/server/src/embedded-postgres/cluster.ts';
import { findLauncher } from '../../platform/server/src/embedded-postgres/launchers.ts';
import { stopOrphans } from '../../platform/server/src/embedded-postgres/orphans.ts';
import { startEmbeddedPostgres } from '../../platform/server/src/embedded-postgres.ts';
import { freePort } from '../harness/server-process.ts';

const READY_WITHIN_MS = 60_000;
const MAX_CONNECTIONS = 200;

export interface Cluster {
  readonly ownerUrl: string;
  readonly directory: string;
  /** kill -9 of the postmaster, then of what it leaves behind; resolves when a new one has recovered. */
  killAndRecover(): Promise<void>;
  /** kill -9 of one backend of the server's role: PostgreSQL itself throws all sessions out and recovers. */
  killBackend(): Promise<boolean>;
  /** Runs `work` on a connection of the owner. */
  ask<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

// Nothing is tuned away: what is on trial is that an acknowledged claim is on disk.
const settings = (port: number): string[] =>
  Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_connections: MAX_CONNECTIONS,
    timezone: 'UTC',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

export async function startCluster(): Promise<Cluster> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'chung-proof-')));
  // The platform's own start makes the cluster, its password and its database.
  const first = await startEmbeddedPostgres({ dataDirectory: directory });
  await first.stop();
  const port = await freePort();
  const places = placesIn(directory);
  const password = (await readFile(places.secret, 'utf8')).trim();
  const ownerUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/chung`;
  const launcher = await findLauncher(installedBinaries(), directory);
  const log = openSync(places.log, 'a');
  const start = async (): Promise<ChildProcess> => {
    const command = launcher.command(launcher.binaries.postgres, ['-D', places.cluster, ...settings(port)]);
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log, log],
    });
    await untilReady(ownerUrl, places.log);
    return child;
  };
  let postmaster = await start();
  const ask: Cluster['ask'] = async (text, values = []) => {
    const client = new pg.Client({ connectionString: ownerUrl });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const kill = async () => {
    const ended = once(postmaster, 'exit');
    postmaster.kill('SIGKILL');
    await ended;
    // Backends outlive their postmaster for a moment; a new one must not meet them on the same files.
    await stopOrphans(places.cluster);
  };
  return {
    ownerUrl,
    directory,
    ask,
    killAndRecover: async () => {
      await kill();
      postmaster = await start();
    },
    killBackend: async () => {
      const [victim] = await ask<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE usename = 'chung_server' AND backend_type = 'client backend' ORDER BY (state = 'active') DESC, random() LIMIT 1`,
      );
      if (!victim) return false;
      process.kill(victim.pid, 'SIGKILL');
      await pause(200);
      await untilReady(ownerUrl, places.log);
      return true;
    },
    close: async () => {
      if (postmaster.exitCode === null && postmaster.signalCode === null) await kill();
      await launcher.dispose();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, log: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    const ready = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (ready) return;
    await pause(50);
  }
  throw new Error(`PostgreSQL did not recover:\n${(await readFile(log, 'utf8')).split('\n').slice(-15).join('\n')}`);
}
