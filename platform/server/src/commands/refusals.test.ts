// What the command-line tools say when they are asked wrongly: one or two sentences, what to do, exit code 1, and nothing was made.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-refusals-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(command: string, ...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const file = path.join(import.meta.dirname, `${command}.ts`);
  const env = { ...process.env, CHUNG_DATA_DIR: path.join(folder, 'data'), DATABASE_URL: '' };
  const child = spawn(process.execPath, ['--conditions=chung-source', file, ...args], { env });
  const heard = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    heard.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    heard.err += String(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...heard })));
}

/** Six starts of Node, on a machine that has other things to do. */
const PATIENT = { timeout: 60_000 };

/** A process takes its time to start: those of a test start together. */
const runAll = (command: string, all: readonly (readonly string[])[]) => Promise.all(all.map((args) => run(command, ...args)));

describe('members:generate', () => {
  test('asked wrongly says what is wrong and how it is called', PATIENT, async () => {
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ['--count', []],
      ['--bad-rows', ['--count', '5', '--out', 'x.csv', '--bad-rows', '6']],
    ];
    const told = await runAll(
      'generate-members',
      wrong.map(([, args]) => args),
    );
    for (const [index, { code, out, err }] of told.entries()) {
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(wrong[index]?.[0]);
      expect(err).toContain('Usage: npm run members:generate -- --count N --out FILE');
      expect(err).not.toMatch(/\n\s+at /);
    }
  });

  test('says where it could not write, and tells what it wrote', PATIENT, async () => {
    const [nowhere, there] = [path.join(folder, 'no', 'such', 'folder.csv'), path.join(folder, 'fifty.csv')];
    const [failed, done] = await runAll(
      'generate-members',
      [nowhere, there].map((place) => ['--count', '50', '--seed', '9', '--out', place]),
    );
    expect([failed?.code, failed?.err.trim()]).toEqual([1, `${nowhere} cannot be written (ENOENT).`]);
    expect([done?.code, done?.out]).toEqual([0, expect.stringMatching(/50 members in .*fifty\.csv \(0\.0 MB, .* s, seed 9\)\n$/)]);
    expect((await readFile(there, 'utf8')).trimEnd().split('\n')).toHaveLength(51);
  });
});

test('admin:create says how an admin is named, and what to start first; it makes no account and no password', PATIENT, async () => {
  const [misnamed, early] = await runAll('create-admin', [['Người-quản-trị'], ['chief']]);
  expect([misnamed?.code, misnamed?.out]).toEqual([1, '']);
  expect(misnamed?.err).toMatch(/^Name the admin: npm run admin:create -- USERNAME/);
  expect(early).toEqual({ code: 1, out: '', err: 'Start the platform first (npm start), or set DATABASE_URL.\n' });
});
