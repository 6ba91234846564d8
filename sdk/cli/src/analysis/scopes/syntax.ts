import { ts } from 'ts-morph';

/** Whether an identifier stands for a value here, and is not a name that something is given or looked up by. */
export function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent))
    return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isDeclarationStatement(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent)) return false;
  if (ts.isFunctionExpression(parent) || ts.isClassExpression(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent))
    return false;
  // `<button>` is no name of the program.
  if ((ts.isJsxOpeningLikeElement(parent) || ts.isJsxClosingElement(parent)) && /^[a-z]/.test(node.text)) return false;
  return !(
    ts.isJsxAttribute(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent)
  );
}

/** Parentheses, `!` and `satisfies` change nothing of a value. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner) || ts.isSatisfiesExpression(inner)) inner = inner.expression;
  return inner;
}

export const isAssertion = (node: ts.Node): node is ts.AsExpression | ts.TypeAssertion =>
  ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);

const ASSIGNING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

/** Where a value goes from one place to another, and could be taken for something else there. */
export function isHandedOver(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.arguments?.includes(node) ?? false;
  // Without a type of its own a variable is what it is given; a pattern on its left asks for nothing either.
  if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node && (parent.type ?? ts.getJSDocType(parent)) !== undefined;
  if (ts.isBindingElement(parent) || ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node;
  if (ts.isBinaryExpression(parent)) return parent.right === node && ASSIGNING.has(parent.operatorToken.kind);
  if (ts.isReturnStatement(parent) || ts.isYieldExpression(parent) || ts.isArrayLiteralExpression(parent)) return true;
  if (ts.isArrowFunction(parent)) return parent.body === node;
  if (ts.isTemplateSpan(parent)) return ts.isTaggedTemplateExpression(parent.parent.parent);
  return ts.isJsxExpression(parent) || ts.isJsxSpreadAttribute(parent) || ts.isSpreadElement(parent) || ts.isThrowStatement(parent);
}

/** The call that a value is an argument of, also from inside of array and object literals. */
export function callAround(node: ts.Node): ts.CallExpression | ts.NewExpression | null {
  let inner: ts.Node = node;
  while (ts.isArrayLiteralExpression(inner.parent) || ts.isObjectLiteralElement(inner.parent) || ts.isObjectLiteralExpression(inner.parent))
    inner = inner.parent;
  const { parent } = inner;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === inner ? null : parent;
  return null;
}
