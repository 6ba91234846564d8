// Each template is a project that works: it compiles, the check is content with it, its own tests pass, its backend starts.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';
import { TEMPLATES } from './create-answers.ts';

const run = promisify(execFile);
const CLI = path.resolve(import.meta.dirname, '../..');
const MODULES = path.resolve(CLI, '../../node_modules');
const TSC = path.join(MODULES, 'typescript/bin/tsc');

let folder: string;
beforeEach(async () => {
  // In the workspace, so that the packages are found as if they were installed.
  folder = await mkdtemp(path.join(CLI, '.app-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A new project that takes the packages of this workspace by their sources; installed, it would need none of this. */
async function create(...words: string[]): Promise<string> {
  const { code, error } = await chungIn(folder, ['create', 'Quà của tôi', ...words, '--no-install']);
  expect([code, error]).toEqual([0, '']);
  const app = path.join(folder, 'qua-cua-toi');
  const tsconfig = JSON.parse(await readFile(path.join(app, 'tsconfig.json'), 'utf8'));
  tsconfig.compilerOptions.customConditions = ['chung-source'];
  tsconfig.compilerOptions.allowImportingTsExtensions = true;
  await writeFile(path.join(app, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(path.join(app, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: {} }));
  const conditions = `['chung-source', 'module', 'node', 'development|production']`;
  await writeFile(
    path.join(app, 'vitest.config.mjs'),
    `const conditions = ${conditions};
     export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['chung-source'] } } };`,
  );
  return app;
}

/** Runs a program of Node in the app; a failure is told with all that it said. */
async function node(app: string, ...words: string[]): Promise<string> {
  try {
    return (await run(process.execPath, ['--conditions=chung-source', ...words], { cwd: app })).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error && 'stderr' in error ? `${error.stdout}${error.stderr}` : '';
    throw new Error(`${words.join(' ')} failed:\n${said}`, { cause: error });
  }
}

/** What the check says of an app; it is done, and says nothing, of one that is right. */
async function findingsOf(app: string, ...words: string[]): Promise<readonly { readonly rule: string; readonly subject: string }[]> {
  return JSON.parse((await chungIn(app, ['check', '--json', ...words])).out).findings;
}

const WAYS = TEMPLATES.flatMap(({ name, parts }) => [name, ...(parts.includes('backend') ? [] : [`${name} --backend`])]);

describe.each(WAYS)('--template %s', (words) => {
  test('compiles, the check finds nothing in its source, and its own tests pass', { timeout: 120_000 }, async () => {
    const app = await create('--template', ...words.split(' '));
    expect(await node(app, TSC, '-p', '.')).toBe('');
    expect(await findingsOf(app, '--static')).toEqual([]);
    expect(await node(app, path.join(MODULES, 'vitest/vitest.mjs'), 'run', '--root', app)).toMatch(/Tests .*passed/);
  });
});

test('the screen is small enough, is built the same twice, and a browser finds nothing to say of it', { timeout: 180_000 }, async () => {
  expect(await findingsOf(await create('--template', 'both'))).toEqual([]);
});

test('the check sees through the templates: a scope that is taken out of the listing is missed', { timeout: 60_000 }, async () => {
  const app = await create('--template', 'both');
  const file = path.join(app, 'chung.config.ts');
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replace(/\{\s*name: 'partner\.redemptions:fulfil'[\s\S]*?\n {4}\},/, '').replace('offers:read', 'openid'));
  const missing = (await findingsOf(app, '--static')).filter(({ rule }) => rule === 'CH101').map(({ subject }) => subject);
  expect(new Set(missing)).toEqual(new Set(['offers:read', 'partner.redemptions:fulfil']));
});

test('the backend is compiled to what plain Node runs, and says what it lacks instead of starting', { timeout: 60_000 }, async () => {
  const app = await create('--template', 'offer', '--backend');
  await node(app, TSC, '-p', 'server');
  await expect(node(app, 'server/dist/main.js')).rejects.toThrow(
    /The settings are not complete: CHUNG_ISSUER is missing; CHUNG_CLIENT_ID is missing; .*See \.env\.example\.\n$/,
  );
});
