// A stamp remembers the hash of a step's inputs, so that the step is skipped while they stay the same.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, stampFolder } from './paths.mjs';

const generatedFolders = new Set(['node_modules', 'dist', 'generated', '.turbo', 'coverage', '.git']);

/** All files below a folder that a person wrote (what tools generate is left out), sorted. */
export function sourceFiles(folder, wanted = () => true) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !generatedFolders.has(entry.name)) found.push(...sourceFiles(path, wanted));
    if (entry.isFile() && wanted(path)) found.push(path);
  }
  return found.sort();
}

/** Names count too: a renamed file changes the hash. */
export function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(existsSync(file) ? readFileSync(file) : 'absent');
  }
  return hash.digest('hex');
}

export function isStamped(name, hash) {
  try {
    return readFileSync(join(stampFolder, name), 'utf8') === hash;
  } catch {
    return false;
  }
}

export function stamp(name, hash) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(join(stampFolder, name), hash);
}
