import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { foldedPath, isPrivateName, listingOf, refusalOfPath, SUBMISSION_LIMITS, SUBMISSION_NEEDS } from './submission-format.ts';

test.each([
  'source/chung.config.ts',
  'source/src/màn hình/trang chủ.tsx',
  'source/.gitignore',
  'source/src/environment.ts',
  'source/node_modules.md',
  'source/src/keys.ts',
  'bundle/remoteEntry.js',
  'bundle/assets/a-b_c~1@2x.png',
])('%s may be in a submission', (path) => expect(refusalOfPath(path)).toBeNull());

test.each([
  ['/etc/passwd', 'leads out'],
  ['source/../../etc/passwd', 'leads out'],
  ['source/./a.ts', 'leads out'],
  ['../source/a.ts', 'leads out'],
  ['source\\..\\a.ts', 'signs'],
  ['source/a\u0000.ts', 'signs'],
  ['source/a\nb.ts', 'signs'],
  ['source/\u202egpj.exe', 'signs'],
  ['source/a\ufffd.ts', 'signs'],
  ['C:/a.ts', 'signs'],
  ['source/tie\u0302\u0301ng.ts', 'signs'],
  ['source//a.ts', 'every system'],
  ['source/a.ts/', 'every system'],
  ['source/a.', 'every system'],
  ['source/ a.ts', 'every system'],
  ['source/nul.txt', 'every system'],
  ['source/COM1', 'every system'],
  ['source/node_modules/x/index.js', 'never be sent'],
  ['source/.git/config', 'never be sent'],
  ['source/.GIT/config', 'never be sent'],
  ['source/backend/.env', 'never be sent'],
  ['source/.env.production', 'never be sent'],
  ['source/.npmrc', 'never be sent'],
  ['source/deploy/id_ed25519', 'never be sent'],
  ['source/server.PEM', 'never be sent'],
  ['a.ts', 'neither'],
  ['source', 'neither'],
  ['sources/a.ts', 'neither'],
  ['', 'every system'],
  [`source/${'a'.repeat(240)}`, 'too long'],
  [`source/${'ậ'.repeat(80)}`, 'too long'],
])('%j has no place in a submission', (path, why) => expect(refusalOfPath(path)?.en).toContain(why));

test('what an app cannot be without may be in a submission', () => {
  for (const path of SUBMISSION_NEEDS) expect(refusalOfPath(path)).toBeNull();
  expect(SUBMISSION_LIMITS.fileBytes).toBeLessThan(SUBMISSION_LIMITS.unpackedBytes);
});

test('a private name is known in any case of its letters', () => {
  expect(['.ENV', '.Env.local', 'Node_Modules', 'x.Key', '.DS_Store'].filter((name) => !isPrivateName(name))).toEqual([]);
});

test('two names that one system takes for the same file fold to one', () => {
  expect(foldedPath('source/Tiếng.ts')).toBe(foldedPath('source/tie\u0302\u0301ng.ts'));
});

test('the listing does not depend on the order of the files, and every change of a name or of a content changes it', () => {
  const files = ['b', 'a', 'Z', 'ă'].map((path) => ({ path, sha256: createHash('sha256').update(path).digest('hex') }));
  const listing = listingOf(files);
  expect(listingOf(files.toReversed())).toBe(listing);
  expect(listing.match(/ \S+$/gm)).toEqual([' Z', ' a', ' b', ' ă']);
  for (const [index] of files.entries()) {
    const swapped = files.map((file, at) => (at === index ? { ...file, path: `${file.path}x` } : file));
    const changed = files.map((file, at) => (at === index ? { ...file, sha256: '0'.repeat(64) } : file));
    expect(new Set([listing, listingOf(swapped), listingOf(changed), listingOf(files.toSpliced(index, 1))]).size).toBe(4);
  }
});
