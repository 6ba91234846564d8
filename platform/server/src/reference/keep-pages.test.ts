import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepPages } from './keep-pages.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-pages-'));
  await mkdir(path.join(folder, 'errors'));
  await writeFile(path.join(folder, 'guide.md'), 'written by a person');
  await writeFile(path.join(folder, 'errors/old.md'), 'of a code that is no more');
  await writeFile(path.join(folder, 'scopes.md'), 'as it should be');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pages = new Map([
  ['scopes.md', 'as it should be'],
  ['errors/new.md', 'a new code'],
  ['api/offers.md', 'a new folder'],
]);
const keep = (mode: 'write' | 'check') => keepPages({ folder, pages, whole: ['errors', 'api'], mode });
const files = async () => (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.md')).toSorted();

test('looking names what is missing, what differs and what is left over, and changes nothing', async () => {
  const before = await files();
  expect(await keep('check')).toEqual(['api/offers.md', 'errors/new.md', 'errors/old.md']);
  expect(await files()).toEqual(before);
});

test('writing makes the folder what is asked for, and leaves what persons wrote', async () => {
  await keep('write');
  expect(await files()).toEqual(['api/offers.md', 'errors/new.md', 'guide.md', 'scopes.md']);
  expect(await readFile(path.join(folder, 'guide.md'), 'utf8')).toBe('written by a person');
  expect(await keep('check')).toEqual([]);
});

test('one changed sign is seen', async () => {
  await keep('write');
  await writeFile(path.join(folder, 'api/offers.md'), 'a new folder.');
  expect(await keep('check')).toEqual(['api/offers.md']);
});
