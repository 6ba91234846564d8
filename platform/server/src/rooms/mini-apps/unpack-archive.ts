import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { foldedPath, refusalOfPath, SUBMISSION_LIMITS, SUBMISSION_NEEDS, type Text } from '@chung/contracts';
import { extract, type Header } from 'tar-stream';
import { DomainError } from '../../kernel/errors.ts';
import type { ContainedFile } from './submission.ts';

const MEBIBYTE = 1024 ** 2;

interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
}

/**
 * Unpacks an archive into an empty folder of its own and tells what is in it; throws `archive_refused` with the one thing that is wrong first.
 * Nothing but plain files is made, each by a path that was judged before, so that no entry can lead anywhere else. Sizes are counted as they
 * come out of the compressor: what an entry says of itself is not believed.
 */
export async function unpackArchive(archive: string, into: string): Promise<readonly ContainedFile[]> {
  const entries = extract();
  // Both at once: the entries are what the pipeline waits for. When one fails the other fails with it, and less clearly.
  const [taken, pumped] = await Promise.allSettled([
    takeEntries(entries, into),
    pipeline(createReadStream(archive), createGunzip(), boundedBytes(), entries),
  ]);
  const reasons = [taken, pumped].flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  if (taken.status === 'rejected' || reasons.length > 0)
    throw refusalOf(reasons.find((reason) => reason instanceof DomainError || isOfDisk(reason)) ?? reasons.at(-1));
  const files = taken.value;
  const present = new Set(files.map((file) => file.path));
  const lacking = SUBMISSION_NEEDS.find((needed) => !present.has(needed));
  if (lacking) throw refused({ vi: `Thiếu ${lacking}.`, en: `There is no ${lacking}.` });
  return files;
}

const refused = (detail: Text): DomainError => new DomainError('archive_refused', { detail });

/** `ENOSPC` and its like; those of streams and of the decompressor are named otherwise. */
const isOfDisk = (error: unknown): boolean => error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));

/** What the decompressor and the reader of the archive throw is about the archive; what a disk throws is ours. */
function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isOfDisk(error)) return error;
  return new DomainError('archive_refused', {
    detail: {
      vi: 'Gói không đọc được: không phải tar nén gzip, bị cắt ngang hoặc bị hỏng.',
      en: 'The archive cannot be read: it is no gzip tar, or it was cut off or damaged.',
    },
    cause: error,
  });
}

/** Stops a small archive that would fill a disk, before its files are written. */
function boundedBytes(): Transform {
  // Headers and the padding of each file come on top of what the files hold.
  const most = SUBMISSION_LIMITS.unpackedBytes + SUBMISSION_LIMITS.files * 2_048;
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) done(tooMuch());
      else done(null, chunk);
    },
  });
}

const tooMuch = () => {
  const most = SUBMISSION_LIMITS.unpackedBytes / MEBIBYTE;
  return refused({ vi: `Giải nén ra quá ${most} MiB.`, en: `It unpacks to more than ${most} MiB.` });
};

async function takeEntries(entries: AsyncIterable<Entry>, into: string): Promise<readonly ContainedFile[]> {
  const files: ContainedFile[] = [];
  const names = createNames();
  let unpacked = 0;
  for await (const entry of entries) {
    const { name, type, size } = entry.header;
    assertPlain(name, type);
    names.take(name);
    if (files.length >= SUBMISSION_LIMITS.files) {
      const most = SUBMISSION_LIMITS.files.toLocaleString('en-US');
      throw refused({ vi: `Có hơn ${most} tệp.`, en: `It has more than ${most} files.` });
    }
    unpacked += size;
    if (unpacked > SUBMISSION_LIMITS.unpackedBytes) throw tooMuch();
    files.push(await writeEntry(entry, path.join(into, ...name.split('/'))));
  }
  return files;
}

/** Links, devices and pipes have no content of their own; folders are made for the files in them. */
function assertPlain(name: string, type: Header['type']): void {
  const why = refusalOfPath(name);
  if (why) throw refused({ vi: `${shown(name)} ${why.vi}.`, en: `${shown(name)} ${why.en}.` });
  if (type !== 'file')
    throw refused({ vi: `${shown(name)} không phải tệp thường (${type}).`, en: `${shown(name)} is no plain file (${type}).` });
}

/** A name may hold anything at all: it is shown as JSON writes it, and short. */
const shown = (name: string): string => {
  const quoted = JSON.stringify(name.slice(0, 100));
  return name.length > 100 ? `${quoted.slice(0, -1)}…"` : quoted;
};

/** No file twice, also not by a name that some systems take for the same, and none where another one needs a folder. */
function createNames(): { take(name: string): void } {
  const files = new Set<string>();
  const folders = new Set<string>();
  return {
    take: (name) => {
      const folded = foldedPath(name);
      const parents = folded.split('/').slice(0, -1);
      const above = parents.map((_, index) => parents.slice(0, index + 1).join('/'));
      if (files.has(folded) || folders.has(folded) || above.some((folder) => files.has(folder)))
        throw refused({
          vi: `${shown(name)} trùng tên với một tệp khác (kể cả khi chỉ khác chữ hoa, chữ thường).`,
          en: `${shown(name)} has the name of another file (capitals are not told apart).`,
        });
      files.add(folded);
      for (const folder of above) folders.add(folder);
    },
  };
}

async function writeEntry(entry: Entry, file: string): Promise<ContainedFile> {
  await mkdir(path.dirname(file), { recursive: true });
  // 'wx': what is there already is never written over, whatever the bookkeeping above believes.
  const target = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of entry) {
      if (!(chunk instanceof Uint8Array)) throw new Error('an archive gave something else than bytes');
      bytes += chunk.length;
      if (bytes > SUBMISSION_LIMITS.fileBytes) {
        const most = SUBMISSION_LIMITS.fileBytes / MEBIBYTE;
        throw refused({
          vi: `${shown(entry.header.name)} lớn hơn ${most} MiB.`,
          en: `${shown(entry.header.name)} has more than ${most} MiB.`,
        });
      }
      hash.update(chunk);
      await target.writeFile(chunk);
    }
  } finally {
    await target.close();
  }
  return { path: entry.header.name, bytes, sha256: hash.digest('hex') };
}
