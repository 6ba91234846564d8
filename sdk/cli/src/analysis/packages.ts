// The command runs on Node; the rest of the SDK runs in browsers too and is checked without its types.
/// <reference types="node" />
import { readFileSync } from 'node:fs';
import path from 'node:path';

const names = new Map<string, string | null>();

/** The package that a file belongs to, by the nearest `package.json` with a name; null outside of any. */
export function packageOf(file: string): string | null {
  return packageAt(path.dirname(file));
}

function packageAt(folder: string): string | null {
  const known = names.get(folder);
  if (known !== undefined) return known;
  const above = path.dirname(folder);
  const found = nameIn(folder) ?? (above === folder ? null : packageAt(above));
  names.set(folder, found);
  return found;
}

function nameIn(folder: string): string | null {
  try {
    const { name }: { name?: unknown } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}
