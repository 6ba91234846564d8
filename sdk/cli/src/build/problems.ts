import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import type { StatsError } from '@rspack/core';
import { ts } from 'ts-morph';

/** One thing that keeps an app from being built. Line and column count from one; null where they are not known. */
export interface BuildProblem {
  /** Relative to the app. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: Text;
}

/** The app cannot be built; `problems` says all that is wrong, for people. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly problems: readonly BuildProblem[];

  constructor(problems: readonly BuildProblem[]) {
    super(problems.map((problem) => problemLine(problem, 'en')).join('\n'));
    this.problems = problems;
  }
}

/**
 * `src/app.tsx:4:20 There is no ./gone.ts.`
 *
 * @example
 * await buildMiniApp({ root: '.', into: 'dist' }).catch((error: unknown) => {
 *   if (error instanceof BuildError) for (const problem of error.problems) show(problemLine(problem, 'vi'));
 * });
 */
export function problemLine({ file, line, column, message }: BuildProblem, language: keyof Text): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return place === '' ? message[language] : `${place} ${message[language]}`;
}

/** What the bundler says, in a sentence and with the place in the source. */
export function problemsOf(errors: readonly StatsError[], root: string): readonly BuildProblem[] {
  const all = errors.map((error) => problemOf(error, root));
  const seen = new Set<string>();
  return all.filter((problem) => {
    const line = problemLine(problem, 'en');
    return !seen.has(line) && seen.add(line);
  });
}

function problemOf({ message, moduleName, moduleIdentifier }: StatsError, root: string): BuildProblem {
  const plain = withoutColours(message);
  const file = fileOf(moduleIdentifier ?? moduleName ?? '', root);
  const unresolved = /Can't resolve '([^']+)'/.exec(plain)?.[1];
  if (unresolved !== undefined) return { file, ...placeOfText(root, file, quoted(unresolved)), message: notFound(unresolved) };
  const [, name, from] = /export '([^']+)' .*was not found in '([^']+)'/.exec(plain) ?? [];
  if (name !== undefined && from !== undefined) return { file, ...placeOfText(root, file, word(name)), message: notExported(name, from) };
  const ofNode = /Reading from "(node:[^"]+)"/.exec(plain)?.[1];
  // The bundler does not say which file asks for it.
  if (ofNode !== undefined) return { file: null, line: null, column: null, message: notFound(ofNode) };
  const kind = file === null ? '' : path.extname(file);
  if (/parse failed/.test(plain) && kind !== '' && !UNDERSTOOD.test(kind))
    return { file, line: null, column: null, message: unknownKind(kind) };
  const written = syntaxProblem(root, file);
  if (written) return { file, ...written };
  const [, line, column] = /╭─\[(\d+):(\d+)\]/.exec(plain) ?? [];
  const place = line === undefined ? { line: null, column: null } : { line: Number(line), column: Number(column) + 1 };
  return { file, ...place, message: sentence(plain) };
}

// The bundler paints what its compiler says, whatever the terminal is.
const ESCAPE = String.fromCharCode(27);
const withoutColours = (text: string) => text.replaceAll(new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g'), '');

/** `builtin:swc-loader??…!/app/src/app.tsx?x` → `src/app.tsx`. */
function fileOf(identifier: string, root: string): string | null {
  const full = identifier.split('!').at(-1)?.split('|').at(-1)?.split('?')[0] ?? '';
  // What the bundler makes up (the container, code in an address) has a name, and no file.
  if (!existsSync(path.resolve(root, full)) || full === '') return null;
  return path.relative(root, path.resolve(root, full)).split(path.sep).join('/');
}

const literally = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const quoted = (text: string) => new RegExp(`(?<=['"\`(])${literally(text)}(?=['"\`)])`);
const word = (text: string) => new RegExp(`(?<![\\w$])${literally(text)}(?![\\w$])`);

/**
 * Where the words stand in the source. The bundler counts lines in what the compiler made of it, which are others; and it asks for a module
 * or a name that stands there literally.
 */
function placeOfText(root: string, file: string | null, text: RegExp): { readonly line: number | null; readonly column: number | null } {
  const lines = sourceLines(root, file);
  const index = lines.findIndex((line) => text.test(line));
  const column = lines[index]?.search(text) ?? -1;
  return index < 0 ? { line: null, column: null } : { line: index + 1, column: column + 1 };
}

/** What TypeScript says of a file that does not parse: in words that developers know, and at the place, which the bundler often does not name. */
function syntaxProblem(root: string, file: string | null): Omit<BuildProblem, 'file'> | null {
  if (file === null || !/\.[cm]?[jt]sx?$/.test(file)) return null;
  const source = sourceLines(root, file).join('\n');
  const { diagnostics = [] } = ts.transpileModule(source, { fileName: file, reportDiagnostics: true, compilerOptions: JSX });
  const [first] = diagnostics;
  if (!first?.file || first.start === undefined) return null;
  const { line, character } = first.file.getLineAndCharacterOfPosition(first.start);
  return { line: line + 1, column: character + 1, message: doesNotCompile(ts.flattenDiagnosticMessageText(first.messageText, ' ')) };
}

const JSX: ts.CompilerOptions = { jsx: ts.JsxEmit.ReactJSX, target: ts.ScriptTarget.ES2022, allowJs: true };

function sourceLines(root: string, file: string | null): readonly string[] {
  try {
    return file === null ? [] : readFileSync(path.join(root, file), 'utf8').split('\n');
  } catch {
    return [];
  }
}

const UNDERSTOOD = /^\.([cm]?[jt]sx?|json|css)$/;
const unknownKind = (kind: string): Text => ({
  vi: `Không đọc được tệp ${kind}: chỉ có TypeScript, JavaScript, JSON, CSS, ảnh và phông chữ.`,
  en: `A ${kind} file is not understood: TypeScript, JavaScript, JSON, CSS, pictures and fonts are.`,
});

const isPath = (request: string) => /^[./]/.test(request);

function notFound(request: string): Text {
  if (isBuiltin(request)) return { vi: `${request} là của Node; trình duyệt không có.`, en: `${request} is of Node; a browser has none.` };
  return isPath(request)
    ? { vi: `Không có tệp ${request}.`, en: `There is no ${request}.` }
    : { vi: `Gói ${request} chưa được cài.`, en: `The package ${request} is not installed.` };
}

const notExported = (name: string, from: string): Text => ({
  vi: `${from} không xuất “${name}”.`,
  en: `${from} does not export “${name}”.`,
});

/** The first line that says something: `Expected '</', got '<eof>'`. */
function sentence(plain: string): Text {
  const lines = plain.split('\n').map((line) => line.replace(/^[\s×│╰─▶]+/u, '').trim());
  const said = lines.find((line) => line !== '' && !/^Module (build|parse) failed/.test(line)) ?? plain.trim();
  return doesNotCompile(said.replace(/^(Syntax Error|CSS parse error|JavaScript parse error|JSON parsing error): /i, '').slice(0, 300));
}

const doesNotCompile = (said: string): Text => ({ vi: `Không dịch được: ${said}`, en: `Does not compile: ${said}` });
