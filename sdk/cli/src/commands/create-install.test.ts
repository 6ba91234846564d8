// `npm install` in a new project, with programs that are called npm: whatever one says, the person reads one sentence and what to do.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliError, type Terminal } from './command.ts';
import { installPackages } from './create-install.ts';

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-install-'));
  project = path.join(folder, 'project');
  await mkdir(project);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function installing(script: string, language: 'vi' | 'en' = 'en') {
  await writeFile(path.join(folder, 'npm'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, 'npm'), 0o755);
  let said = '';
  const terminal: Terminal = {
    ...{ version: '0', cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` }, language, colour: 'off', out: () => {} },
    error: (text) => {
      said += text;
    },
    ask: async () => null,
    interruption: () => new AbortController().signal,
  };
  const failure = await installPackages(project, terminal).then(
    () => null,
    (error: unknown) => error,
  );
  if (failure !== null && !(failure instanceof CliError)) throw failure;
  return { said, failure };
}

describe('npm that does its work', () => {
  test('runs in the project without a word of its own, and is told with its seconds', async () => {
    const { said, failure } = await installing('pwd > where; echo "$@" > words; echo noise; echo more noise >&2');
    expect([failure, said]).toEqual([null, expect.stringMatching(/^Installing packages \(npm install\) \.* ?1 s\n$/)]);
    expect((await readFile(path.join(project, 'where'), 'utf8')).trim()).toMatch(/project$/);
    expect((await readFile(path.join(project, 'words'), 'utf8')).trim()).toBe('install --no-audit --no-fund');
  });

  test('shows that it goes on', async () => {
    const { said } = await installing('sleep 2.2', 'vi');
    expect(said).toMatch(/^Đang cài các gói \(npm install\) \. 3 s\n$/);
  });

  test('may warn as much as it likes', async () => {
    expect(
      (await installing('i=0; while [ $i -lt 2000 ]; do echo "npm warn deprecated something-$i" >&2; i=$((i+1)); done')).failure,
    ).toBeNull();
  });
});

describe('npm that fails', () => {
  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'FETCH_ERROR'])(
    'by %s has not reached its registry',
    async (code) => {
      const { failure } = await installing(`echo "npm error code ${code}" >&2; exit 1`);
      expect(failure).toMatchObject({
        exitCode: 3,
        text: { en: `npm could not reach its registry (${code}); the project itself is there.` },
        next: { en: expect.stringContaining('network'), vi: expect.stringContaining('Kiểm tra mạng') },
      });
    },
  );

  test.each([
    ['npm error code E404', '(E404)'],
    ['npm ERR! code ERESOLVE', '(ERESOLVE)'],
    ['npm warn old lockfile\nnpm error code EACCES\nnpm error syscall mkdir', '(EACCES)'],
    ['npm error Cannot read properties of undefined', 'the packages;'],
    ['the code ENOTFOUND stands in a sentence', 'the packages;'],
    ['', 'the packages;'],
  ])('with %j says which of its own reasons it has, where there is one', async (stderr, reason) => {
    await writeFile(path.join(folder, 'stderr'), `${stderr}\n`);
    const { failure, said } = await installing(`cat ${folder}/stderr >&2; exit 1`);
    expect([failure?.exitCode, failure?.text.en, failure?.next.en]).toEqual([
      3,
      expect.stringContaining(reason),
      'Run npm install in that folder to see what npm says.',
    ]);
    expect(failure?.text.en).toMatch(/^npm could not install the packages.*; the project itself is there\.$/);
    expect(said).toMatch(/\n$/);
  });

  test('is told by the reason at the end of much that it said', async () => {
    const { failure } = await installing(
      'i=0; while [ $i -lt 500 ]; do echo "npm warn deprecated something-that-is-long-$i" >&2; i=$((i+1)); done; echo "npm error code E401" >&2; exit 1',
    );
    expect(failure?.text.en).toContain('(E401)');
  });

  test('because something else ended it is not taken for a machine without npm', async () => {
    expect((await installing('exit 137')).failure?.text.en).toContain('could not install');
  });

  test.each(['exit 127', 'exec /nowhere/node'])(
    'where “%s” stands for a program that is not there, it says so in both languages',
    async (script) => {
      expect((await installing(script)).failure).toMatchObject({
        text: { vi: 'Máy này không có npm; dự án đã được tạo đầy đủ.', en: 'This machine has no npm; the project itself is there.' },
      });
    },
  );
});
