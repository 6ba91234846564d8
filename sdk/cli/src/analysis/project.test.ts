// An app chooses its own names and settings: none of them may take a file out of the sight of the check.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { analyse } from './analyse.ts';
import { openProject } from './project.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const all = mkdtempSync(path.join(tmpdir(), 'chung-project-'));
afterAll(() => rmSync(all, { recursive: true, force: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(all, 'app-'));
  symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(folder, 'node_modules'));
  write('package.json', '{ "name": "app", "type": "module" }');
  write('package-lock.json', '{ "packages": {} }');
  write('chung.config.ts', 'export default { req_permissions: [] };');
  write('tsconfig.json', tsconfig({}));
});

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const tsconfig = (more: object, compilerOptions: object = {}) =>
  JSON.stringify({
    compilerOptions: {
      ...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'Bundler', strict: true, types: [] },
      ...compilerOptions,
    },
    ...more,
  });

const USE = `import { createMiniApp } from '@chung/mini-app';
export const app = await createMiniApp({ scopes: ['offers:read'] });
export const offers = await app.offers.list();
`;
const filesIn = () =>
  openProject(folder, { conditions: ['chung-source'] })
    .files.map(({ fileName }) => path.relative(folder, fileName))
    .toSorted();
const scopesIn = () => analyse(openProject(folder, { conditions: ['chung-source'] })).scopes.used;

test.each([
  ['files', { files: ['src/harmless.ts'] }],
  ['include', { include: ['src/harmless.ts'] }],
  ['exclude', { include: ['**/*.ts'], exclude: ['src/main.ts'] }],
])(
  'a tsconfig that leaves a source out (%s) hides nothing',
  (_how, more) => {
    write('src/main.ts', USE);
    write('src/harmless.ts', 'export const nothing = 1;');
    write('tsconfig.json', tsconfig(more));
    expect(filesIn()).toEqual(['src/harmless.ts', 'src/main.ts']);
    expect(scopesIn()).toEqual(['offers:read']);
  },
  60_000,
);

test('a package.json with a name of the SDK hides nothing, at the top or in a folder', () => {
  write('package.json', '{ "name": "@chung/client", "type": "module" }');
  write('src/main.ts', USE);
  write('src/kit/package.json', '{ "name": "@chung/contracts", "type": "module" }');
  write('src/kit/more.ts', "import { app } from '../main.ts'; export const claimed = () => app;");
  expect(filesIn()).toEqual(['src/kit/more.ts', 'src/main.ts']);
  expect(scopesIn()).toEqual(['offers:read']);
}, 60_000);

test('declarations beside a program do not stand for what the program does', () => {
  write('src/main.js', USE);
  write('src/main.d.ts', 'export declare const offers: number;');
  expect(filesIn()).toEqual(['src/main.d.ts', 'src/main.js']);
  expect(scopesIn()).toEqual(['offers:read']);
}, 60_000);

test.each([
  [
    'an ambient module',
    { 'src/types.d.ts': "declare module '@chung/mini-app' { export function createMiniApp(options: object): Promise<any>; }" },
    {},
  ],
  [
    'paths',
    { 'src/decoy.ts': 'export const createMiniApp = async (_: object): Promise<any> => 0;' },
    { paths: { '@chung/*': ['./src/decoy.ts'] } },
  ],
])(
  'types that stand for the SDK by %s are found at the import',
  (_how, files, options) => {
    write('src/main.ts', USE);
    for (const [name, text] of Object.entries(files)) write(name, text);
    write('tsconfig.json', tsconfig({}, options));
    const { findings } = analyse(openProject(folder, { conditions: ['chung-source'] }));
    expect(findings.filter(({ rule }) => rule === 'CH107')).toMatchObject([
      { subject: '@chung/mini-app', at: { file: 'src/main.ts', line: 1 } },
    ]);
  },
  60_000,
);

test('the scopes that an app registers for the hooks are no types that stand for the SDK; anything beside them is', () => {
  const settings = "{ scopes: readonly ['offers:read'] }";
  const use = `import { useOperation } from '@chung/mini-app/react';
    export const useOffers = () => useOperation((app) => app.offers.list());`;
  const found = (register: string) => {
    write('src/main.ts', use);
    write('src/settings.ts', `export {}; declare module '@chung/mini-app/react' { ${register} }`);
    return analyse(openProject(folder, { conditions: ['chung-source'] })).findings.filter(({ rule }) => /CH10[67]/.test(rule));
  };
  expect(found(`interface Register { settings: ${settings} }`)).toEqual([]);
  expect(found(`interface Register { settings: ${settings} } export function useMiniApp(): any;`)).not.toEqual([]);
  // In a file that is no module it takes the place of the SDK's types, whatever it holds.
  write('src/types.d.ts', `declare module '@chung/mini-app/react' { interface Register { settings: ${settings} } }`);
  expect(found(`interface Register { settings: ${settings} }`)).not.toEqual([]);
}, 60_000);

test('a file named like a library of the compiler is the app’s own', () => {
  write('src/lib.kit.d.ts', 'export interface Kit { readonly name: string }');
  expect(filesIn()).toEqual(['src/lib.kit.d.ts']);
}, 60_000);

test('a test or a configuration that a shipped file imports is shipped; the others are not', () => {
  write('src/main.ts', "export * from './app.config.ts'; export * from './loaded.test.ts';");
  write('src/app.config.ts', "export * from './deep.spec.ts';");
  write('src/deep.spec.ts', USE);
  write('src/loaded.test.ts', 'export const loaded = 1;');
  write('src/alone.test.ts', USE.replace('app.offers.list()', 'app.offers.list()'));
  write('vitest.config.ts', 'export default {};');
  write('tsconfig.json', tsconfig({}, { allowImportingTsExtensions: true, noEmit: true }));
  expect(filesIn()).toEqual(['src/app.config.ts', 'src/deep.spec.ts', 'src/loaded.test.ts', 'src/main.ts']);
  expect(scopesIn()).toEqual(['offers:read']);
}, 60_000);

test('what is installed or built is not the app’s source', () => {
  write('src/main.ts', 'export const nothing = 1;');
  write('dist/main.js', USE);
  write('.chung/build/main.js', USE);
  expect(filesIn()).toEqual(['src/main.ts']);
  write('src/main.ts', "export * from '../dist/main.js';");
  expect(filesIn()).toEqual(['dist/main.js', 'src/main.ts']);
}, 60_000);
