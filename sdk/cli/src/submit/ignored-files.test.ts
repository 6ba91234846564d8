// What `.gitignore` leaves out, held against git itself: a file that git keeps and we do not send is missing at the platform, and the other
// way round something leaves the machine that should not.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sourceOf } from './source-files.ts';

const NEEDED = ['chung.config.ts', 'package.json', 'package-lock.json'];
const run = promisify(execFile);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'chung-ignored-'));
  await git('init', '--quiet');
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  for (const name of await readdir(root)) if (name !== '.git') await rm(path.join(root, name), { recursive: true });
  for (const name of NEEDED) await put(name, '');
});

async function put(name: string, text: string): Promise<void> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Without the settings of whoever runs the tests. */
const git = (...words: string[]) =>
  run('git', ['-c', 'core.excludesFile=', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
  });

async function keptByGit(): Promise<readonly string[]> {
  const { stdout } = await git('ls-files', '--others', '--exclude-standard', '-z');
  return stdout
    .split('\0')
    .filter((name) => name !== '')
    .toSorted();
}
const sent = () =>
  sourceOf(root)
    .files.map((file) => file.path.replace('source/', ''))
    .toSorted();

const FILES = [
  'a.ts',
  'a.log',
  'b.tmp',
  'src/a.ts',
  'src/a.log',
  'src/deep/a.ts',
  'src/deep/b.tmp',
  'notes/a.md',
  'notes/b c.md',
  'src/notes/a.md',
];

describe('as git', () => {
  test.each([
    ['a name anywhere', 'a.log'],
    ['a name at the top alone', '/a.log'],
    ['a pattern', '*.log\n*.tmp'],
    ['a folder anywhere', 'notes/'],
    ['a folder at the top alone', '/notes/'],
    ['a name that is a folder, without a slash', 'deep'],
    ['a file that is called as a folder is asked for', 'a.ts/'],
    ['what stands in a folder, and not the folder', 'notes/*'],
    ['all below', 'src/**'],
    ['any number of folders between', 'src/**/a.ts'],
    ['any folder before', '**/deep'],
    ['an exception', '*.log\n!src/a.log'],
    ['an exception below a folder that is left out, which is none', 'src/\n!src/a.ts'],
    ['all but one folder', '/*\n!/src/\n!/package.json\n!/package-lock.json\n!/chung.config.ts'],
    ['the last word counts', '!a.log\na.log\n!a.log'],
    ['signs of a set', '[ab].t?*'],
    ['a set that is not', '[!a].*'],
    ['comments and blank lines', '# a.ts\n\n\\#x\n   \na.log'],
    ['spaces at the end', 'a.log   \nb.tmp\\ '],
    ['a name with a space', 'b c.md'],
    ['lines of Windows', 'a.log\r\nb.tmp\r\n'],
    ['capitals', 'A.LOG'],
    ['a mark at the beginning', '\uFEFFa.log'],
  ])('%s', async (_what, rules) => {
    for (const name of FILES) await put(name, '');
    await put('.gitignore', rules);
    expect(sent()).toEqual(await keptByGit());
  });

  test('with rules in several folders, the nearest of which decides', async () => {
    for (const name of FILES) await put(name, '');
    await put('.gitignore', '*.log\n/notes/b c.md\n!src/a.ts\n');
    await put('src/.gitignore', '!a.log\n/a.ts\ndeep/*.tmp\n');
    await put('src/deep/.gitignore', '*\n!b.tmp\n');
    expect(sent()).toEqual(await keptByGit());
  });

  test('with rules and files of any kind', { timeout: 60_000 }, async () => {
    const name = fc.constantFrom('a', 'b', 'src', 'notes', 'a.ts', 'b.log', '*.ts', '*', 'a*', '?', '**');
    const rule = fc
      .tuple(
        fc.constantFrom('', '', '!'),
        fc.constantFrom('', '', '/'),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '/'),
      )
      .map(([not, top, names, folder]) => `${not}${top}${names.join('/')}${folder}`);
    const file = fc.array(fc.constantFrom('a', 'b', 'src', 'notes'), { maxLength: 2 });
    const last = fc.constantFrom('a.ts', 'b.ts', 'b.log', 'c.md');
    const rules = fc.array(rule, { minLength: 1, maxLength: 5 });
    const files = fc.array(
      fc.tuple(file, last).map(([folders, end]) => [...folders, end].join('/')),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(files, rules, rules, async (names, top, inner) => {
        for (const place of ['src', 'notes', 'a', 'b', 'a.ts', 'b.ts', 'b.log', 'c.md'])
          await rm(path.join(root, place), { recursive: true, force: true });
        for (const one of names) await put(one, '');
        await put('src/.gitignore', inner.join('\n'));
        // What the platform cannot do without stays, whatever the rules say.
        await put('.gitignore', [...top, ...NEEDED.map((needed) => `!/${needed}`)].join('\n'));
        expect(sent()).toEqual(await keptByGit());
      }),
      { numRuns: 25 },
    );
  });
});
