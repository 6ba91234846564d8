// The bundler's words, as it says them, and what a developer reads instead.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuildError, problemLine, problemsOf } from './problems.ts';

let root: string;
const SOURCE = `import { one } from './one.ts';
import two from "./two";
export { three } from 'three-js';
const later = () => import(\`./later.ts\`);
const oneMore = one + two;
export default [later, oneMore];
`;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'chung-problems-'));
  mkdirSync(path.join(root, 'src'));
  writeFileSync(path.join(root, 'src/main.ts'), SOURCE);
  writeFileSync(path.join(root, 'src/main.css'), 'a { background: url(./gone.png); }\n@import url(./gone.css);\n');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const said = (message: string, file = 'src/main.ts') => {
  const identifier = `builtin:swc-loader??ruleSet[1].rules[0].use[0]!${path.join(root, file)}`;
  return problemsOf([{ message, moduleName: `./${file}`, moduleIdentifier: identifier }], root);
};
const lines = (message: string, file?: string) => said(message, file).map((problem) => problemLine(problem, 'en'));
const notFound = (request: string) =>
  `  × Module not found: Can't resolve '${request}' in '${root}/src'\n   ╭─[90:0]\n 1 │ compiled\n   ╰────\n`;

describe('the place is that of the source, not of what the compiler made of it', () => {
  test.each([
    ['./one.ts', 'src/main.ts:1:22 There is no ./one.ts.'],
    ['./two', 'src/main.ts:2:18 There is no ./two.'],
    ['three-js', 'src/main.ts:3:24 The package three-js is not installed.'],
    ['./later.ts', 'src/main.ts:4:29 There is no ./later.ts.'],
  ])('%s is found where it is written, in whatever quotes', (request, line) => {
    expect(lines(notFound(request))).toEqual([line]);
  });

  test('a name that is not exported is found as a word, and not inside of another', () => {
    const message = `  × ESModulesLinkingError: export 'one' (imported as 'one') was not found in './one.ts' (possible exports: other)\n    ╭─[15:12]\n`;
    expect(lines(message)).toEqual(['src/main.ts:1:10 ./one.ts does not export “one”.']);
  });

  test('what the source does not say literally has its file, and no line that would be wrong', () => {
    expect(lines(notFound('./made-up.ts'))).toEqual(['src/main.ts There is no ./made-up.ts.']);
    expect(said(notFound('./made-up.ts'))[0]).toMatchObject({ line: null, column: null });
  });

  test('a request with the signs of regular expressions is looked for as it is', () => {
    writeFileSync(path.join(root, 'src/signs.ts'), `import './a+b(c).ts';\nimport './[id].ts';\n`);
    expect(lines(notFound('./a+b(c).ts'), 'src/signs.ts')).toEqual(['src/signs.ts:1:9 There is no ./a+b(c).ts.']);
    expect(lines(notFound('./[id].ts'), 'src/signs.ts')).toEqual(['src/signs.ts:2:9 There is no ./[id].ts.']);
  });

  test('in a style sheet too, where no quotes are needed', () => {
    expect(lines(notFound('./gone.png'), 'src/main.css')).toEqual(['src/main.css:1:21 There is no ./gone.png.']);
  });
});

describe('the sentence', () => {
  test('has neither frames nor colours nor what the bundler says of itself', () => {
    const red = `${String.fromCharCode(27)}[31m`;
    const message = `  × Module build failed (from builtin:swc-loader):\n  ╰─▶   × ${red}Syntax Error: Unexpected eof\n         ╭─[3:4]\n       1 │ a {\n         ╰────\n      \n`;
    expect(lines(message, 'src/main.css')).toEqual(['src/main.css:3:5 Does not compile: Unexpected eof']);
  });

  test('is Vietnamese for Vietnamese developers', () => {
    const [problem] = said(notFound('three-js'));
    if (!problem) throw new Error('nothing was said');
    expect(problemLine(problem, 'vi')).toBe('src/main.ts:3:24 Gói three-js chưa được cài.');
  });

  test.each(['node:fs', 'fs', 'path', 'node:crypto'])('%s is called what it is: of Node', (name) => {
    expect(lines(notFound(name))).toEqual([expect.stringMatching(new RegExp(`^src/main\\.ts ${name} is of Node; a browser has none\\.$`))]);
  });

  test('of a mistake that is met twice is told once', () => {
    const error = { message: notFound('./two'), moduleName: './src/main.ts', moduleIdentifier: path.join(root, 'src/main.ts') };
    expect(problemsOf([error, error], root)).toHaveLength(1);
  });

  test('stands alone where there is no file: what the bundler makes up has none', () => {
    const made = 'container entry (default) [["./main",{"import":["./src/gone.tsx"]}]]';
    const [problem] = problemsOf([{ message: notFound('./src/gone.tsx'), moduleName: made, moduleIdentifier: made }], root);
    expect(problem).toEqual({
      file: null,
      line: null,
      column: null,
      message: expect.objectContaining({ en: 'There is no ./src/gone.tsx.' }),
    });
  });

  test('of anything else that the bundler says is its first line that says something, and not more than a screen of it', () => {
    const [long] = said(`\n\n  ${'x'.repeat(1_000)}\n`);
    expect(long?.message.en.length).toBeLessThan(340);
    expect(lines('Something new')).toEqual(['src/main.ts Does not compile: Something new']);
  });
});

test('a build error is one line a problem, for whoever prints it', () => {
  const error = new BuildError(said(notFound('./two')).concat(said(notFound('three-js'))));
  expect(error.message.split('\n')).toEqual([
    'src/main.ts:2:18 There is no ./two.',
    'src/main.ts:3:24 The package three-js is not installed.',
  ]);
});
