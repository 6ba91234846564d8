import { foldedPath, type ListedFile, listingOf, refusalOfPath, SUBMISSION_LIMITS, SUBMISSION_NEEDS, type Text } from '@chung/contracts';
import { refusal } from './refusal.ts';
import type { Upload } from './upload.ts';

const BLOCK = 512;
const BUNDLE = 'bundle/';

/** A file of an archive. */
interface ArchivedFile extends ListedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What arrived, and what it is by its content. */
export interface AppArchive {
  readonly archiveBytes: number;
  readonly files: readonly ArchivedFile[];
  readonly digest: string;
  readonly bundleDigest: string | null;
}

const refused = (detail: Text) => refusal('archive_refused', { detail });
const UNREADABLE: Text = {
  vi: 'Gói không đọc được: không phải tar nén gzip, bị cắt ngang hoặc bị hỏng.',
  en: 'The archive cannot be read: it is no gzip tar, or it was cut off or damaged.',
};

/** Reads an archive as `chung submit` packs it; refuses what the platform would not unpack. */
export async function readArchive({ chunks, bytesTotal }: Upload): Promise<AppArchive> {
  if ((bytesTotal ?? 0) > SUBMISSION_LIMITS.archiveBytes) throw tooLarge();
  const packed: Uint8Array<ArrayBuffer>[] = [];
  let archiveBytes = 0;
  for await (const chunk of chunks) {
    archiveBytes += chunk.length;
    if (archiveBytes > SUBMISSION_LIMITS.archiveBytes) throw tooLarge();
    packed.push(new Uint8Array(chunk));
  }
  const files = await filesOf(await unzipped(new Blob(packed)));
  const lacking = SUBMISSION_NEEDS.find((needed) => !files.some(({ path }) => path === needed));
  if (lacking) throw refused({ vi: `Thiếu ${lacking}.`, en: `There is no ${lacking}.` });
  const bundle = files
    .filter(({ path }) => path.startsWith(BUNDLE))
    .map(({ path, sha256 }) => ({ path: path.slice(BUNDLE.length), sha256 }));
  return { archiveBytes, files, digest: await digestOf(files), bundleDigest: bundle.length === 0 ? null : await digestOf(bundle) };
}

function tooLarge() {
  const mebibytes = SUBMISSION_LIMITS.archiveBytes / 1024 ** 2;
  return refusal('payload_too_large', {
    detail: { vi: `Gói gửi lên tối đa ${mebibytes} MiB.`, en: `An archive has ${mebibytes} MiB at the most.` },
  });
}

/** Headers and the padding of each file come on top of what the files hold. */
const UNZIPPED_MAX = SUBMISSION_LIMITS.unpackedBytes + SUBMISSION_LIMITS.files * 2_048;

async function unzipped(archive: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const reader = archive.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const next = () =>
    reader.read().catch(() => {
      throw refused(UNREADABLE);
    });
  for (let read = await next(); !read.done; read = await next()) {
    bytes += read.value.length;
    // A few kilobytes can unpack to gigabytes, which is found out before they are held.
    if (bytes > UNZIPPED_MAX) throw unpacksToTooMuch();
    parts.push(new Uint8Array(read.value));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function unpacksToTooMuch() {
  const mebibytes = SUBMISSION_LIMITS.unpackedBytes / 1024 ** 2;
  return refused({ vi: `Giải nén ra quá ${mebibytes} MiB.`, en: `It unpacks to more than ${mebibytes} MiB.` });
}

async function filesOf(tar: Uint8Array<ArrayBuffer>): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  const takeName = namesOnce();
  let unpacked = 0;
  for (const { name, isFile, bytes } of entriesOf(tar)) {
    const shown = JSON.stringify(name);
    const why = refusalOfPath(name);
    if (why) throw refused({ vi: `${shown} ${why.vi}.`, en: `${shown} ${why.en}.` });
    if (!isFile) throw refused({ vi: `${shown} không phải tệp thường.`, en: `${shown} is no plain file.` });
    takeName(name);
    unpacked += bytes.length;
    if (unpacked > SUBMISSION_LIMITS.unpackedBytes) throw unpacksToTooMuch();
    if (files.length >= SUBMISSION_LIMITS.files || bytes.length > SUBMISSION_LIMITS.fileBytes)
      throw refused({ vi: `${shown} quá lớn, hoặc có quá nhiều tệp.`, en: `${shown} is too large, or there are too many files.` });
    files.push({ path: name, bytes, sha256: await sha256(bytes) });
  }
  return files;
}

/** No file twice, also not by a name that some systems take for the same, and none where another one needs a folder. */
function namesOnce(): (name: string) => void {
  const files = new Set<string>();
  const folders = new Set<string>();
  return (name) => {
    const folded = foldedPath(name);
    const parents = folded.split('/').slice(0, -1);
    const above = parents.map((_, index) => parents.slice(0, index + 1).join('/'));
    if (files.has(folded) || folders.has(folded) || above.some((folder) => files.has(folder)))
      throw refused({
        vi: `${JSON.stringify(name)} trùng tên với một tệp khác (kể cả khi chỉ khác chữ hoa, chữ thường).`,
        en: `${JSON.stringify(name)} has the name of another file (capitals are not told apart).`,
      });
    files.add(folded);
    for (const folder of above) folders.add(folder);
  };
}

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The entries of a tar (POSIX.1-2001, ustar with pax headers), as far as `chung submit` writes them. */
function* entriesOf(tar: Uint8Array<ArrayBuffer>): Generator<Entry, void, undefined> {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const end = at + BLOCK + size;
    if (!text(header.subarray(257, 263)).startsWith('ustar') || Number.isNaN(size) || end > tar.length) throw refused(UNREADABLE);
    const bytes = tar.slice(at + BLOCK, end);
    const type = text(header.subarray(156, 157));
    const prefix = text(header.subarray(345, 500));
    const name = longName ?? `${prefix && `${prefix}/`}${text(header.subarray(0, 100))}`;
    longName = type === 'x' ? (/\d+ path=(.*)\n/.exec(text(bytes))?.[1] ?? null) : null;
    if (type !== 'x') yield { name, isFile: type === '0' || type === '', bytes };
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw refused(UNREADABLE);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const digestOf = async (files: readonly ListedFile[]): Promise<string> =>
  `sha256:${await sha256(new TextEncoder().encode(listingOf(files)))}`;
