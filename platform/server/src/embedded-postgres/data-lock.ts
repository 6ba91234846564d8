// One server per data directory. The lock names the process that holds it and when that process began, so that
// a lock left by a killed server is told from one whose process number was merely given to somebody else.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../kernel/outside.ts';
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
    if (codeOf(error) === 'ESRCH') return false;
  }
  const began = beginningOf(holder.pid);
  // What could not be read says nothing: the number alone counts then, and a lock that may be held is not taken away.
  return began === '' || holder.began === '' || began === holder.began;
}

/** `absent` is not the same as unreadable: what is not there may be made by somebody at any moment. */
async function readHolder(file: string): Promise<Holder | 'absent' | undefined> {
  try {
    const [pid, began] = (await readFile(file, 'utf8')).split('\n');
    // Nothing but a number can be a process: of anything else the question whether it lives has no answer.
    return pid && /^[1-9]\d*$/.test(pid) ? { pid: Number(pid), began: began ?? '' } : undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'absent' : undefined;
  }
}

const WITHOUT_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Makes the lock with its content in one step: another starter that read it while it is empty would take it for a stale one. */
async function createLock(file: string): Promise<boolean> {
  const content = `${process.pid}\n${beginningOf(process.pid)}\n`;
  const prepared = `${file}.${randomUUID()}`;
  await writeFile(prepared, content);
  try {
    await link(prepared, file).catch((error: unknown) => {
      if (!WITHOUT_HARD_LINKS.includes(codeOf(error))) throw error;
      return writeFile(file, content, { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(prepared, { force: true });
  }
}

/** A takeover is a matter of milliseconds: a mark that is older was left by a starter that was killed in it. */
const LONGEST_TAKEOVER_MS = 10_000;
const ATTEMPTS = 50;

/**
 * Takes a stale lock away. One starter at a time, marked by a file: without it the second would remove the fresh lock that the
 * first has made in the meantime.
 */
async function removeStale(file: string): Promise<void> {
  const mark = `${file}.takeover`;
  if (!(await createLock(mark))) {
    const age = await stat(mark).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > LONGEST_TAKEOVER_MS) await rm(mark, { force: true });
    await sleep(20);
    return;
  }
  try {
    const holder = await readHolder(file);
    // An absent lock is nobody's to remove: by now it may be the fresh one of whoever came in between.
    if (holder === 'absent') return;
    if (!holder || !isAlive(holder)) await rm(file, { force: true });
  } finally {
    await rm(mark, { force: true });
  }
}

export async function takeDataLock(dataDirectory: string): Promise<() => Promise<void>> {
  const file = join(dataDirectory, 'postgres.lock');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await createLock(file)) return () => rm(file, { force: true });
    const holder = await readHolder(file);
    if (holder && holder !== 'absent' && isAlive(holder)) {
      throw new StartupError(`Another server (process ${holder.pid}) already uses the data directory ${dataDirectory}.`);
    }
    await removeStale(file);
  }
  throw new StartupError(`The data directory ${dataDirectory} is being taken by another server: try again.`);
}

/** For whoever cleans up after killed processes: is the one that took the lock still there? */
export async function isDataLockHeld(dataDirectory: string): Promise<boolean> {
  const holder = await readHolder(join(dataDirectory, 'postgres.lock'));
  return holder !== undefined && holder !== 'absent' && isAlive(holder);
}
