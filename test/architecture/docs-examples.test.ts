// Examples in the docs are copied by partners: each must compile against the packages as they are.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says to the examples; empty when they compile. */
async function compile(examples: readonly string[]): Promise<string> {
  for (const [index, code] of examples.entries()) await writeFile(path.join(folder, `example-${index}.mts`), `${code}\nexport {};\n`);
  const config = {
    extends: path.join(REPOSITORY, 'tsconfig.sdk.json'),
    compilerOptions: {
      noEmit: true,
      types: [],
      paths: {
        '@chung/client/receipt': [path.join(REPOSITORY, 'sdk/client/src/receipt.ts')],
        '@chung/contracts': [path.join(REPOSITORY, 'sdk/contracts/src/index.ts')],
        zod: [path.join(REPOSITORY, 'node_modules/zod/index.d.ts')],
      },
    },
    include: ['*.mts'],
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
}

const examplesOf = async (page: string) => {
  const text = await readFile(path.join(REPOSITORY, 'docs', page), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
};

test('the example of docs/receipts.md compiles, and would not with a wrong word in it', async () => {
  const examples = await examplesOf('receipts.md');
  expect(examples).toHaveLength(1);
  const wrong = examples.map((code) => code.replace('shown.state', 'shown.status'));
  const complaints = (await compile([...examples, ...wrong])).trim().split('\n');
  expect(complaints).toEqual([expect.stringMatching(/example-1\.mts.*'status' does not exist/)]);
});
