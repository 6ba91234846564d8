import type { ts } from 'ts-morph';
import { type Finding, found } from '../findings.ts';
import { insideOf, placeOf } from '../place.ts';
import { importsOf } from '../scopes/reach.ts';

const SDK = /^@chung\//;

/**
 * Imports of the SDK behind which the app put types of its own, by `declare module`, by `paths` or by an alias: what is then called cannot be
 * told from them, and no honest app needs it.
 */
export function checkRedeclared(files: readonly ts.SourceFile[], checker: ts.TypeChecker, root: string): readonly Finding[] {
  const isInside = insideOf(root);
  const isOwn = (specifier: ts.StringLiteralLike) =>
    checker.getSymbolAtLocation(specifier)?.declarations?.some((declaration) => isInside(declaration.getSourceFile().fileName)) ?? false;
  return files
    .flatMap(importsOf)
    .filter((specifier) => SDK.test(specifier.text) && isOwn(specifier))
    .map((specifier) =>
      found('CH107', {
        subject: specifier.text,
        detail: { vi: `${specifier.text} ở đây không phải kiểu của SDK.`, en: `Here ${specifier.text} has other types than the SDK’s.` },
        at: placeOf(root, specifier),
      }),
    );
}
