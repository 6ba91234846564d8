import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-lock-'));
  lock = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
const heldBy = (owner: { host: string; pid: number }) => JSON.stringify({ ...owner, id: 'x' });

test('one works at a time, whoever comes, and nothing stays behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await pause(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 12 }, () => withLock(lock, work)));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('work that fails lets the next one in', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, async () => 'yes')).toBe('yes');
});

test('a lock of a process that is gone is taken over, by one of many', async () => {
  await writeFile(lock, heldBy({ host: hostname(), pid: await deadPid() }));
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4].map((n) => withLock(lock, async () => void order.push(n))));
  expect(order.toSorted()).toEqual([1, 2, 3, 4]);
  expect(await readdir(folder)).toEqual([]);
});

test('a lock of a process that lives is waited for, also one of another machine', async () => {
  for (const owner of [
    { host: hostname(), pid: process.pid },
    { host: 'elsewhere', pid: await deadPid() },
  ]) {
    await writeFile(lock, heldBy(owner));
    const taken = withLock(lock, async () => 'mine');
    expect(await Promise.race([taken, pause(200, 'waits')])).toBe('waits');
    expect(await readFile(lock, 'utf8')).toBe(heldBy(owner));
    await rm(lock);
    expect(await taken).toBe('mine');
  }
});

test('a lock that is older than any renewal is taken over, whoever holds it', async () => {
  await writeFile(lock, heldBy({ host: 'elsewhere', pid: 1 }));
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(lock, longAgo, longAgo);
  expect(await withLock(lock, async () => 'mine')).toBe('mine');
});

test('who was too slow does not take away the lock of whoever took theirs over', async () => {
  await withLock(lock, () => writeFile(lock, heldBy({ host: 'elsewhere', pid: 1 })));
  expect(await readFile(lock, 'utf8')).toContain('elsewhere');
});
