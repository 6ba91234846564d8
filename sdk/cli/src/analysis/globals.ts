import { ts } from 'ts-morph';
import { isLibrary } from './scopes/sdk-types.ts';

/** Something that the runtime gives: `fetch`, or `cookie` of `Document`. */
export interface Global {
  readonly name: string;
  /** The interface or class that declares it; null for a variable or function of its own. */
  readonly owner: string | null;
}

const WINDOWS: ReadonlySet<string> = new Set(['window', 'self', 'globalThis', 'frames']);

/**
 * What of the runtime a name stands for, by its symbol: a function of the program that is called `fetch` is none. A name that nothing
 * declares is taken for a global too, as it is one when the program runs.
 */
export function globalAt(node: ts.Node, checker: ts.TypeChecker): Global | null {
  if (!ts.isIdentifier(node) && !ts.isStringLiteralLike(node)) return null;
  const symbol = symbolOf(node, checker);
  if (!symbol) return undeclared(node);
  const declarations = symbol.declarations ?? [];
  if (declarations.length === 0) return WINDOWS.has(symbol.name) ? { name: symbol.name, owner: null } : null;
  const [declaration] = declarations;
  if (!declarations.every((one) => isLibrary(one.getSourceFile().fileName))) return declaration ? renamed(declaration, checker) : null;
  const owner = declaration?.parent;
  const named = owner && (ts.isInterfaceDeclaration(owner) || ts.isClassDeclaration(owner)) ? owner.name?.text : undefined;
  return { name: symbol.name, owner: named ?? null };
}

/** `const { fetch: get } = window`, `const get = fetch`: another name for the same thing. */
function renamed(declaration: ts.Declaration, checker: ts.TypeChecker): Global | null {
  if (ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
    const name = declaration.propertyName ?? declaration.name;
    const property = ts.isIdentifier(name) ? symbolOf(name, checker) : undefined;
    return property?.declarations?.includes(declaration) === false ? globalAt(name, checker) : null;
  }
  const isConstant = ts.isVariableDeclaration(declaration) && ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const;
  const value = isConstant ? declaration.initializer : undefined;
  return value && (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value)) ? globalAt(calledName(value), checker) : null;
}

function symbolOf(node: ts.Identifier | ts.StringLiteralLike, checker: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = node;
  if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node)
    return checker.getPropertyOfType(checker.getTypeAtLocation(parent.parent), node.text);
  if (ts.isShorthandPropertyAssignment(parent)) return checker.getShorthandAssignmentValueSymbol(parent);
  return checker.getSymbolAtLocation(node);
}

function undeclared(node: ts.Identifier | ts.StringLiteralLike): Global | null {
  const { parent } = node;
  const isMember = (ts.isPropertyAccessExpression(parent) && parent.name === node) || ts.isElementAccessExpression(parent);
  if (!isMember) {
    const isValue =
      ts.isIdentifier(node) && (ts.isExpressionStatement(parent) || ts.isCallExpression(parent) || ts.isNewExpression(parent));
    return isValue || (ts.isPropertyAccessExpression(parent) && ts.isIdentifier(node)) ? { name: node.text, owner: null } : null;
  }
  let object: ts.Expression = parent.expression;
  while (ts.isParenthesizedExpression(object) || ts.isAsExpression(object) || ts.isNonNullExpression(object)) object = object.expression;
  return ts.isIdentifier(object) && WINDOWS.has(object.text) ? { name: node.text, owner: null } : null;
}

/** The name that a call is made by: `fetch` of `window.fetch(…)`. */
export function calledName(callee: ts.Expression): ts.Node {
  let inner = callee;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner)) inner = inner.expression;
  if (ts.isPropertyAccessExpression(inner)) return inner.name;
  if (ts.isElementAccessExpression(inner)) return inner.argumentExpression;
  return inner;
}
