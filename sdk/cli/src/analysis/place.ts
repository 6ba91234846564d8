import path from 'node:path';
import type { ts } from 'ts-morph';

/** A piece of a source file. Lines and columns count from one, offsets from nought. */
export interface Place {
  /** Relative to the project, with `/` on every system. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

export function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

export function placeOf(root: string, node: ts.Node): Place {
  const file = node.getSourceFile();
  return placeIn({ root, file: file.fileName, text: file.text }, node.getStart(file), node.getEnd());
}

/** For files that are no program: JSON, lock files. */
export function placeIn({ root, file, text }: { root: string; file: string; text: string }, start: number, end: number): Place {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file: relativeTo(root, file), line: before.split('\n').length, column: start - lineStart + 1, start, end };
}

/** Whether a file of the compiler lies in a folder and was not installed there; the compiler writes `/` on every system. */
export function insideOf(root: string): (file: string) => boolean {
  const start = `${root.split(path.sep).join('/')}/`;
  return (file) => file.startsWith(start) && !file.slice(start.length - 1).includes('/node_modules/');
}
