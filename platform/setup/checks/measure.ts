// Counts what the house style sets bars for, from the syntax tree (a string that looks like a comment is not one).
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { SourceFile } from './source-files.ts';

export interface FileMeasure {
  path: string;
  lines: number;
  commentLines: number;
  functionLengths: { name: string; lines: number }[];
  anys: number;
  casts: number;
  defaultExports: number;
  consoleCalls: number;
  moduleMocks: number;
  todos: number;
  /** Relative imports as paths from the root. */
  imports: string[];
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function visit(node: Node, parents: readonly Node[], see: (node: Node, parents: readonly Node[]) => void): void {
  see(node, parents);
  for (const child of Object.values(node)) {
    for (const one of Array.isArray(child) ? child : [child]) {
      if (isNode(one)) visit(one, [...parents, node], see);
    }
  }
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset);
}

function nameOf(node: Node, parent: Node | undefined): string {
  for (const candidate of [node['id'], parent?.['id'], parent?.['key']]) {
    if (isNode(candidate) && typeof candidate['name'] === 'string') return candidate['name'];
  }
  return 'a function';
}

/** `console.log`, `vi.mock`: the call of a member by both names. */
function isCallOf(node: Node, object: RegExp, property: RegExp): boolean {
  const callee = node.type === 'CallExpression' ? node['callee'] : undefined;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return false;
  const [left, right] = [callee['object'], callee['property']];
  return isNode(left) && isNode(right) && object.test(String(left['name'])) && property.test(String(right['name']));
}

function isCast(node: Node): boolean {
  if (node.type === 'TSNonNullExpression' || node.type === 'TSTypeAssertion') return true;
  const target = node['typeAnnotation'];
  const isConst = isNode(target) && isNode(target['typeName']) && target['typeName']['name'] === 'const';
  return node.type === 'TSAsExpression' && !isConst;
}

const importing = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']);
const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** A one-expression arrow is an expression, not a function to read; a generated word list has no functions. */
function hasBody(node: Node): boolean {
  return functions.has(node.type) && isNode(node['body']) && node['body'].type === 'BlockStatement';
}

function measureNode(measure: FileMeasure, node: Node, context: { parents: readonly Node[]; lineAt: (offset: number) => number }): void {
  const { parents, lineAt } = context;
  if (hasBody(node)) {
    measure.functionLengths.push({ name: nameOf(node, parents.at(-1)), lines: lineAt(node.end) - lineAt(node.start) + 1 });
  }
  if (node.type === 'TSAnyKeyword') measure.anys++;
  if (isCast(node)) measure.casts++;
  if (node.type === 'ExportDefaultDeclaration') measure.defaultExports++;
  if (isCallOf(node, /^console$/, /./)) measure.consoleCalls++;
  if (isCallOf(node, /^(vi|vitest|jest)$/, /^(do)?mock$/i)) measure.moduleMocks++;
  const source = importing.has(node.type) ? node['source'] : undefined;
  if (isNode(source) && typeof source['value'] === 'string' && source['value'].startsWith('.')) {
    measure.imports.push(posix.join(posix.dirname(measure.path), source['value']));
  }
}

export function measureFile({ path, text }: SourceFile): FileMeasure {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const lineAt = lineCounter(text);
  const commentLines = new Set<number>();
  for (const { start, end } of comments) {
    for (let line = lineAt(start); line <= lineAt(end - 1); line++) commentLines.add(line);
  }
  const measure: FileMeasure = {
    path,
    lines: text.trimEnd().split('\n').length,
    commentLines: commentLines.size,
    functionLengths: [],
    anys: 0,
    casts: 0,
    defaultExports: 0,
    consoleCalls: 0,
    moduleMocks: 0,
    todos: comments.filter(({ value }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(value)).length,
    imports: [],
  };
  // The parser's types name every kind of node; this walk treats them alike, and so asks for no more than a type.
  const tree: unknown = program;
  if (isNode(tree)) visit(tree, [], (node, parents) => measureNode(measure, node, { parents, lineAt }));
  return measure;
}

/** The files from which one comes back to the same file by relative imports. */
export function filesInCycles(measures: readonly FileMeasure[]): string[] {
  const imports = new Map(measures.map(({ path, imports: targets }) => [path, targets]));
  const reaches = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(imports.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === start) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return false;
  };
  return [...imports.keys()].filter(reaches);
}
