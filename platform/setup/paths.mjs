import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Stamps live in node_modules, so that a reinstall forgets them together with what they vouch for. */
export const stampFolder = join(root, 'node_modules', '.chung');
