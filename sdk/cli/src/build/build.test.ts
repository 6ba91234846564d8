// What is built for release: from real sources by the real bundler, into real files.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SampleApp, sampleApp } from '../../testing/sample-app.ts';
import { BuildError, buildMiniApp, digestOf, firstLoadBytes, NothingToBuildError, problemLine } from './index.ts';

const BUDGET_BYTES = 40_000;
/** A word that only React itself holds. */
const REACT = 'react.transitional.element';
const SRC = path.resolve(import.meta.dirname, '..');

const run = promisify(execFile);

let apps: SampleApp[] = [];
let into: string;
beforeEach(async () => {
  into = await mkdtemp(path.join(tmpdir(), 'chung-build-'));
});
afterEach(async () => {
  for (const app of apps) await app.remove();
  apps = [];
  await rm(into, { recursive: true, force: true });
});

async function appWith(changes: Readonly<Record<string, string | null>> = {}): Promise<string> {
  const app = await sampleApp(SRC, changes);
  apps.push(app);
  return app.folder;
}
const build = (root: string, name = 'out') => buildMiniApp({ root, into: path.join(into, name) });
const textsOf = async (folder: string, files: readonly { readonly path: string }[]) =>
  (await Promise.all(files.map((file) => readFile(path.join(folder, file.path), 'utf8')))).join('\n');

async function problemsIn(root: string): Promise<readonly string[]> {
  const error: unknown = await build(root).catch((thrown: unknown) => thrown);
  if (!(error instanceof BuildError)) throw new Error(`built, or failed otherwise: ${error}`);
  return error.problems.map((problem) => problemLine(problem, 'en'));
}

