// Examples in the docs and in docstrings are copied by partners: each must compile against the packages as they are.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docstringExamples, type Example, exportsOfSdk, importsFor, pageExamples, REPOSITORY } from './docs-examples.ts';

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  // In the repository, so that packages are found as a program of ours finds them.
  folder = await mkdtemp(path.join(import.meta.dirname, '.examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says to the examples, each with its place. */
async function compile(examples: readonly Example[]): Promise<string[]> {
  for (const [index, { kind, code }] of examples.entries())
    await writeFile(path.join(folder, `example-${index}.${kind}`), `${code}\nexport {};\n`);
  await copyFile(path.join(import.meta.dirname, 'fixtures/docs-examples-reader.ts'), path.join(folder, 'reader.ts'));
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
  // What is wrong in the packages themselves is for the type check to tell.
  return [...said.matchAll(/^\S*example-(\d+)\.tsx?(\(.*(?:\n .*)*)/gm)].map(
    ([, index, complaint]) => `${examples[Number(index)]?.place}${complaint}`,
  );
}

test('every example in the docs and in docstrings compiles, and would not with a wrong word in it', async () => {
  const [pages, docstrings, exported] = await Promise.all([pageExamples(), docstringExamples(), exportsOfSdk()]);
  expect([pages.length, docstrings.length].map((count) => count > 10)).toEqual([true, true]);
  const receipt = pages.find(({ place }) => place.startsWith('docs/receipts.md'));
  const verify = docstrings.find(({ place }) => place.startsWith('sdk/webhooks/src/verify.ts'));
  if (!receipt || !verify) throw new Error('docs/receipts.md and verifyWebhook have an example');
  const complete = ({ code, ...rest }: Example): Example => ({ ...rest, code: `${importsFor(code, exported)}\n${code}` });
  const wrong = [
    { ...receipt, place: 'a wrong page', code: receipt.code.replace('shown.state', 'shown.status') },
    {
      ...complete(verify),
      place: 'a wrong docstring',
      code: complete(verify).code.replace('event.data.redemptionId', 'event.data.redemption'),
    },
  ];
  const complaints = await compile([...pages, ...docstrings.map(complete), ...wrong]);
  expect(complaints).toEqual([
    expect.stringMatching(/^a wrong page.*'status' does not exist/),
    expect.stringMatching(/^a wrong docstring.*'redemption' does not exist/),
  ]);
});
