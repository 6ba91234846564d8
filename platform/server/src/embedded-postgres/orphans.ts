// A server that was killed hard leaves its PostgreSQL running. The next start stops it before it opens the same files:
// two postmasters on one cluster would destroy it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../kernel/startup-error.ts';

const fastShutdownSeconds = 20;
const quitSeconds = 5;

function postmasterPid(cluster: string): number | undefined {
  try {
    return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

function isPostgresIn(pid: number, cluster: string): boolean {
  try {
    const program = basename(readlinkSync(`/proc/${pid}/exe`)).split(' ')[0];
    return program === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    return false;
  }
}

/**
 * The processes that have the cluster open: the postmaster and, if it was killed alone, its last backends.
 * Every PostgreSQL process works in its data directory, and a process number from a file may have been reused.
 */
function processesOf(cluster: string): number[] {
  if (existsSync('/proc/self/cwd')) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => isPostgresIn(pid, cluster));
  }
  const pid = postmasterPid(cluster);
  if (pid === undefined) return [];
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm=']).includes('postgres') ? [pid] : [];
  } catch {
    return [];
  }
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone in the meantime.
    }
  }
}

async function areGone(cluster: string, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (processesOf(cluster).length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/** @returns whether there was something to stop */
export async function stopOrphans(clusterPath: string): Promise<boolean> {
  if (!existsSync(clusterPath)) return false;
  const cluster = realpathSync(clusterPath);
  const orphans = processesOf(cluster);
  if (orphans.length > 0) {
    const postmaster = postmasterPid(cluster);
    if (postmaster !== undefined && orphans.includes(postmaster)) signalAll([postmaster], 'SIGINT');
    if (!(await areGone(cluster, fastShutdownSeconds))) signalAll(processesOf(cluster), 'SIGQUIT');
    if (!(await areGone(cluster, quitSeconds))) signalAll(processesOf(cluster), 'SIGKILL');
    if (!(await areGone(cluster, quitSeconds))) {
      throw new StartupError(`An earlier PostgreSQL still runs in ${cluster} and cannot be stopped (process ${orphans[0]}).`);
    }
  }
  // Nobody has the cluster open now. PostgreSQL itself would refuse this file if its process number is in use again.
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
  return orphans.length > 0;
}
