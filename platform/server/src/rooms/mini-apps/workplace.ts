import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Longer than any submission takes. */
const LEFT_MS = 3_600_000;

/**
 * What the names of the folders begin with in which a platform judges submissions. They lie in the system's own folder for such things, not among
 * the data: above the data may lie packages and lock files, which would be taken for those of the app.
 */
export function workplaceOf(dataDirectory: string): string {
  const mark = createHash('sha256').update(path.resolve(dataDirectory)).digest('hex').slice(0, 8);
  return path.join(tmpdir(), `chung-submission-${mark}-`);
}

/** Removes what servers that died left in a folder, by the beginning of its name. */
export async function sweep(beginning: string): Promise<void> {
  const folder = path.dirname(beginning);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(path.basename(beginning))) continue;
    const place = path.join(folder, name);
    // Another server on the same disk may have been there first.
    const age = await stat(place).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > LEFT_MS) await rm(place, { recursive: true, force: true });
  }
}
