import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where content lies under the SHA-256 of its bytes, for ever the same. The disk is the first of its kind: an object store has the same verb, and
 * is another function that answers this interface.
 */
export interface ContentStore {
  /** A place for what is on its way, on the same disk, so that keeping it is one move. */
  incoming(name: string): string;
  /** Keeps a file that was written whole, under `digest`; afterwards it is there for certain, also after a loss of power. */
  keep(file: string, digest: string): Promise<void>;
}

/** `{root}/sha256/ab/abcd…`, and `{root}/incoming/` for what is on its way. */
export async function createDiskStore(root: string): Promise<ContentStore> {
  const incoming = path.join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  return {
    incoming: (name) => path.join(incoming, `archive-${name}`),
    keep: async (file, digest) => {
      const hex = digest.slice('sha256:'.length);
      const folder = path.join(root, 'sha256', hex.slice(0, 2));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const place = path.join(folder, hex);
      // The transaction around it may run again; the file has moved by then.
      await rename(file, place).catch((error) => {
        if (!existsSync(place)) throw error;
      });
      await sync(folder);
      await sync(path.dirname(folder));
    },
  };
}

/** A name is in its folder after a loss of power only when the folder was written too. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
