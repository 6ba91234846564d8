// Archives of apps: what the fake platform takes in and refuses is what the platform does, entry by entry.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { SUBMISSION_LIMITS } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../../platform/server/src/kernel/errors.ts';
import { unpackArchive } from '../../../platform/server/src/rooms/mini-apps/unpack-archive.ts';
import { appFiles, archiveOf, digestsOf, type TarEntry, tarOf } from '../../../test/harness/app-archive.ts';
import { readArchive } from './app-archive.ts';
import { Refusal } from './refusal.ts';
import { uploadOf } from './upload.ts';

const MEBIBYTE = 1024 ** 2;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-archives-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const blobOf = (archive: Buffer) => new Blob([new Uint8Array(archive)]);
const read = (archive: Buffer) => readArchive(uploadOf(blobOf(archive)));

/** What became of an archive: how many files it has, or the code it is refused with. */
async function here(archive: Buffer): Promise<string> {
  try {
    return `${(await read(archive)).files.length} files`;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

let unpacked = 0;
async function onPlatform(archive: Buffer): Promise<string> {
  unpacked += 1;
  const file = path.join(folder, `${unpacked}.tgz`);
  await writeFile(file, archive);
  try {
    return `${(await unpackArchive(file, path.join(folder, String(unpacked)))).length} files`;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

const NEEDED: readonly TarEntry[] = Object.entries(appFiles()).map(([name, content]) => ({ name, content }));
const withMore = (...more: TarEntry[]) => tarOf([...NEEDED, ...more]);

describe('an archive', () => {
  test('is its files with their digests, whatever the order in which they are packed', async () => {
    const files = appFiles({ files: { 'bundle/remoteEntry.js': 'x', 'source/src/đường.ts': 'y' } });
    const [one, other] = [
      await read(await archiveOf(files)),
      await read(await archiveOf(Object.fromEntries(Object.entries(files).toReversed()))),
    ];
    expect({ digest: one.digest, bundleDigest: one.bundleDigest }).toEqual(digestsOf(files));
    expect([other.digest, other.bundleDigest]).toEqual([one.digest, one.bundleDigest]);
    expect(one.files.map((file) => file.path)).toEqual(Object.keys(files));
  });

  test('says how many bytes it has as it came', async () => {
    const archive = await archiveOf(appFiles());
    expect((await read(archive)).archiveBytes).toBe(archive.length);
  });

  test('without a bundle has no digest of one', async () => {
    expect((await read(await archiveOf(appFiles()))).bundleDigest).toBeNull();
  });
});

describe('the platform and the fake one agree on', () => {
  test.each<[string, readonly TarEntry[], string]>([
    ['a file in a folder of its own', [{ name: 'source/a/b/c.ts', content: 'x' }], '6 files'],
    ['a name of 240 bytes', [{ name: `source/${'a'.repeat(233)}` }], '6 files'],
    ['a name of 241 bytes', [{ name: `source/${'a'.repeat(234)}` }], 'archive_refused'],
    ['a name in two parts of a header', [{ name: `source/${'d'.repeat(90)}/${'f'.repeat(90)}.ts` }], '6 files'],
    ['a name with marks', [{ name: 'source/đường dẫn.ts' }], '6 files'],
    ['a name whose marks stand apart', [{ name: 'source/đường.ts'.normalize('NFD') }], 'archive_refused'],
    ['a way out', [{ name: 'source/../../x' }], 'archive_refused'],
    ['a place that is absolute', [{ name: '/etc/passwd' }], 'archive_refused'],
    ['a place that is neither source nor bundle', [{ name: 'other/x' }], 'archive_refused'],
    ['a device of Windows', [{ name: 'source/con.ts' }], 'archive_refused'],
    ['keys', [{ name: 'source/server.pem' }], 'archive_refused'],
    ['the same file twice', [{ name: 'source/icon.svg' }], 'archive_refused'],
    ['the same file in capitals', [{ name: 'source/ICON.svg' }], 'archive_refused'],
    ['a file where another one is a folder', [{ name: 'source/a/b' }, { name: 'source/a' }], 'archive_refused'],
    ['a folder where another one is a file', [{ name: 'source/a' }, { name: 'source/A/b' }], 'archive_refused'],
    ['a folder by itself', [{ name: 'source/a', type: 'directory' }], 'archive_refused'],
    ['a link', [{ name: 'source/a', type: 'symlink', linkname: '/etc/passwd' }], 'archive_refused'],
    ['a hard link', [{ name: 'source/a', type: 'link', linkname: 'source/icon.svg' }], 'archive_refused'],
    ['a pipe', [{ name: 'source/a', type: 'fifo' }], 'archive_refused'],
    ['a file of ten mebibytes', [{ name: 'source/a', content: Buffer.alloc(10 * MEBIBYTE) }], '6 files'],
    ['one byte more', [{ name: 'source/a', content: Buffer.alloc(10 * MEBIBYTE + 1) }], 'archive_refused'],
  ])('%s', async (_what, more, outcome) => {
    const archive = await withMore(...more);
    expect(await here(archive)).toBe(outcome);
    expect(await onPlatform(archive)).toBe(outcome);
  });

  test.each(['source/chung.config.ts', 'source/package.json', 'source/package-lock.json'])('a lack of %s', async (needed) => {
    const archive = await tarOf(NEEDED.filter(({ name }) => name !== needed));
    expect([await here(archive), await onPlatform(archive)]).toEqual(['archive_refused', 'archive_refused']);
    await expect(read(archive)).rejects.toMatchObject({ details: { detail: { vi: `Thiếu ${needed}.`, en: `There is no ${needed}.` } } });
  });

  test('what unpacks to more than it may, however small it came', async () => {
    const most = Array.from({ length: 7 }, (_, index) => ({ name: `source/${index}`, content: Buffer.alloc(9.2 * MEBIBYTE) }));
    const archive = await withMore(...most);
    expect(archive.length).toBeLessThan(MEBIBYTE);
    expect(await onPlatform(archive)).toBe('archive_refused');
    await expect(read(archive)).rejects.toMatchObject({
      code: 'archive_refused',
      details: { detail: { en: 'It unpacks to more than 64 MiB.' } },
    });
  });
});

describe('what is no archive', () => {
  test.each([
    ['bytes of anything', Buffer.from('nonsense')],
    ['nothing', Buffer.alloc(0)],
    ['gzip of no tar', gzipSync(Buffer.from('x'.repeat(2_000)))],
    ['gzip of nothing', gzipSync(Buffer.alloc(0))],
  ])('%s is refused', async (_what, archive) => {
    expect(await here(archive)).toBe('archive_refused');
  });

  test('a bomb is found out before it is all unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * MEBIBYTE));
    expect(await onPlatform(bomb)).toBe('archive_refused');
    await expect(read(bomb)).rejects.toMatchObject({
      details: { detail: { vi: 'Giải nén ra quá 64 MiB.', en: 'It unpacks to more than 64 MiB.' } },
    });
  });

  test('an archive that was cut off anywhere is refused', async () => {
    const archive = await archiveOf(appFiles());
    for (const share of [0.1, 0.5, 0.9, 0.99])
      expect(await here(archive.subarray(0, Math.floor(archive.length * share)))).toBe('archive_refused');
  });

  test('one that says it is too large is refused before it is read, and one that does not say so as soon as it is', async () => {
    const most = SUBMISSION_LIMITS.archiveBytes;
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; pulled += MEBIBYTE) yield new Uint8Array(MEBIBYTE);
    }
    const tooLarge = { code: 'payload_too_large', details: { detail: { en: 'An archive has 20 MiB at the most.' } } };
    await expect(readArchive({ chunks: endless(), bytesTotal: most + 1 })).rejects.toMatchObject(tooLarge);
    expect(pulled).toBe(0);
    await expect(readArchive({ chunks: endless(), bytesTotal: null })).rejects.toMatchObject(tooLarge);
    expect(pulled).toBe(most);
  });
});
