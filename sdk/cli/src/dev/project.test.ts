// The project that `chung dev` follows: its manifest as it stands, which files count, and the scopes that its source needs.
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createInference, type Inferred } from './inference.ts';
import { readProject, watchProject } from './project.ts';

const both = (vi: string, en: string) => `{ vi: '${vi}', en: '${en}' }`;
const configOf = (appId: string) => `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: '${appId}', name: ${both('Quà', 'Gifts')}, description: ${both('Quà tặng', 'Gifts')},
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [], age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`;
const MAIN = 'export const answer = 42;\n';

let root: string;
const put = async (name: string, text: string) => {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), text);
};
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'chung-project-'));
  await put('chung.config.ts', configOf('vn.example.gifts'));
  await put('src/main.ts', MAIN);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the manifest', () => {
  test('is read as it stands at this moment, and runs nothing', async () => {
    expect(readProject(root)).toMatchObject({ manifest: { app_id: 'vn.example.gifts' }, problems: [] });
    await put('chung.config.ts', `throw new Error('it ran');\n${configOf('vn.example.other')}`);
    expect(readProject(root).manifest?.app_id).toBe('vn.example.other');
  });

  test.each([
    ['a name that is none', configOf('Gifts'), 'chung.config.ts:3 '],
    ['half of a file', configOf('vn.example.gifts').slice(0, 120), 'chung.config.ts'],
    ['nothing', '', 'chung.config.ts'],
  ])('with %s is none, and says where in both languages', async (_what, text, place) => {
    await put('chung.config.ts', text);
    const { manifest, problems } = readProject(root);
    expect([manifest, problems.length > 0]).toEqual([null, true]);
    for (const { vi, en } of problems) expect([vi, en]).toEqual([expect.stringContaining(place), expect.stringContaining(place)]);
  });

  test('that is not there is said to be missing', async () => {
    await rm(path.join(root, 'chung.config.ts'));
    expect(readProject(root)).toMatchObject({
      manifest: null,
      problems: [{ en: expect.stringContaining('There is no chung.config.ts.') }],
    });
  });
});

describe('what changes', () => {
  const SETTLED_MS = 450;

  /** What was told of what `work` did to the files. */
  async function toldOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const told: string[] = [];
    const watcher = watchProject(root, { onManifest: () => told.push('manifest'), onSource: () => told.push('source') });
    // What was written before is not told of late.
    await pause(50);
    await work();
    await pause(SETTLED_MS);
    watcher.close();
    return told;
  }

  test('in a burst counts once', async () => {
    const burst = async () => {
      for (let step = 0; step < 8; step++) appendFileSync(path.join(root, 'chung.config.ts'), '\n');
    };
    expect(await toldOf(burst)).toEqual(['manifest']);
  });

  test('is told of an editor that writes beside and puts it in place', async () => {
    const replaced = async () => {
      await put('chung.config.ts.tmp', configOf('vn.example.other'));
      await rename(path.join(root, 'chung.config.ts.tmp'), path.join(root, 'chung.config.ts'));
    };
    expect(await toldOf(replaced)).toEqual(['manifest']);
  });

  test('in the source is told as that, however deep and also in a new folder', async () => {
    expect(new Set(await toldOf(() => put('src/pages/deep/home.ts', 'export {};')))).toEqual(new Set(['source']));
    const written = () => Promise.all([put('src/main.ts', MAIN), put('chung.config.ts', configOf('vn.example.b'))]);
    expect(new Set(await toldOf(written))).toEqual(new Set(['manifest', 'source']));
  });

  test('in what is installed, built or kept by chung dev is nobody’s matter', async () => {
    const others = ['node_modules/a/index.js', '.chung/dev/base', 'dist/main.js', 'README.md', 'package.json', 'deep/chung.config.ts'];
    expect(await toldOf(() => Promise.all(others.map((name) => put(name, 'x'))))).toEqual([]);
  });

  test('after it is closed is not told, also what was about to be', async () => {
    const told: string[] = [];
    const watcher = watchProject(root, { onManifest: () => told.push('manifest'), onSource: () => told.push('source') });
    await put('src/main.ts', '');
    await pause(30);
    watcher.close();
    await put('chung.config.ts', '');
    await pause(SETTLED_MS);
    expect(told).toEqual([]);
  });
});

describe('what the source needs', { timeout: 30_000 }, () => {
  const compilerOptions = { module: 'esnext', moduleResolution: 'bundler', target: 'es2024', types: [], noEmit: true, skipLibCheck: true };

  test('is worked out in a thread; asked many times meanwhile, once more and with what is there then', async () => {
    await put('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
    const results: (Inferred | null)[] = [];
    const inference = createInference(root, (inferred) => void results.push(inferred));
    inference.ask();
    for (let times = 0; times < 5; times++) inference.ask();
    await expect.poll(() => results.length, { timeout: 20_000 }).toBe(1);
    await put('src/main.ts', `${MAIN}export const run = (text: string): unknown => eval(text);\n`);
    await expect.poll(() => results.length, { timeout: 20_000 }).toBe(2);
    await pause(300);
    const [first, second] = results;
    expect([results.length, first?.uses, (second?.findings ?? 0) - (first?.findings ?? 0)]).toEqual([2, [], 1]);
    await inference.close();
  });

  test('of a program that cannot be read is not known; who has closed it hears nothing more', async () => {
    await put('tsconfig.json', '{ "compilerOptions": {');
    const results: (Inferred | null)[] = [];
    const inference = createInference(root, (inferred) => void results.push(inferred));
    inference.ask();
    await expect.poll(() => results, { timeout: 20_000 }).toEqual([null]);
    await inference.close();
    inference.ask();
    await inference.close();
    await pause(100);
    expect(results).toEqual([null]);
  });
});
