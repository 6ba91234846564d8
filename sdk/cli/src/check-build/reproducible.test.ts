// The second build finds what the first found, in whatever tree of folders the app stands, and nothing more than what would be sent.
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildMiniApp } from '../build/build.ts';
import { checkReproducible } from './reproducible.ts';

const PACKAGES = path.resolve(import.meta.dirname, '../../../../node_modules');
const CONFIG = `export default {
  app_id: 'vn.example.tree', name: { vi: 'Quà', en: 'Gifts' }, description: { vi: 'Quà', en: 'Gifts' },
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [], pages: ['home'], age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
};
`;

let top: string;
let app: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(path.join(tmpdir(), 'chung-tree-')));
  app = path.join(top, 'apps/team/mine');
});
afterEach(() => rm(top, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries({ 'chung.config.ts': CONFIG, 'package.json': '{}', 'package-lock.json': '{}', ...files })) {
    const file = path.resolve(app, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
const judged = async () => {
  const first = await buildMiniApp({ root: app, into: path.join(top, 'first') });
  return (await checkReproducible(app, first, undefined)).map(({ rule, message }) => `${rule} ${message.en}`);
};

test('packages are found wherever they stand: in the app, above it, or far above', { timeout: 60_000 }, async () => {
  const own = (name: string) => ({
    [`${name}/index.js`]: `export const ${path.basename(name)} = '${name}';`,
    [`${name}/package.json`]: '{"type":"module"}',
  });
  await write({
    ...own('node_modules/near'),
    ...own('../../node_modules/above'),
    ...own('../../../node_modules/far'),
    'src/main.ts': `import { near } from 'near'; import { above } from 'above'; import { far } from 'far'; document.title = near + above + far;`,
  });
  expect(await judged()).toEqual([]);
});

test('the nearer of two packages of one name is taken, as in the first build', { timeout: 60_000 }, async () => {
  await write({
    'node_modules/twice/index.js': 'export const where = "near";',
    '../../node_modules/twice/index.js': 'export const where = "above";',
    'src/main.ts': `import { where } from 'twice'; document.title = where;`,
  });
  expect(await judged()).toEqual([]);
});

test('a package that is a link to a folder of the same repository is found, with what it needs', { timeout: 60_000 }, async () => {
  await write({
    '../../packages/kit/index.ts': `import { deep } from 'deep'; export const kit: string = deep;`,
    '../../packages/kit/package.json': JSON.stringify({ name: 'kit', type: 'module', exports: './index.ts' }),
    '../../node_modules/deep/index.js': `export const deep = 'deep';`,
    'src/main.ts': `import { kit } from 'kit'; document.title = kit;`,
  });
  await symlink('../packages/kit', path.join(app, '../../node_modules/kit'));
  expect(await judged()).toEqual([]);
});

test.each([
  ['a file beside the folder', { '../shared.ts': 'export const it = 1;' }, '../../shared.ts'],
  ['a file that .gitignore leaves out', { 'src/local.ts': 'export const it = 1;', '.gitignore': 'src/local.ts\n' }, './local.ts'],
  ['a file in a folder of what was built', { 'dist/made.ts': 'export const it = 1;' }, '../dist/made.ts'],
])('%s is not sent, so the build elsewhere lacks it', { timeout: 60_000 }, async (_what, files, request) => {
  await write({ ...files, 'src/main.ts': `import { it } from '${request}';\ndocument.title = String(it);` });
  expect(await judged()).toEqual([`CH803 It cannot be built in another folder: src/main.ts:1:21 There is no ${request}.`]);
});

test('import.meta.url in the program is told as what it is; what the bundler keeps out by itself is no matter', {
  timeout: 60_000,
}, async () => {
  await write({ 'src/main.ts': 'document.title = String(import.meta.url);' });
  expect(await judged()).toEqual([expect.stringMatching(/^CH803 [0-9a-f]{16}\.js holds the path of the folder that it was built in/)]);
  await write({ 'src/main.ts': 'document.title = [import.meta.dirname, import.meta.filename, __filename, __dirname].join();' });
  expect(await judged()).toEqual([]);
});

test('an app without a lock file is built again all the same: another rule asks for that', { timeout: 60_000 }, async () => {
  await write({ 'src/main.ts': `document.title = 'x';` });
  await rm(path.join(app, 'package-lock.json'));
  expect(await judged()).toEqual([]);
});

test('the app itself and its packages are not touched', { timeout: 60_000 }, async () => {
  await write({ 'src/main.ts': `import 'react'; document.title = 'x';` });
  await symlink(PACKAGES, path.join(app, 'node_modules'));
  const before = await readdir(PACKAGES);
  expect(await judged()).toEqual([]);
  expect(await readdir(PACKAGES)).toEqual(before);
  expect((await readdir(app)).toSorted()).toEqual(['chung.config.ts', 'node_modules', 'package-lock.json', 'package.json', 'src']);
});
