// The lock of a data directory: one holder, whatever was left behind and however many come at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isDataLockHeld, takeDataLock } from './data-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chung-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = () => join(folder, 'postgres.lock');
const STARTERS = 12;
const ROUNDS = 25;

async function race(): Promise<(() => Promise<void>)[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: STARTERS }, () => takeDataLock(folder)));
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(String(outcome.reason)).toMatch(/already uses the data directory|is being taken by another server/);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

test('of many starters at once one gets the lock', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const winners = await race();
    expect(winners).toHaveLength(1);
    await winners[0]?.();
  }
});

test('of many starters that find a stale lock one gets it: none takes the winner’s fresh lock for the stale one', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await writeFile(lock(), '999999\n1\n');
    const winners = await race();
    expect(winners).toHaveLength(1);
    await winners[0]?.();
  }
});

test.each([
  ['empty', ''],
  ['no number', 'abc\n'],
  ['no process', '0\n\n'],
  ['the number of nobody', '999999\n1\n'],
  ['our own number, given to another process before', `${process.pid}\n1\n`],
])('a lock that is %s is stale and taken over', async (_, content) => {
  await writeFile(lock(), content);
  expect(await isDataLockHeld(folder)).toBe(false);
  const release = await takeDataLock(folder);
  expect(await isDataLockHeld(folder)).toBe(true);
  expect((await readFile(lock(), 'utf8')).split('\n')[0]).toBe(String(process.pid));
  await release();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a living process is respected, and of a killed one taken over', async () => {
  const module = join(import.meta.dirname, 'data-lock.ts');
  const code = `const { takeDataLock } = await import(${JSON.stringify(module)});
    await takeDataLock(${JSON.stringify(folder)});
    process.stdout.write('taken');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--conditions=chung-source', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(takeDataLock(folder)).rejects.toThrow(`Another server (process ${child.pid}) already uses the data directory ${folder}.`);
  expect(await isDataLockHeld(folder)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isDataLockHeld(folder)).toBe(false);
  await (await takeDataLock(folder))();
});

test('a takeover that was killed in the middle holds nobody up for ever', async () => {
  await writeFile(lock(), '999999\n1\n');
  await writeFile(`${lock()}.takeover`, '999998\n1\n');
  await utimes(`${lock()}.takeover`, new Date(), new Date(Date.now() - 60_000));
  await (await takeDataLock(folder))();
  expect(await readdir(folder)).toEqual([]);
});

test('a data directory that cannot be written is an error, not a lock', async () => {
  await expect(takeDataLock(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
