import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

interface KeptPages {
  readonly folder: string;
  /** By their places in the folder. */
  readonly pages: ReadonlyMap<string, string>;
  /** Folders in it that hold nothing else: what is asked for no more is taken away there. */
  readonly whole: readonly string[];
  readonly mode: 'write' | 'check';
}

/** Writes pages, or only looks. Answers the places of those that were not as they should be, sorted. */
export async function keepPages({ folder, pages, whole, mode }: KeptPages): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [place, text] of pages) {
    const file = path.join(folder, place);
    if ((await readFile(file, 'utf8').catch(() => null)) === text) continue;
    stale.push(place);
    if (mode === 'write') await mkdir(path.dirname(file), { recursive: true }).then(() => writeFile(file, text));
  }
  for (const inner of whole)
    for (const name of await readdir(path.join(folder, inner)).catch(() => [])) {
      const place = `${inner}/${name}`;
      if (pages.has(place)) continue;
      stale.push(place);
      if (mode === 'write') await rm(path.join(folder, place));
    }
  return stale.toSorted();
}
