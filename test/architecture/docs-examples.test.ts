// Examples in the docs are copied by partners: each must compile against the packages as they are.
import { execFile } from 'node:child_process';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'sdk/*/README.md', 'examples/*/README.md'];
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  // In the repository, so that packages are found as a program of ours finds them.
  folder = await mkdtemp(path.join(import.meta.dirname, '.examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Example {
  /** `sdk/client/README.md, 2`. */
  readonly place: string;
  readonly kind: 'ts' | 'tsx';
  readonly code: string;
}

async function examplesOf(page: string): Promise<Example[]> {
  const text = await readFile(path.join(REPOSITORY, page), 'utf8');
  return [...text.matchAll(/```(tsx?)\n([\s\S]*?)```/g)].map(([, kind, code = ''], index) => ({
    place: `${page}, ${index + 1}`,
    kind: kind === 'tsx' ? 'tsx' : 'ts',
    code,
  }));
}

/** What the compiler says to the examples, each with its place. */
async function compile(examples: readonly Example[]): Promise<string[]> {
  for (const [index, { kind, code }] of examples.entries())
    await writeFile(path.join(folder, `example-${index}.${kind}`), `${code}\nexport {};\n`);
  const config = {
    extends: path.join(REPOSITORY, 'tsconfig.sdk.json'),
    // What a reader has not written yet is no mistake of the example.
    compilerOptions: { noUnusedLocals: false, types: ['node'], jsx: 'react-jsx' },
    include: ['*.ts', '*.tsx'],
    exclude: [],
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  const said = await run(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
  const named = said.replace(/\S*example-(\d+)\.tsx?/g, (_, index: string) => examples[Number(index)]?.place ?? index);
  return named.split('\n').filter((line) => line !== '');
}

test('every example in the docs compiles, and would not with a wrong word in it', async () => {
  const pages: string[] = [];
  for await (const page of glob(PAGES, { cwd: REPOSITORY, exclude: ['**/node_modules/**'] })) pages.push(page);
  const examples = (await Promise.all(pages.toSorted().map(examplesOf))).flat();
  expect(examples.length).toBeGreaterThan(4);
  const receipt = examples.find(({ place }) => place.startsWith('docs/receipts.md'));
  if (!receipt) throw new Error('docs/receipts.md has an example');
  const wrong = { ...receipt, place: 'the wrong one', code: receipt.code.replace('shown.state', 'shown.status') };
  const complaints = await compile([...examples, wrong]);
  expect(complaints).toEqual([expect.stringMatching(/^the wrong one.*'status' does not exist/)]);
});
