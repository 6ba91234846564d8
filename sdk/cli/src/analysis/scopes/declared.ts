import { ts } from 'ts-morph';
import { type Place, placeOf } from '../place.ts';
import { literalsOf, type SdkTypes } from './sdk-types.ts';

/** One scope in the settings of `createMiniApp`, `connectPartner` or whatever else of the SDK makes a client. */
export interface DeclaredScope {
  readonly scope: string;
  readonly optional: boolean;
  readonly at: Place;
}

/** What the program says it needs, by the type of what the call gives back. */
export function declaredScopes(files: readonly ts.SourceFile[], types: SdkTypes, root: string): readonly DeclaredScope[] {
  const all: DeclaredScope[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) all.push(...declaredIn(node, types, root));
    ts.forEachChild(node, visit);
  };
  for (const file of files) if (/\bscopes\b/.test(file.text)) visit(file);
  return all;
}

function declaredIn(call: ts.CallExpression, types: SdkTypes, root: string): readonly DeclaredScope[] {
  const { checker } = types;
  const [settings] = call.arguments;
  if (!settings) return [];
  const type = checker.getTypeAtLocation(settings);
  const scopes = checker.getPropertyOfType(type, 'scopes');
  if (!scopes || !makesClient(call, types)) return [];
  const optional = checker.getPropertyOfType(type, 'optional');
  return [...listed(scopes, settings, false), ...(optional ? listed(optional, settings, true) : [])];

  function listed(property: ts.Symbol, place: ts.Expression, isOptional: boolean): readonly DeclaredScope[] {
    const node = property.valueDeclaration ?? place;
    const written = literalNodes(node);
    if (written.length > 0) return written.map((one) => ({ scope: one.text, optional: isOptional, at: placeOf(root, one) }));
    const list = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(property, place));
    const element = list.getNumberIndexType();
    return element ? literalsOf(element).map((scope) => ({ scope, optional: isOptional, at: placeOf(root, place) })) : [];
  }
}

/** A list that is written out at the call has a place for each of its scopes. */
function literalNodes(node: ts.Node): readonly ts.StringLiteralLike[] {
  let list: ts.Node | undefined = ts.isPropertyAssignment(node) ? node.initializer : undefined;
  while (list && (ts.isAsExpression(list) || ts.isSatisfiesExpression(list) || ts.isParenthesizedExpression(list))) list = list.expression;
  return list && ts.isArrayLiteralExpression(list) ? list.elements.filter(ts.isStringLiteralLike) : [];
}

function makesClient(call: ts.CallExpression, types: SdkTypes): boolean {
  const { checker } = types;
  const made = checker.getTypeAtLocation(call);
  const awaited = checker.getAwaitedType(made) ?? made;
  if (types.isClient(awaited)) return true;
  // A sign-in gives the client later, from one of its methods.
  return checker.getPropertiesOfType(awaited).some((method) => {
    const [signature] = checker.getTypeOfSymbol(method).getCallSignatures();
    const later = signature && checker.getReturnTypeOfSignature(signature);
    const settled = later && checker.getAwaitedType(later);
    return settled !== undefined && types.isClient(settled);
  });
}
