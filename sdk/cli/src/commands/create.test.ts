// A new project, as a developer gets it: complete, checked, with tests of its own that pass; and nothing of theirs written over.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';

const run = promisify(execFile);
const CLI = path.resolve(import.meta.dirname, '../..');
const REPOSITORY = path.resolve(CLI, '../..');

let folder: string;
beforeEach(async () => {
  // In the workspace, so that the packages are found as if they were installed.
  folder = await mkdtemp(path.join(CLI, 'src/.app-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chung = (words: readonly string[], changes?: Parameters<typeof chungIn>[2]) => chungIn(folder, words, changes);
const create = (...words: string[]) => chung(['create', ...words, '--no-install']);

test('every template gives a project that its check is content with and whose own tests pass', { timeout: 120_000 }, async () => {
  const templates = await readdir(path.join(CLI, 'templates'));
  expect(templates.length).toBeGreaterThan(0);
  for (const template of templates) {
    const made = await create(`Quà của ${template}`, '--template', template);
    expect([made.code, made.out]).toEqual([0, expect.stringContaining('npx chung check')]);
    const app = path.join(folder, `qua-cua-${template}`);
    // It stands in this workspace: what is installed here is found, and its lock file is its own.
    const tsconfig = JSON.parse(await readFile(path.join(app, 'tsconfig.json'), 'utf8'));
    tsconfig.compilerOptions.customConditions = ['chung-source'];
    tsconfig.compilerOptions.allowImportingTsExtensions = true;
    await writeFile(path.join(app, 'tsconfig.json'), JSON.stringify(tsconfig));
    await writeFile(path.join(app, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: {} }));
    const checked = await chung(['check', '--json'], { cwd: app });
    expect(JSON.parse(checked.out).findings).toEqual([]);
    const vitest = path.join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
    await writeFile(
      path.join(app, 'vitest.config.mjs'),
      `export default { ssr: { resolve: { conditions: ['chung-source', 'node', 'import'] } } };`,
    );
    const { stdout } = await run(process.execPath, ['--conditions=chung-source', vitest, 'run', '--root', app], { cwd: app });
    expect(stdout).toMatch(/Tests .*passed/);
  }
});

test('leaves no place in it that was not filled, and keeps what npm would leave out', async () => {
  await create('Bún chả 36');
  const app = path.join(folder, 'bun-cha-36');
  const files = await readdir(app, { recursive: true, withFileTypes: true });
  for (const file of files)
    if (file.isFile()) expect(await readFile(path.join(file.parentPath, file.name), 'utf8')).not.toMatch(/__[A-Z_]+__/);
  expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['.gitignore', 'package.json', 'tsconfig.json', 'chung.config.ts']));
  expect(JSON.parse(await readFile(path.join(app, 'package.json'), 'utf8'))).toMatchObject({
    name: 'bun-cha-36',
    devDependencies: { '@chung/cli': '^9.9.9' },
  });
});

test('asks for the name when none is given, and says what is missing when there is nobody to ask', async () => {
  expect((await chung(['create', '--no-install'], { ask: async () => 'Kẹo dừa' })).code).toBe(0);
  expect(await readdir(folder)).toEqual(['keo-dua']);
  const nobody = await create();
  expect([nobody.code, nobody.error]).toEqual([2, expect.stringContaining('The project has no name.')]);
});

test('writes over nothing', async () => {
  await mkdir(path.join(folder, 'mine'));
  await writeFile(path.join(folder, 'mine/notes.txt'), 'mine');
  const { code, error } = await create('mine');
  expect([code, error]).toEqual([2, expect.stringContaining('is not empty')]);
  expect(await readdir(path.join(folder, 'mine'))).toEqual(['notes.txt']);
});

test.each([
  [['../escape'], '“../escape” is no name.'],
  [['fine', '--template', 'nothing'], 'There is no template “nothing”.'],
])('%j is refused in one sentence', async (words, sentence) => {
  const { code, error } = await create(...words);
  expect([code, error]).toEqual([2, expect.stringContaining(sentence)]);
  expect(await readdir(folder)).toEqual([]);
});
