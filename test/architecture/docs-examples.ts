// Where the examples stand, and what a docstring's example may take as given.
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'sdk/*/README.md', 'examples/*/README.md'];

export interface Example {
  /** `sdk/client/README.md, 2`. */
  readonly place: string;
  readonly kind: 'ts' | 'tsx';
  readonly code: string;
}

async function filesOf(patterns: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob([...patterns], { cwd: REPOSITORY, exclude: ['**/node_modules/**', '**/dist/**'] })) found.push(file);
  return found.toSorted();
}

const textOf = (file: string) => readFile(path.join(REPOSITORY, file), 'utf8');

/** The fenced blocks of the pages: each is complete, as a file of the reader's. */
export async function pageExamples(): Promise<Example[]> {
  const examples = (await filesOf(PAGES)).map(async (page) =>
    [...(await textOf(page)).matchAll(/```(tsx?)\n([\s\S]*?)```/g)].map(
      ([, kind, code = ''], index): Example => ({ place: `${page}, ${index + 1}`, kind: kind === 'tsx' ? 'tsx' : 'ts', code }),
    ),
  );
  return (await Promise.all(examples)).flat();
}

/** The `@example`s of docstrings, to the next tag or the end of the comment. */
export async function docstringExamples(): Promise<Example[]> {
  const sources = (await filesOf(['sdk/*/src/**/*.ts', 'sdk/*/src/**/*.tsx'])).filter((file) => !file.includes('.test.'));
  const examples = sources.map(async (file) => {
    const text = await textOf(file);
    return [...text.matchAll(/^ *\* @example\n((?: *\*(?!\/)(?! @).*\n)+)/gm)].map(({ 1: lines = '', index }): Example => {
      const line = text.slice(0, index).split('\n').length;
      return { place: `${file}:${line}`, kind: 'tsx', code: lines.replaceAll(/^ *\* ?/gm, '') };
    });
  });
  return (await Promise.all(examples)).flat();
}

/** Every value that a door of a package exports, with the door. */
export async function exportsOfSdk(): Promise<ReadonlyMap<string, string>> {
  const doors: string[] = [];
  for (const file of await filesOf(['sdk/*/package.json'])) {
    const { name, exports } = JSON.parse(await textOf(file));
    for (const door of Object.keys(exports ?? {})) doors.push(`${name}${door.slice(1)}`);
  }
  const found = new Map<string, string>();
  for (const door of doors)
    for (const name of Object.keys(await import(/* @vite-ignore */ door))) if (!found.has(name)) found.set(name, door);
  return found;
}

/**
 * A docstring shows the thing it stands at, so the imports of what our packages export go without saying; what belongs to the reader's own
 * program is declared in `fixtures/docs-examples-reader.ts`. All else stands in the example.
 */
export function importsFor(code: string, exported: ReadonlyMap<string, string>): string {
  const imported = new Set(
    [...code.matchAll(/import \{([^}]+)\}/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())),
  );
  const declared = new Set([...code.matchAll(/\b(?:const|let|function|class) (\w+)/g)].map(([, name = '']) => name));
  const used = new Set(code.match(/(?<![.\w'"])[A-Za-z_]\w*/g));
  return [...used]
    .filter((name) => exported.has(name) && !imported.has(name) && !declared.has(name))
    .map((name) => `import { ${name} } from '${exported.get(name)}';`)
    .join('\n');
}
