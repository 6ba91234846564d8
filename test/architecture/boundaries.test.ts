// Plants one violation of each import rule in a tree of its own and shows that the real configuration finds it there.
// A rule whose pattern matches nothing looks the same as a clean repository, so only a planted violation proves it.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const server = 'platform/server/src';
const rooms = `${server}/rooms`;

/** Allowed imports, in the shape of the real tree; none of them may be reported. */
const allowed: Record<string, string> = {
  'sdk/contracts/src/index.ts': `export const contract = 1;`,
  'platform/web/ui/src/index.ts': `export const button = 1;`,
  'platform/web/member/src/main.tsx': `import { button } from '../../ui/src/index.ts';\nexport const page = <b>{button}</b>;`,
  [`${server}/kernel/db.ts`]: `import pg from 'pg';\nexport const pool = pg.Pool;`,
  [`${rooms}/offers/index.ts`]: `export * from './list-offers.ts';`,
  [`${rooms}/offers/list-offers.ts`]: `import { rows } from './store.ts';\nexport const list = rows;`,
  [`${rooms}/offers/store.ts`]: `import { pool } from '../../kernel/db.ts';\nimport type pg from 'pg';\nexport const rows: typeof pg.Pool = pool;`,
  [`${rooms}/offers/http.ts`]: `import express from 'express';\nexport const routes = express.Router;`,
  [`${rooms}/members/index.ts`]: `export const member = 1;`,
  [`${rooms}/ledger/index.ts`]: `export const post = 1;`,
  [`${rooms}/catalogue/index.ts`]: `import { list } from '../offers/index.ts';\nexport const catalogue = list;`,
  [`${server}/main.ts`]: `import { routes } from './rooms/offers/http.ts';\nexport const all = routes;`,
  'test/harness/help.ts': `export const help = 1;`,
};

/** rule → a file that breaks it and nothing but it */
const planted: Record<string, { path: string; text: string }> = {
  'room-ledger': { path: `${rooms}/ledger/use.ts`, text: `import { member } from '../members/index.ts';\nexport const a = member;` },
  'room-offers': {
    path: `${rooms}/offers/use.ts`,
    text: `import type { member } from '../members/index.ts';\nexport type A = typeof member;`,
  },
  'room-is-listed': {
    path: `${rooms}/strangers/index.ts`,
    text: `import { member } from '../members/index.ts';\nexport const a = member;`,
  },
  'room-by-its-door': { path: `${rooms}/catalogue/use.ts`, text: `import { rows } from '../offers/store.ts';\nexport const a = rows;` },
  'composition-by-the-door': { path: `${server}/app.ts`, text: `import { rows } from './rooms/offers/store.ts';\nexport const a = rows;` },
  'kernel-knows-no-room': {
    path: `${server}/kernel/use.ts`,
    text: `import { member } from '../rooms/members/index.ts';\nexport const a = member;`,
  },
  'sdk-knows-no-platform': {
    path: 'sdk/client/src/use.ts',
    text: `import { pool } from '../../../platform/server/src/kernel/db.ts';\nexport const a = pool;`,
  },
  'web-sees-sdk-and-ui': {
    path: 'platform/web/partner/src/use.ts',
    text: `import { page } from '../../member/src/main.tsx';\nexport const a = page;`,
  },
  'server-knows-no-web': {
    path: `${server}/use.ts`,
    text: `import { button } from '../../web/ui/src/index.ts';\nexport const a = button;`,
  },
  'product-knows-no-test': {
    path: `${server}/kernel/help.ts`,
    text: `import { help } from '../../../../test/harness/help.ts';\nexport const a = help;`,
  },
  'no-cycles': { path: 'sdk/client/src/ring-b.ts', text: `import { a } from './ring.ts';\nexport const b = () => a;` },
  'only-store-knows-the-database': { path: `${rooms}/members/find-member.ts`, text: `import pg from 'pg';\nexport const a = pg;` },
  'only-http-knows-express': {
    path: `${rooms}/members/list-members.ts`,
    text: `import type { Router } from 'express';\nexport type A = Router;`,
  },
  'no-unresolvable': { path: 'sdk/client/src/lost.ts', text: `import { a } from './not-there.ts';\nexport const b = a;` },
};

interface Violation {
  rule: { name: string };
  from: string;
}

let folder: string;
let violations: Violation[];

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chung-boundaries-'));
  await cp(join(root, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(allowed)) await plant(path, text);
  for (const { path, text } of Object.values(planted)) await plant(path, text);
  await plant('sdk/client/src/ring.ts', `import { b } from './ring-b.ts';\nexport const a = () => b;`);
  const cruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const args = [cruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'platform', 'sdk', 'test'];
  // Violations make it end with a code other than 0; what it found is on standard output all the same.
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, maxBuffer: 64 << 20 }).catch((error) => error);
  if (!stdout) throw new Error(`dependency-cruiser said nothing: ${stderr}`);
  violations = JSON.parse(stdout).summary.violations;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

for (const [rule, { path }] of Object.entries(planted)) {
  test(`${rule} bites`, () => {
    expect(violations.map((one) => `${one.rule.name} ${one.from}`)).toContain(`${rule} ${path}`);
  });
}

test('what the rules allow is not reported', () => {
  expect(violations.filter(({ from }) => from in allowed)).toEqual([]);
});

test('every rule is covered here; the rooms by two of them', () => {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const names: string[] = forbidden.map(({ name }: { name: string }) => name);
  expect(names.filter((name) => !(name in planted) && !/^room-(?!is-|by-)/.test(name))).toEqual([]);
});

test('the table of rooms has no loops', () => {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const table = new Map<string, string[]>();
  for (const { name, to } of forbidden as { name: string; to: { pathNot?: string[] | string } }[]) {
    if (!/^room-(?!is-|by-)/.test(name)) continue;
    const opened = [to.pathNot ?? []].flat().map((path) => path.split('/').at(-2) ?? '');
    table.set(
      name.slice('room-'.length),
      opened.filter((one) => `room-${one}` !== name),
    );
  }
  const settled = new Set<string>();
  for (let before = -1; before !== settled.size; ) {
    before = settled.size;
    for (const [name, opens] of table) if (opens.every((one) => settled.has(one))) settled.add(name);
  }
  expect([...table.keys()].filter((name) => !settled.has(name))).toEqual([]);
  expect(table.size).toBe(13);
});
