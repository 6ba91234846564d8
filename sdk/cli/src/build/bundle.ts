import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of a bundle; its path is relative to the folder, with `/` on every system. */
export interface BuiltFile {
  readonly path: string;
  readonly bytes: number;
  /** As a server that compresses sends it; what the budget counts. */
  readonly gzipBytes: number;
  /** In hexadecimal; the entry's table of integrity says the same of the files it loads. */
  readonly sha256: string;
}

/** What was built: the same source gives the same digest on every machine. */
export interface Bundle {
  readonly folder: string;
  /** Sorted by path. */
  readonly files: readonly BuiltFile[];
  /** `sha256:<hex>` over the sorted paths with their hashes. */
  readonly digest: string;
  /** What a phone loads before the first screen, entry first; the rest comes when it is asked for. */
  readonly firstLoad: readonly string[];
}

/**
 * The files of a folder with their sizes and hashes.
 *
 * @example
 * for (const { path, gzipBytes } of await filesOf('dist')) show(`${path} ${gzipBytes}`);
 */
export async function filesOf(folder: string): Promise<readonly BuiltFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return Promise.all(paths.toSorted(byCodePoint).map((name) => describe(folder, name)));
}

async function describe(folder: string, name: string): Promise<BuiltFile> {
  const content = await readFile(path.join(folder, name));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: name, bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length, sha256 };
}

/** Never by the language of the machine: two machines must agree on the order. */
const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The digest of a bundle: SHA-256 over `<sha256 of the file> <path>\n` for each file, in the order of their paths.
 *
 * @example
 * digestOf([{ path: 'remoteEntry.js', sha256: 'ab…' }]); // 'sha256:9f…'
 */
export function digestOf(files: readonly Pick<BuiltFile, 'path' | 'sha256'>[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted((a, b) => byCodePoint(a.path, b.path))) hash.update(`${file.sha256} ${file.path}\n`);
  return `sha256:${hash.digest('hex')}`;
}

/** What the first screen may load beyond what the frame has, compressed: a second on a slow phone connection. */
export const FIRST_LOAD_BUDGET_BYTES = 40_000;

/**
 * What a phone loads before the first screen, in compressed bytes.
 *
 * @example
 * const bundle = await buildMiniApp({ root: '.', into: 'dist' });
 * if (firstLoadBytes(bundle) > FIRST_LOAD_BUDGET_BYTES) throw new Error('too much for the first screen');
 */
export function firstLoadBytes({ files, firstLoad }: Pick<Bundle, 'files' | 'firstLoad'>): number {
  return files.filter((file) => firstLoad.includes(file.path)).reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
}
