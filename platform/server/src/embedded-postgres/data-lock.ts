// One server per data directory. The lock names the process that holds it and when that process began, so that
// a lock left by a killed server is told from one whose process number was merely given to somebody else.
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../kernel/startup-error.ts';

interface Holder {
  pid: number;
  began: string;
}

/** When a process began, in the kernel's ticks; empty where /proc is missing (then only the number counts). */
function beginningOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    // A zombie has ended; only its parent has not asked yet.
    return fields?.[0] === 'Z' ? 'ended' : (fields?.[19] ?? '');
  } catch {
    return '';
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return beginningOf(holder.pid) === holder.began;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const [pid, began] = (await readFile(file, 'utf8')).split('\n');
    return pid ? { pid: Number(pid), began: began ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

export async function takeDataLock(dataDirectory: string): Promise<() => Promise<void>> {
  const file = join(dataDirectory, 'postgres.lock');
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(file, `${process.pid}\n${beginningOf(process.pid)}\n`, { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(file);
    if (holder && isAlive(holder)) {
      throw new StartupError(`Another server (process ${holder.pid}) already uses the data directory ${dataDirectory}.`);
    }
    await rm(file, { force: true });
  }
  throw new StartupError(`The data directory ${dataDirectory} is being taken by another server: try again.`);
}

/** For whoever cleans up after killed processes: is the one that took the lock still there? */
export async function isDataLockHeld(dataDirectory: string): Promise<boolean> {
  const holder = await readHolder(join(dataDirectory, 'postgres.lock'));
  return holder !== undefined && isAlive(holder);
}
