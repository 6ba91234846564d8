import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'generated', 'fixtures', 'coverage', '.turbo']);

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path);
    return [path];
  });
}

/** What people wrote in the given folders, by extension. */
export function readSources(root: string, folders: readonly string[], extensions: RegExp): SourceFile[] {
  const files = folders.flatMap((folder) => walk(join(root, folder)));
  const wanted = files.filter((path) => extensions.test(path) && !path.endsWith('.d.ts')).sort();
  return wanted.map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

/** Tests and what only they use; `testing` of a web app is never built. */
export function isTest(path: string): boolean {
  return /^test\/|^platform\/web\/\w+\/testing\/|\.test\.tsx?$/.test(path);
}
