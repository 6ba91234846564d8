// Unpacking, apart from HTTP: what is written is what was sent, and no damage of an archive leads to anything but a refusal.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appFiles, archiveOf, digestsOf, tarOf } from '../../../../../test/harness/app-archive.ts';
import { DomainError } from '../../kernel/errors.ts';
import { digestOf } from './submission.ts';
import { unpackArchive } from './unpack-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-unpack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Unpacks into a folder inside of one that nothing else may come into. */
async function unpack(archive: Buffer) {
  const outer = await mkdtemp(path.join(folder, 'outer-'));
  const file = path.join(outer, 'archive');
  const into = path.join(outer, 'into');
  await writeFile(file, archive);
  await mkdir(into);
  const outcome = await unpackArchive(file, into).then(
    (files) => ({ files, error: null }),
    (error: unknown) => ({ files: [], error }),
  );
  expect((await readdir(outer)).toSorted()).toEqual(['archive', 'into']);
  return { ...outcome, into };
}

test('every file is there with its bytes, and the digest is that of what is there', async () => {
  const files = appFiles({
    files: {
      'source/src/màn hình/trang chủ.tsx': 'export const chào = "bạn";',
      'source/empty.txt': '',
      'source/large.bin': randomBytes(3_000_000),
      [`source/${'deep/'.repeat(40)}end.ts`]: 'x',
    },
  });
  const { files: unpacked, into } = await unpack(await archiveOf(files));
  expect(unpacked.map((file) => file.path)).toEqual(Object.keys(files));
  for (const [name, content] of Object.entries(files)) expect(await readFile(path.join(into, name))).toEqual(Buffer.from(content));
  expect(digestOf(unpacked)).toBe(digestsOf(files).digest);
});

test('an entry that says less than it holds, or more, is not believed', async () => {
  const tar = gunzipSync(await tarOf([{ name: 'source/package.json', content: 'x'.repeat(600) }]));
  const said = Buffer.from(tar);
  // The size in octal, and the sum of the header's bytes, as an archive that lies would have them.
  said.write('00000000001\0', 124, 'latin1');
  said.fill(' ', 148, 156);
  const sum = said.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  said.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const { error } = await unpack(gzipSync(said));
  expect(error).toMatchObject({ code: 'archive_refused' });
});

test('whatever bytes of an archive are damaged, it is taken with what it says or refused; nothing else happens', async () => {
  const tar = gunzipSync(await archiveOf(appFiles({ files: { 'source/src/main.ts': 'export {};', 'bundle/remoteEntry.js': '1' } })));
  const damage = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const damaged = Buffer.from(tar);
      for (const [at, value] of changes) damaged[at] = value;
      const { error, files, into } = await unpack(gzipSync(damaged));
      if (error !== null) {
        expect(error).toBeInstanceOf(DomainError);
        expect(error).toMatchObject({ code: 'archive_refused' });
        return;
      }
      for (const file of files) expect((await readFile(path.join(into, file.path))).length).toBe(file.bytes);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('any bytes at all that call themselves an archive are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), async (bytes, isPacked) => {
      const { error } = await unpack(isPacked ? gzipSync(bytes) : Buffer.from(bytes));
      expect(error).toMatchObject({ code: 'archive_refused' });
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('where an archive is cut, it is refused', async () => {
  const whole = await archiveOf(appFiles());
  for (let end = 0; end < whole.length; end += Math.ceil(whole.length / 40)) {
    const { error } = await unpack(whole.subarray(0, end));
    expect([end, error]).toEqual([end, expect.objectContaining({ code: 'archive_refused' })]);
  }
});

test('a disk that is full is our failure and not the partner’s', async () => {
  const file = path.join(folder, 'archive');
  await writeFile(file, await archiveOf(appFiles()));
  await expect(unpackArchive(file, path.join(folder, 'archive'))).rejects.toThrow(/ENOTDIR|EEXIST/);
});
