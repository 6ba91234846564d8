import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { foldedPath, refusalOfPath, SUBMISSION_LIMITS, type Text } from '@chung/contracts';
import { type Pack, pack } from 'tar-stream';
import { digestOf } from '../build/index.ts';
import { CliError } from '../commands/command.ts';
import type { FileToPack } from './source-files.ts';

const MEBIBYTE = 1024 ** 2;

export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** An archive as the platform takes it. */
export interface PackedApp {
  readonly file: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly files: readonly PackedFile[];
  /** `sha256:<hex>` over paths and contents of all files. */
  readonly digest: string;
}

/**
 * Packs files into one gzip tar: sorted, without times and owners, so that the same files give the same archive wherever they lie.
 *
 * Throws `CliError` where the platform would refuse a path or a size, before anything is sent.
 */
export async function packApp(files: readonly FileToPack[], into: string): Promise<PackedApp> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  assertAllowed(sorted);
  const archive = pack();
  const written = pipeline(archive, createGzip({ level: 9 }), createWriteStream(into));
  const [packed] = await Promise.all([addAll(archive, sorted), written]);
  const { size: bytes } = await stat(into);
  if (bytes > SUBMISSION_LIMITS.archiveBytes) throw tooLarge(bytes);
  return { file: into, bytes, files: packed, digest: digestOf(packed) };
}

async function addAll(archive: Pack, files: readonly FileToPack[]): Promise<readonly PackedFile[]> {
  const packed: PackedFile[] = [];
  try {
    for (const { path, place } of files) {
      // Read once: what is hashed is what is packed, also where somebody is writing.
      const content = await readFile(place);
      await new Promise<void>((resolve, reject) => {
        const header = { name: path, size: content.length, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, type: 'file' as const };
        archive.entry(header, content, (error) => (error ? reject(error) : resolve()));
      });
      packed.push({ path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    }
    archive.finalize();
    return packed;
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function assertAllowed(files: readonly FileToPack[]): void {
  const { files: most, fileBytes, unpackedBytes } = SUBMISSION_LIMITS;
  const seen = new Map<string, string>();
  for (const { path, bytes } of files) {
    const why = refusalOfPath(path);
    if (why) throw refused({ vi: `${path} ${why.vi}.`, en: `${path} ${why.en}.` });
    const twin = seen.get(foldedPath(path));
    if (twin !== undefined)
      throw refused({
        vi: `${path} và ${twin} là một tệp trên hệ thống không phân biệt chữ hoa.`,
        en: `${path} and ${twin} are one file where capitals are not told apart.`,
      });
    seen.set(foldedPath(path), path);
    if (bytes > fileBytes)
      throw refused({
        vi: `${path} lớn hơn ${mebibytes(fileBytes)}.`,
        en: `${path} has more than ${mebibytes(fileBytes)}.`,
      });
  }
  if (files.length > most)
    throw refused({ vi: `Có ${files.length} tệp; tối đa ${most}.`, en: `There are ${files.length} files; ${most} are the most.` });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > unpackedBytes)
    throw refused({
      vi: `Tổng cộng ${mebibytes(bytes)}; tối đa ${mebibytes(unpackedBytes)}.`,
      en: `All files have ${mebibytes(bytes)}; ${mebibytes(unpackedBytes)} are the most.`,
    });
}

const tooLarge = (bytes: number) =>
  refused({
    vi: `Gói nén lớn ${mebibytes(bytes)}; tối đa ${mebibytes(SUBMISSION_LIMITS.archiveBytes)}.`,
    en: `The archive has ${mebibytes(bytes)}; ${mebibytes(SUBMISSION_LIMITS.archiveBytes)} are the most.`,
  });

const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1)} MiB`;

function refused(text: Text): CliError {
  return new CliError({
    text,
    next: {
      vi: 'Bỏ hoặc đổi tên tệp đó, hoặc thêm vào .gitignore; chung submit --dry-run cho thấy những gì được gửi.',
      en: 'Remove or rename it, or add it to .gitignore; chung submit --dry-run shows what is sent.',
    },
    exitCode: 1,
  });
}
