import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogDestination } from './log-destination.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('lines are written whole and in their order, however many come at once', async () => {
  const file = path.join(folder, 'log');
  const log = createLogDestination(openSync(file, 'a'));
  const lines = Array.from({ length: 5_000 }, (_, n) => `{"n":${n},"filler":"${'x'.repeat(n % 300)}"}\n`);
  for (const line of lines) log.write(line);
  await expect.poll(async () => (await readFile(file, 'utf8')).length).toBe(lines.join('').length);
  expect(await readFile(file, 'utf8')).toBe(lines.join(''));
});

test('lines past what may wait are dropped, and the log says how many', async () => {
  const file = path.join(folder, 'log');
  const log = createLogDestination(openSync(file, 'a'));
  for (let i = 0; i < 10; i++) log.write(`${'x'.repeat(1024 * 1024)}\n`);
  log.write('{"last":1}\n');
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/"dropped":\d+,"msg":"log lines lost"/);
});

/** Runs a process that logs to a place and then ends by itself; how it ended, or that it did not. */
async function ends(place: string): Promise<number | string | null> {
  const code = `
    import { openSync } from 'node:fs';
    import { createLogDestination } from ${JSON.stringify(path.join(import.meta.dirname, 'log-destination.ts'))};
    const log = createLogDestination(openSync(${JSON.stringify(place)}, 'a'));
    for (let i = 0; i < 100; i++) { log.write('{"n":1}\\n'); await new Promise((resolve) => setTimeout(resolve, 2)); }
    log.write('{"last":1}\\n');
    process.exit(7);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
  return new Promise((resolve) =>
    child.once('exit', (exitCode, signal) => {
      clearTimeout(late);
      resolve(signal ?? exitCode);
    }),
  );
}

test.skipIf(!existsSync('/dev/full'))('a full disk neither stops the process nor keeps it from ending', async () => {
  expect(await ends('/dev/full')).toBe(7);
});

test('what was logged right before the end is in the file', async () => {
  const file = path.join(folder, 'log');
  expect(await ends(file)).toBe(7);
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(101);
});
