import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/**
 * A project is put together from parts, so that nothing stands in two templates:
 *
 * - a file of a part is a file of the project; `package.json` and `tsconfig.json` of several parts are merged;
 * - a line `__NAME__` (in code `// __NAME__`) is a slot: the parts fill it in their order from `slots/NAME.txt`, and where none does, the
 *   line is left out;
 * - `__NAME__` within a line is a value, from `values`.
 */
export type PartName = 'base' | 'offers' | 'mini-app' | 'backend';

export interface NewProject {
  readonly folder: string;
  /** Later parts come after earlier ones wherever they meet. */
  readonly parts: readonly PartName[];
  readonly values: Readonly<Record<string, string>>;
}

/** The same from the sources and from the built package: templates lie beside both. */
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
const SLOTS = 'slots';
/** npm leaves these out of packages, or takes them for its own, so that they begin with `_` in a template. */
const DOTTED: ReadonlySet<string> = new Set(['_gitignore', '_env.example']);

/** Writes the files of a project into a folder, which is made when it is not there. */
export function writeProject({ folder, parts, values }: NewProject): void {
  for (const [name, text] of composed(parts)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(
      file,
      text.replaceAll(/__([A-Z_]+)__/g, (whole, value: string) => values[value] ?? whole),
    );
  }
}

function composed(parts: readonly PartName[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const slots = new Map<string, string>();
  for (const part of parts)
    for (const [name, text] of filesOf(part)) {
      const slot = name.startsWith(`${SLOTS}/`) ? path.posix.basename(name, '.txt') : null;
      if (slot !== null) slots.set(slot, (slots.get(slot) ?? '') + text);
      else files.set(name, mergedWith(files.get(name), text, name));
    }
  for (const [name, text] of files) files.set(name, name === 'package.json' ? tidied(text) : filled(text, slots));
  return files;
}

/** A part's files by their names in the project, with `/` between folders. */
function filesOf(part: PartName): readonly (readonly [name: string, text: string])[] {
  const root = path.join(TEMPLATES, part);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const name = DOTTED.has(entry.name) ? entry.name.replace('_', '.') : entry.name.replace(/^_/, '');
      const folder = path.relative(root, entry.parentPath).split(path.sep);
      return [path.posix.join(...folder, name), readFileSync(file, 'utf8')] as const;
    });
}

type Json = z.infer<ReturnType<typeof z.json>>;

function mergedWith(before: string | undefined, text: string, name: string): string {
  if (before === undefined) return text;
  // Two parts with a file of one name are a mistake in the templates; silence would lose one of them.
  if (!name.endsWith('.json')) throw new Error(`Two parts have ${name}.`);
  const [left, right] = [before, text].map((one) => z.json().parse(JSON.parse(one)));
  return `${JSON.stringify(merged(left ?? null, right ?? null), null, 2)}\n`;
}

/** Objects are merged by their names, lists keep each entry once, of anything else the later one counts. */
function merged(left: Json, right: Json): Json {
  if (Array.isArray(left) && Array.isArray(right)) return [...new Set([...left, ...right])];
  if (!isObject(left) || !isObject(right)) return right;
  const all = Object.entries(right).map(([name, value]) => [name, merged(left[name] ?? null, value)] as const);
  return Object.fromEntries([...Object.entries(left), ...all]);
}

const isObject = (value: Json): value is { [name: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As npm itself writes it: packages by their names, and no list that is empty. */
function tidied(text: string): string {
  const manifest = z.record(z.string(), z.json()).parse(JSON.parse(text));
  for (const list of ['dependencies', 'devDependencies']) {
    const entries = Object.entries(z.record(z.string(), z.string()).parse(manifest[list])).toSorted(([one], [other]) =>
      one < other ? -1 : 1,
    );
    if (entries.length > 0) manifest[list] = Object.fromEntries(entries);
    else delete manifest[list];
  }
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function filled(text: string, slots: ReadonlyMap<string, string>): string {
  return (
    text
      .replaceAll(/^([ \t]*)(?:\/\/ )?__([A-Z_]+)__\n/gm, (_, indent: string, slot: string) =>
        (slots.get(slot) ?? '').replaceAll(/^(?=.)/gm, indent),
      )
      // What is left of a list or of a paragraph where no part filled its slot.
      .replaceAll(/\[\s+\]/g, '[]')
      .replaceAll(/\n{3,}/g, '\n\n')
  );
}
