// The digest is what review, storage and the running app agree on: equal for equal files, and for nothing else.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf, filesOf, firstLoadBytes } from './bundle.ts';

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,8}(\/[a-zA-Z0-9._-]{1,8})?$/);
const files = fc.uniqueArray(fc.record({ path: name, sha256: fc.string().map(sha256) }), { selector: (file) => file.path, maxLength: 8 });

test('a digest is SHA-256 over hash and path of each file, in the order of the paths, so that anybody can compute it', () => {
  const listing = `${sha256('b')} a.css\n${sha256('a')} b.js\n`;
  const two = [
    { path: 'b.js', sha256: sha256('a') },
    { path: 'a.css', sha256: sha256('b') },
  ];
  expect(digestOf(two)).toBe(`sha256:${sha256(listing)}`);
});

test('it does not depend on the order in which files are listed', () => {
  fc.assert(fc.property(files, (all) => digestOf(all) === digestOf(all.toReversed())));
});

test('it is another one when a file is added, taken away, renamed or changed, or when two change places', () => {
  fc.assert(
    fc.property(files, fc.nat(), (all, at) => {
      const before = digestOf(all);
      const one = all[at % Math.max(1, all.length)];
      const others = [[...all, { path: 'added/by/the/test', sha256: sha256('x') }]];
      if (one) {
        others.push(all.filter((file) => file !== one));
        others.push(all.map((file) => (file === one ? { ...file, path: `${file.path}~` } : file)));
        others.push(all.map((file) => (file === one ? { ...file, sha256: sha256(file.sha256) } : file)));
      }
      return others.every((changed) => digestOf(changed) !== before);
    }),
  );
  const [a, b] = [sha256('a'), sha256('b')];
  const straight = [
    { path: 'a', sha256: a },
    { path: 'b', sha256: b },
  ];
  const crossed = [
    { path: 'a', sha256: b },
    { path: 'b', sha256: a },
  ];
  expect(digestOf(straight)).not.toBe(digestOf(crossed));
});

test('paths are ordered by their code points, whatever the language of the machine is', () => {
  const order = ['B.js', 'a.js', 'Á.js', 'đ.js', 'z.js'];
  const listing = ['B.js', 'a.js', 'z.js', 'Á.js', 'đ.js'].map((file) => `${sha256(file)} ${file}\n`).join('');
  expect(digestOf(order.map((file) => ({ path: file, sha256: sha256(file) })))).toBe(`sha256:${sha256(listing)}`);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chung-files-'));
  mkdirSync(path.join(folder, 'deep/er'), { recursive: true });
  writeFileSync(path.join(folder, 'remoteEntry.js'), 'x'.repeat(5_000));
  writeFileSync(path.join(folder, 'deep/er/picture.png'), Buffer.from([0, 255, 254]));
  writeFileSync(path.join(folder, 'empty.css'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('files are told with slashes, sizes and hashes, also those in folders and those with nothing in them', async () => {
  const found = await filesOf(folder);
  expect(found.map((file) => [file.path, file.bytes, file.sha256])).toEqual([
    ['deep/er/picture.png', 3, sha256(Buffer.from([0, 255, 254]))],
    ['empty.css', 0, sha256('')],
    ['remoteEntry.js', 5_000, sha256('x'.repeat(5_000))],
  ]);
  expect(found.at(-1)?.gzipBytes).toBe(gzipSync('x'.repeat(5_000), { level: 9 }).length);
});

test('the first load is what the first screen needs, compressed, and not the rest', async () => {
  const all = await filesOf(folder);
  const [, empty, entry] = all;
  expect(firstLoadBytes({ files: all, firstLoad: ['remoteEntry.js', 'empty.css'] })).toBe(
    (entry?.gzipBytes ?? 0) + (empty?.gzipBytes ?? 0),
  );
  expect(firstLoadBytes({ files: all, firstLoad: [] })).toBe(0);
});
