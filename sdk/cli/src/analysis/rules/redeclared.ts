import { ts } from 'ts-morph';
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
  const isOwn = (specifier: ts.StringLiteralLike) => {
    const declarations = checker.getSymbolAtLocation(specifier)?.declarations ?? [];
    const own = declarations.filter((declaration) => isInside(declaration.getSourceFile().fileName));
    return own.length > 0 && !(own.length < declarations.length && own.every(isRegister));
  };
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

/** `interface Register`, beside the SDK's own types, is how its hooks are told the scopes of an app; it changes nothing else. */
function isRegister(declaration: ts.Declaration): boolean {
  const body = ts.isModuleDeclaration(declaration) ? declaration.body : undefined;
  if (!body || !ts.isModuleBlock(body)) return false;
  return body.statements.every((statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === 'Register');
}