describe('a mini-app that is built', { timeout: 60_000 }, () => {
  test('loads less than the budget, with the whole SDK in it and without React, which the frame has', async () => {
    const bundle = await build(await appWith());
    expect(firstLoadBytes(bundle)).toBeLessThan(BUDGET_BYTES * 0.7);
    expect(bundle.firstLoad[0]).toBe('remoteEntry.js');
    const text = await textsOf(bundle.folder, bundle.files);
    expect([text.includes('chung.hello'), text.includes(REACT)]).toEqual([true, false]);
    expect(bundle.firstLoad.toSorted()).toEqual(bundle.files.map((file) => file.path).toSorted());
  });

  test('evaluates no text, since the frame forbids it', async () => {
    const { folder, files } = await build(await appWith());
    // The bundler's way to the global object where there is no `globalThis`: it is never reached.
    const text = (await textsOf(folder, files)).replaceAll('this||Function("return this")()', '');
    expect([...text.matchAll(/.{0,40}(\beval\(|\bFunction\(|sourceMappingURL).{0,40}/g)].map(([found]) => found)).toEqual([]);
  });

  test('is the same to the byte from the same source in another folder, and says so in its digest', async () => {
    const first = await build(await appWith(), 'one');
    const second = await build(await appWith(), 'deeper/and deeper/two');
    expect(second.files).toEqual(first.files);
    expect(second.digest).toBe(first.digest);
    expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const text = await textsOf(first.folder, first.files);
    expect(text.includes(path.resolve(SRC, '../../..'))).toBe(false);
  });

  test('does not depend on the folder that the command is run from', async () => {
    const root = await appWith();
    const program = `import { buildMiniApp } from ${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))};
      const [root, into] = process.argv.slice(1);
      console.log((await buildMiniApp({ root, into })).digest);`;
    const elsewhere = path.join(into, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'package.json'), JSON.stringify({ name: 'other', version: '7.7.7' }));
    const flags = ['--conditions=chung-source', '--input-type=module', '--eval', program, root, path.join(into, 'there')];
    const { stdout } = await run(process.execPath, flags, { cwd: elsewhere });
    expect(stdout.trim()).toBe((await build(root, 'here')).digest);
  });

  test('has another digest when a single letter differs, and when a file is only called otherwise', async () => {
    const before = await build(await appWith(), 'one');
    const after = await build(await appWith({ 'src/words.json': '{"vi":{"title":"Q"},"en":{"title":"G"}}' }), 'two');
    expect(after.digest).not.toBe(before.digest);
    expect(digestOf(before.files.map((file) => ({ ...file, path: `${file.path}x` })))).not.toBe(before.digest);
    expect(digestOf(before.files.toReversed())).toBe(before.digest);
  });

  test('loads later what it imports later, and keeps it out of the first load', async () => {
    const bundle = await build(
      await appWith({
        'src/main.ts': `document.addEventListener('click', () => void import('./later.ts'));`,
        'src/main.tsx': null,
        'src/later.ts': `console.info('only when asked', ${JSON.stringify('x'.repeat(5_000))});`,
      }),
    );
    const later = bundle.files.filter((file) => !bundle.firstLoad.includes(file.path));
    expect(later).toHaveLength(1);
    expect(await textsOf(bundle.folder, later)).toContain('only when asked');
  });

  test('takes pictures, styles and text along, large ones as files of their own', async () => {
    const picture = Buffer.alloc(9_000, 7);
    const root = await appWith({
      'src/main.tsx': `import large from './large.png'; import './main.css'; document.title = large;`,
      'src/main.css': `body { background: url(./picture.svg); }`,
    });
    await writeFile(path.join(root, 'src/large.png'), picture);
    const { folder, files } = await build(root);
    const png = files.find((file) => file.path.endsWith('.png'));
    expect(png?.bytes).toBe(picture.length);
    expect(await textsOf(folder, files)).toContain('data:image/svg+xml');
  });

  test('brings a React of its own where it asks for one that the frame has not', async () => {
    const old = { name: 'sample', dependencies: { react: '^18.0.0' } };
    const { folder, files } = await build(await appWith({ 'package.json': JSON.stringify(old) }));
    expect((await textsOf(folder, files)).includes(REACT)).toBe(true);
  });

  test.each(['latest', '*', '>=18', '18 || 19'])('takes the frame’s React where it asks for “%s”', async (asked) => {
    const { folder, files } = await build(await appWith({ 'package.json': JSON.stringify({ dependencies: { react: asked } }) }));
    expect((await textsOf(folder, files)).includes(REACT)).toBe(false);
  });

  test('follows the paths of its tsconfig.json', async () => {
    const tsconfig = { compilerOptions: { paths: { '@/*': ['./src/*'] }, customConditions: ['chung-source'] } };
    const main = `import words from '@/words.json'; document.title = words.vi.title;`;
    const { folder, files } = await build(await appWith({ 'tsconfig.json': JSON.stringify(tsconfig), 'src/main.tsx': main }));
    expect(await textsOf(folder, files)).toContain('Quà của bạn');
  });
});

describe('what cannot be built', { timeout: 60_000 }, () => {
  test('is told with file and line in the source, all at once, without a stack', async () => {
    const root = await appWith({
      'src/page.tsx': `import { useState } from 'react';

interface Props { readonly a: string; readonly b: string }

import { nothing } from './other.ts';
import missing from './gone.ts';
import absent from 'not-installed';
export const Page = ({ a }: Props) => <p>{useState(a)}{nothing}{missing}{absent}</p>;`,
      'src/other.ts': 'export const something = 1;',
    });
    expect(await problemsIn(root)).toEqual([
      'src/page.tsx:6:22 There is no ./gone.ts.',
      'src/page.tsx:7:21 The package not-installed is not installed.',
      'src/page.tsx:5:10 ./other.ts does not export “nothing”.',
    ]);
  });

  test.each([
    [
      'src/page.tsx',
      'export const Page = () => <p>;\n',
      /^src\/page\.tsx:1:28 Does not compile: JSX element 'p' has no corresponding closing tag/,
    ],
    ['src/page.tsx', 'const a = 1;\nconst b = ;\n', /^src\/page\.tsx:2:11 Does not compile: Expression expected/],
    ['src/words.json', '{ "vi": ', /^src\/words\.json(:\d+:\d+)? Does not compile: \S/],
    ['src/main.css', 'body { background: url(./nowhere.png) }', /^src\/main\.css:1:24 There is no \.\/nowhere\.png\.$/],
  ])('a mistake in %s is one readable line', async (file, text, line) => {
    const problems = await problemsIn(await appWith({ [file]: text }));
    expect(problems).toEqual([expect.stringMatching(line)]);
    expect(problems.join()).not.toMatch(/\n|\[\d+m|\bat .*:\d+|[╭│╰]/);
  });

  test('what a browser does not have, and kinds of files that are not understood, are called so', async () => {
    const ofNode = await problemsIn(await appWith({ 'src/main.tsx': `import path from 'path';\nimport 'node:fs';\nconsole.info(path);` }));
    expect(ofNode).toEqual(['src/main.tsx:1:19 path is of Node; a browser has none.', 'node:fs is of Node; a browser has none.']);
    const sass = await problemsIn(
      await appWith({ 'src/main.tsx': `import './main.scss';`, 'src/main.scss': '$a: red; .b { .c { color: $a } }' }),
    );
    expect(sass).toEqual([expect.stringMatching(/^src\/main\.scss A \.scss file is not understood: /)]);
  });

  test('a manifest that is wrong or missing is told as the check tells it', async () => {
    const [wrong] = await problemsIn(await appWith({ 'chung.config.ts': `export default { app_id: 'x' };` }));
    expect(wrong).toMatch(/^chung\.config\.ts:1:\d+ app_id: /);
    expect(await problemsIn(await appWith({ 'chung.config.ts': null }))).toEqual(['There is no chung.config.ts.']);
  });

  test('an app with pages needs a first file; one without has nothing to build, which is no mistake', async () => {
    expect(await problemsIn(await appWith({ 'src/main.tsx': null }))).toEqual([
      expect.stringMatching(/^chung\.config\.ts The manifest has pages, and .* has no src\/main\.tsx\.$/),
    ]);
    const root = await appWith();
    const config = await readFile(path.join(root, 'chung.config.ts'), 'utf8');
    await writeFile(path.join(root, 'chung.config.ts'), config.replace("['home']", '[]'));
    await expect(build(root)).rejects.toBeInstanceOf(NothingToBuildError);
  });

  test('a folder that holds something else is left as it is; one with a bundle is written anew', async () => {
    const root = await appWith();
    await expect(buildMiniApp({ root, into: root })).rejects.toThrow('holds files that are not of a bundle');
    expect(await readdir(path.join(root, 'src'))).toContain('main.tsx');
    const { folder, files } = await build(root);
    await writeFile(path.join(folder, 'left-over.js'), '');
    expect((await build(root)).files).toEqual(files);
    expect(await readdir(folder)).not.toContain('left-over.js');
  });

  test('a build that is given up ends so', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(buildMiniApp({ root: await appWith(), into, signal })).rejects.toThrow('enough');
  });
});
