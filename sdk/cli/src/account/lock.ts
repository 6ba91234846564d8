import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../commands/command.ts';

/** Longer than any renewal takes: what holds a lock longer has died without saying so, perhaps on another machine with the same home. */
const STALE_MS = 60_000;
const WAIT_MS = 90_000;
const PAUSE_MS = 40;

/**
 * Does some work while no other process of this person does any under the same lock. Node has no `flock`, so a file that only one can create
 * is the lock; one whose owner has died is taken over. Rejects with a `CliError` when the lock cannot be had.
 */
export async function withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  const giveUpAt = Date.now() + WAIT_MS;
  while (!hasTaken(file, mine)) {
    if (Date.now() > giveUpAt) throw busy(file);
    await pause(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    // Ours only: whoever took it over because we were too slow keeps theirs.
    if (textOf(file) === mine) unlinkSync(file);
  }
}

function hasTaken(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    removeStale(file);
    return false;
  }
}

/** Moves it aside and looks again: between looking and moving another process may have replaced a stale lock by its own. */
function removeStale(file: string): void {
  const held = textOf(file);
  if (held === null || !isStale(file, held)) return;
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (textOf(aside) !== held) linkSync(aside, file);
    unlinkSync(aside);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  }
}

function isStale(file: string, held: string): boolean {
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > STALE_MS) return true;
  const [, host, pid] = /^\{"host":"([^"]*)","pid":(\d+),/.exec(held) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, but another person's.
    return isCode(error, 'EPERM');
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

export const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const busy = (file: string) =>
  new CliError({
    text: { vi: 'Một lệnh chung khác đang giữ thông tin đăng nhập quá lâu.', en: 'Another chung command has held the login for too long.' },
    next: { vi: `Dừng lệnh đó, hoặc xóa ${file} nếu không còn lệnh nào chạy.`, en: `Stop it, or delete ${file} if none is running.` },
    exitCode: 3,
  });
