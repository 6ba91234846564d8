import { ts } from 'ts-morph';
import { packageOf } from '../packages.ts';
import { SDK_PACKAGES } from './sdk-types.ts';

type WithImports = ts.SourceFile & { readonly imports?: readonly ts.StringLiteralLike[] };

/**
 * The files of a program that can meet a type of the SDK: those that import it, directly or through others. Only their expressions are
 * looked at, so that a large program costs no more than the part of it that speaks to the platform.
 */
export function filesInReach(files: readonly ts.SourceFile[], checker: ts.TypeChecker): readonly ts.SourceFile[] {
  const own = new Set(files);
  const importers = new Map<ts.SourceFile, ts.SourceFile[]>();
  const reached = new Set<ts.SourceFile>();
  for (const file of files) {
    for (const target of importedBy(file, checker)) {
      if (own.has(target)) importers.set(target, [...(importers.get(target) ?? []), file]);
      else if (SDK_PACKAGES.has(packageOf(target.fileName) ?? '')) reached.add(file);
    }
  }
  // A set grows while it is walked.
  for (const file of reached) for (const importer of importers.get(file) ?? []) reached.add(importer);
  // What is made global is met without an import.
  if ([...reached].some(makesGlobals)) return files;
  return files.filter((file) => reached.has(file));
}

/** The compiler keeps every specifier of a file (import, export, import(), require(), types) in this field, which its types do not name. */
export const importsOf = (file: ts.SourceFile): readonly ts.StringLiteralLike[] => (file as WithImports).imports ?? [];

/** The files behind the specifiers of a file; a module that is not found has none. */
export function importedBy(file: ts.SourceFile, checker: ts.TypeChecker): readonly ts.SourceFile[] {
  return importsOf(file).flatMap((specifier) => {
    const module = checker.getSymbolAtLocation(specifier)?.declarations?.[0]?.getSourceFile();
    return module ? [module] : [];
  });
}

const makesGlobals = (file: ts.SourceFile): boolean =>
  file.text.includes('declare global') || !ts.isExternalModule(file) || /\b(globalThis|window)\.\w+ *=[^=]/.test(file.text);
