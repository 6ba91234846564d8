import { ts } from 'ts-morph';

/** A value that stands in the source, read without running it. */
export type Literal = { readonly known: true; readonly value: unknown } | { readonly known: false; readonly node: ts.Node };

/** Where each part of a literal stands, by its path (`req_permissions.0.name`). */
export type Places = Map<string, ts.Node>;

interface Reading {
  readonly checker: ts.TypeChecker;
  readonly places: Places;
}

const DEPTH = 20;

/** Reads literals, constants they name (also from other files) and spreads of them; `as const`, `satisfies` and the like are looked through. */
export function readLiteral(node: ts.Expression, checker: ts.TypeChecker, places: Places = new Map()): Literal {
  return read(node, [], { checker, places }, 0);
}

function read(node: ts.Expression, path: readonly string[], reading: Reading, depth: number): Literal {
  if (depth > DEPTH) return { known: false, node };
  reading.places.set(path.join('.'), node);
  const inner = throughWrappers(node);
  if (ts.isStringLiteralLike(inner)) return { known: true, value: inner.text };
  if (ts.isNumericLiteral(inner)) return { known: true, value: Number(inner.text) };
  if (inner.kind === ts.SyntaxKind.TrueKeyword) return { known: true, value: true };
  if (inner.kind === ts.SyntaxKind.FalseKeyword) return { known: true, value: false };
  if (inner.kind === ts.SyntaxKind.NullKeyword) return { known: true, value: null };
  if (ts.isObjectLiteralExpression(inner)) return readObject(inner, path, reading, depth);
  if (ts.isArrayLiteralExpression(inner)) return readArray(inner, path, reading, depth);
  if (ts.isIdentifier(inner))
    return inner.text === 'undefined' ? { known: true, value: undefined } : readConstant(inner, path, reading, depth);
  return { known: false, node };
}

function throughWrappers(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isTypeAssertionExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

function readObject(node: ts.ObjectLiteralExpression, path: readonly string[], reading: Reading, depth: number): Literal {
  const value: Record<string, unknown> = {};
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = read(property.expression, path, reading, depth + 1);
      if (!spread.known) return spread;
      Object.assign(value, spread.value);
      continue;
    }
    const name = property.name && (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name)) ? property.name.text : null;
    if (name === null) return { known: false, node: property };
    const part = ts.isPropertyAssignment(property)
      ? read(property.initializer, [...path, name], reading, depth + 1)
      : ts.isShorthandPropertyAssignment(property)
        ? readShorthand(property, [...path, name], reading, depth)
        : { known: false as const, node: property };
    if (!part.known) return part;
    value[name] = part.value;
  }
  reading.places.set(path.join('.'), node);
  return { known: true, value };
}

function readArray(node: ts.ArrayLiteralExpression, path: readonly string[], reading: Reading, depth: number): Literal {
  const value: unknown[] = [];
  for (const element of node.elements) {
    if (ts.isSpreadElement(element)) {
      const spread = read(element.expression, [...path, String(value.length)], reading, depth + 1);
      if (!spread.known || !Array.isArray(spread.value)) return { known: false, node: element };
      value.push(...spread.value);
      continue;
    }
    const part = read(element, [...path, String(value.length)], reading, depth + 1);
    if (!part.known) return part;
    value.push(part.value);
  }
  return { known: true, value };
}

function readConstant(node: ts.Identifier, path: readonly string[], reading: Reading, depth: number): Literal {
  return readSymbol(reading.checker.getSymbolAtLocation(node), node, { path, reading, depth });
}

function readShorthand(node: ts.ShorthandPropertyAssignment, path: readonly string[], reading: Reading, depth: number): Literal {
  return readSymbol(reading.checker.getShorthandAssignmentValueSymbol(node), node, { path, reading, depth });
}

function readSymbol(
  symbol: ts.Symbol | undefined,
  node: ts.Node,
  { path, reading, depth }: { path: readonly string[]; reading: Reading; depth: number },
): Literal {
  const resolved = symbol && symbol.flags & ts.SymbolFlags.Alias ? reading.checker.getAliasedSymbol(symbol) : symbol;
  const declaration = resolved?.valueDeclaration;
  const isConstant =
    declaration &&
    ts.isVariableDeclaration(declaration) &&
    ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const &&
    declaration.initializer;
  return isConstant ? read(isConstant, path, reading, depth + 1) : { known: false, node };
}

/** A text that may have holes: what stands between them, `null` for a hole. Null where nothing of it is known. */
export function readText(node: ts.Expression, checker: ts.TypeChecker): readonly (string | null)[] {
  const inner = throughWrappers(node);
  if (ts.isTemplateExpression(inner))
    return [inner.head.text, ...inner.templateSpans.flatMap(({ expression, literal }) => [...readText(expression, checker), literal.text])];
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return [...readText(inner.left, checker), ...readText(inner.right, checker)];
  if (ts.isNewExpression(inner) && inner.expression.getText() === 'URL' && inner.arguments) {
    const [address, base] = inner.arguments;
    const own = address ? readText(address, checker) : [null];
    return base && !/^[a-z]+:/i.test(own[0] ?? '') ? [...readText(base, checker), ...own] : own;
  }
  const literal = readLiteral(inner, checker);
  return [literal.known && typeof literal.value === 'string' ? literal.value : null];
}
