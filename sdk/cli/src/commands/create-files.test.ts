// How a project is put together from parts, seen in what is written.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { TEMPLATES } from './create-answers.ts';
import { type PartName, writeProject } from './create-files.ts';

const values = {
  NAME: 'Quà tháng 3',
  SLUG: 'qua-thang-3',
  APP_ID: 'vn.example.qua',
  EMAIL: 'a@b.vn',
  VERSION: '9.9.9',
  STARTS: '2026-01-01T00:00:00Z',
  ENDS: '2026-02-01T00:00:00Z',
};
const WAYS: readonly (readonly PartName[])[] = TEMPLATES.flatMap(({ parts }) => [parts, [...new Set<PartName>([...parts, 'backend'])]]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(parts: readonly PartName[]): Promise<ReadonlyMap<string, string>> {
  writeProject({ folder, parts, values });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')] as const)));
}

test.each(WAYS.map((parts) => [parts.join(' + '), parts] as const))(
  '%s: every place is filled, and nothing shows how it was made',
  async (_, parts) => {
    const files = await written(parts);
    for (const [name, text] of files) {
      expect(text, name).not.toMatch(/__[A-Z_]+__|\n{3}|\[\n\s*\]/);
      expect(name).not.toMatch(/(^|\/)_|slots/);
    }
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['.gitignore', 'package.json', 'tsconfig.json', 'chung.config.ts', 'icon.svg']),
    );
    expect(files.get('.gitignore')).toMatch(/^\.chung\/$/m);
    expect(files.get('README.md')?.split('\n').length).toBeLessThan(45);
  },
);

const Manifest = z.object({
  name: z.string(),
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()),
});
const manifestOf = async (...parts: PartName[]) => Manifest.parse(JSON.parse((await written(parts)).get('package.json') ?? ''));

test('package.json has what the parts need, by name, and no list that is empty', async () => {
  const offers = await manifestOf('base', 'offers');
  expect([offers.name, offers.dependencies, Object.keys(offers.scripts)]).toEqual(['qua-thang-3', undefined, ['dev', 'check', 'test']]);
  const all = await manifestOf('base', 'offers', 'mini-app', 'backend');
  expect(Object.keys(all.scripts)).toEqual(['dev', 'check', 'test', 'build', 'server']);
  for (const list of [all.dependencies ?? {}, all.devDependencies]) expect(Object.keys(list)).toEqual(Object.keys(list).toSorted());
  expect([all.devDependencies['@chung/cli'], all.devDependencies['@chung/server']]).toEqual(['^9.9.9', '^9.9.9']);
});

test('what one part alone brings is not there without it', async () => {
  const files = await written(['base', 'offers']);
  expect(files.get('chung.config.ts')).toContain('req_permissions: [],');
  expect(files.get('README.md')).not.toMatch(/server|build/);
  for (const name of ['.env.example', 'src', 'server']) expect(existsSync(path.join(folder, name))).toBe(false);
});

test('filled lines stand where their slot stood', async () => {
  const config = (await written(['base', 'mini-app', 'backend'])).get('chung.config.ts') ?? '';
  expect(config).toMatch(/^ {4}\{\n {6}name: 'offers:read',$/m);
  expect(config.match(/^ {6}name: /gm)).toHaveLength(3);
  expect(config).toMatch(/^ {2}pages: \['home'\],$/m);
});

test('two parts with a file of one name are a mistake of ours and no silent loss', () => {
  expect(() => writeProject({ folder, parts: ['base', 'offers', 'offers'], values })).toThrow('Two parts have test/offers.test.ts.');
});
