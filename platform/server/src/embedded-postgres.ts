// A real PostgreSQL 18 from the npm registry as a child process, for everybody who does not bring their own.
// What can go wrong in its life (root, a killed predecessor, a half-made cluster) is handled in the files beside.
import { mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedBinaries } from './embedded-postgres/binaries.ts';
import { type Durability, placesIn, type RunningCluster, runCluster } from './embedded-postgres/cluster.ts';
import { isDataLockHeld, takeDataLock } from './embedded-postgres/data-lock.ts';
import { findLauncher, type launchersForRoot } from './embedded-postgres/launchers.ts';
import { stopOrphans } from './embedded-postgres/orphans.ts';

export interface EmbeddedPostgresLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface EmbeddedPostgresOptions {
  /** Holds `postgres/`, `postgres.secret`, `postgres.log` and `postgres.lock`; made when absent. */
  dataDirectory: string;
  logger?: EmbeddedPostgresLog;
  /** Tests try each way of running as root; the default tries them in their order. */
  rootLaunchers?: readonly (typeof launchersForRoot)[keyof typeof launchersForRoot][];
}

export interface EphemeralPostgresOptions {
  /** A cluster in a temporary folder that is removed at stop. */
  ephemeral: true;
  durability?: Durability;
  logger?: EmbeddedPostgresLog;
}

const ephemeralPrefix = 'chung-test-postgres-';
const youngMinutes = 2;

async function startIn(options: EmbeddedPostgresOptions, durability: Durability): Promise<RunningCluster> {
  const { logger, rootLaunchers } = options;
  await mkdir(options.dataDirectory, { recursive: true });
  const dataDirectory = await realpath(options.dataDirectory);
  const releaseLock = await takeDataLock(dataDirectory);
  const launcher = await findLauncher(installedBinaries(), dataDirectory, rootLaunchers).catch(async (error) => {
    await releaseLock();
    throw error;
  });
  const release = async () => {
    await launcher.dispose();
    await releaseLock();
  };
  try {
    const places = placesIn(dataDirectory);
    if (await stopOrphans(places.cluster)) logger?.warn('Stopped the PostgreSQL that a killed server had left running.');
    const cluster = await runCluster(places, launcher, durability);
    logger?.info(`PostgreSQL runs in ${places.cluster} (${launcher.name}).`);
    const stop = async () => {
      await cluster.stop();
      await release();
    };
    return { ownerUrl: cluster.ownerUrl, stop };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Test runs that were killed leave a folder and a PostgreSQL; the next run takes both away. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(ephemeralPrefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      // A young one may belong to a run that has not taken its lock yet.
      const isYoung = Date.now() - (await stat(folder)).ctimeMs < youngMinutes * 60_000;
      if (isYoung || (await isDataLockHeld(folder))) continue;
      await stopOrphans(placesIn(folder).cluster);
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or another run is removing it.
    }
  }
}

async function startEphemeral({ durability = 'full', logger }: EphemeralPostgresOptions): Promise<RunningCluster> {
  await removeAbandoned();
  const dataDirectory = await mkdtemp(join(tmpdir(), ephemeralPrefix));
  const remove = () => rm(dataDirectory, { recursive: true, force: true });
  try {
    const running = await startIn({ dataDirectory, ...(logger ? { logger } : {}) }, durability);
    const stop = async () => {
      await running.stop();
      await remove();
    };
    return { ownerUrl: running.ownerUrl, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Starts PostgreSQL and resolves when it answers. `ownerUrl` connects as its superuser to the database `chung`;
 * `stop` shuts down fast and waits for the end. Throws StartupError with a sentence for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions | EphemeralPostgresOptions): Promise<RunningCluster> {
  return 'ephemeral' in options ? startEphemeral(options) : startIn(options, 'full');
}
