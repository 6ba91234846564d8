// What each small program needs is known. All are one program of the compiler, each a folder of it: types are worked out once.
import path from 'node:path';
import { Project, ts } from 'ts-morph';
import { beforeAll, describe, expect, test } from 'vitest';
import { outOfSight } from '../../corpus/out-of-sight.ts';
import { APP, type CorpusProgram } from '../../corpus/program.ts';
import { surroundings } from '../../corpus/surroundings.ts';
import { waysToName } from '../../corpus/ways-to-name.ts';
import { waysToPass } from '../../corpus/ways-to-pass.ts';
import { analyse } from './analyse.ts';
import { projectOf } from './project.ts';

const programs = [...waysToName, ...waysToPass, ...surroundings, ...outOfSight];
const CORPUS = path.resolve(import.meta.dirname, '../../corpus/programs');
const SPARE = 'payments:charge';

const folderOf = ({ name }: CorpusProgram) => path.join(CORPUS, name.replaceAll(/[^\w]+/g, '-'));
const permission = (name: string) => `{ name: '${name}', purpose: { vi: 'Vì', en: 'Because' } }`;
const manifestOf = (scopes: readonly string[]) => `export default { req_permissions: [${scopes.map(permission).join(', ')}] };`;

let program: ts.Program;

beforeAll(() => {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['chung-source'],
    paths: { '#kit': [path.join(folderOf({ name: 'a workspace package', files: '', uses: [] }), 'packages/kit/index.ts')] },
    ...{ allowJs: true, checkJs: false, allowImportingTsExtensions: true, noEmit: true, strict: true, skipLibCheck: true },
    jsx: ts.JsxEmit.ReactJSX,
    types: [],
  };
  const project = new Project({ compilerOptions, skipFileDependencyResolution: true });
  for (const one of programs) {
    const files = typeof one.files === 'string' ? { 'main.ts': one.files } : one.files;
    const all = { 'app.ts': APP, 'chung.config.ts': manifestOf([...one.uses, SPARE]), ...files };
    for (const [name, text] of Object.entries(all)) project.createSourceFile(path.join(folderOf(one), name), `${text}\nexport {};`);
  }
  program = project.getProgram().compilerObject;
}, 120_000);

const analysed = (one: CorpusProgram) => {
  const root = folderOf(one);
  return analyse(
    projectOf(program, root, (file) => file.startsWith(`${root}/`)),
    { platformHosts: ['app.chung.example'] },
  );
};

test('there are at least sixty programs, each with a name of its own', () => {
  expect(programs.length).toBeGreaterThanOrEqual(60);
  expect(new Set(programs.map(folderOf)).size).toBe(programs.length);
});

test('every program compiles as it stands, so that its types are what it says', () => {
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${CORPUS}/`));
  const said = own
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  expect(said).toEqual([]);
}, 60_000);

describe.each(programs.map((one) => [one.name, one] as const))('%s', (_, one) => {
  const { uses, unanalysable = [] } = one;

  test('what is used is found, and nothing else', () => {
    const { scopes } = analysed(one);
    expect(scopes.used).toEqual([...uses].toSorted());
    expect([...new Set(scopes.unanalysable.map(({ reason }) => reason))].toSorted()).toEqual([...unanalysable].toSorted());
    expect(scopes.missing).toEqual([]);
    // The spare scope is unused in every program; it may be called so only where nothing is out of sight.
    expect(unanalysable.length > 0 ? scopes.undecided : scopes.unused).toEqual([SPARE]);
    expect(unanalysable.length > 0 ? scopes.unused : scopes.undecided).toEqual([]);
  }, 60_000);
});
