import { ts } from 'ts-morph';
import { calledName, globalAt } from '../globals.ts';
import { readText } from '../literals.ts';
import { placeIn, placeOf } from '../place.ts';
import { hostOf, type Request } from '../rules/requests.ts';
import { importsOf } from './reach.ts';
import type { Unanalysable, UnanalysableReason } from './walk.ts';

const MAY_ESCAPE = /\beval\b|\bFunction\b|\bconstructor\b|\bimport\s*\(|\brequire\b/;

export interface EscapeOptions {
  /** Hosts of the platform, where they are known: `app.chung.example`. */
  readonly platformHosts: ReadonlySet<string>;
}

/** Ways around the SDK: code from text, modules that cannot be told, requests to the platform's API made by hand. */
export function escapesIn(files: readonly ts.SourceFile[], program: ts.Program, root: string): readonly Unanalysable[] {
  const checker = program.getTypeChecker();
  const all: Unanalysable[] = [];
  const visit = (node: ts.Node): void => {
    const reason = ts.isCallExpression(node) || ts.isNewExpression(node) ? reasonOf(node, checker) : null;
    if (reason) all.push({ reason, at: placeOf(root, node) });
    ts.forEachChild(node, visit);
  };
  for (const file of files) {
    if (MAY_ESCAPE.test(file.text)) visit(file);
    all.push(...missingModules(file, program, root));
  }
  return all;
}

function reasonOf(node: ts.CallExpression | ts.NewExpression, checker: ts.TypeChecker): UnanalysableReason | null {
  const [argument] = node.arguments ?? [];
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return argument && isWhole(argument, checker) ? null : 'dynamic-import';
  if (makesCode(node, checker)) return 'eval';
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require' && ts.isCallExpression(node);
  return isRequire && argument && !isWhole(argument, checker) && !isOwnFunction(node.expression, checker) ? 'dynamic-import' : null;
}

const isWhole = (node: ts.Expression, checker: ts.TypeChecker) => ts.isStringLiteralLike(node) && !readText(node, checker).includes(null);

const isOwnFunction = (node: ts.Node, checker: ts.TypeChecker) => {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol !== undefined && globalAt(node, checker) === null;
};

/** `eval`, `Function`, and `constructor` of a function, which is `Function` by another name. */
export function makesCode(node: ts.CallExpression | ts.NewExpression, checker: ts.TypeChecker): boolean {
  const global = globalAt(calledName(node.expression), checker);
  if (!global) return false;
  if (global.name === 'constructor') return global.owner === 'Object' || global.owner === 'Function';
  return (global.name === 'eval' || global.name === 'Function') && global.owner === null;
}

/** What comes out of a module that is not there can be anything; a library without types is there, and has nothing of the SDK. */
function missingModules(file: ts.SourceFile, program: ts.Program, root: string): readonly Unanalysable[] {
  const checker = program.getTypeChecker();
  const isMissing = ({ text }: ts.StringLiteralLike) =>
    !ts.resolveModuleName(text, file.fileName, program.getCompilerOptions(), ts.sys).resolvedModule;
  return importsOf(file)
    .filter((specifier) => !ASSET.test(specifier.text) && !takesNothing(specifier))
    .filter((specifier) => !checker.getSymbolAtLocation(specifier) && isMissing(specifier))
    .map((specifier) => ({ reason: 'module-missing' as const, at: placeOf(root, specifier) }));
}

const ASSET = /\.(css|scss|less|svg|png|jpe?g|webp|gif|json|html|txt|md|woff2?)(\?.*)?$|^virtual:/;

/** `import './x'` runs it alone. */
const takesNothing = ({ parent }: ts.StringLiteralLike) => ts.isImportDeclaration(parent) && !parent.importClause;

/** Errors of the compiler where the SDK is in reach. That a scope is not declared is no such error: the type names it. */
export function typeErrors(files: readonly ts.SourceFile[], program: ts.Program, root: string): readonly Unanalysable[] {
  const isBroken = program.getGlobalDiagnostics().length > 0;
  return files.flatMap((file) => {
    const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].filter(isTypeError);
    const places = errors.map(({ start = 0, length = 0 }) =>
      placeIn({ root, file: file.fileName, text: file.text }, start, start + length),
    );
    if (isBroken) places.push(placeOf(root, file));
    return places.map((at) => ({ reason: 'type-error' as const, at }));
  });
}

const isTypeError = ({ category, messageText }: ts.Diagnostic): boolean =>
  category === ts.DiagnosticCategory.Error && !ts.flattenDiagnosticMessageText(messageText, ' ').includes('MissingScope<');

/** Requests to the platform that no method of the SDK makes: what they need cannot be read from a type. */
export function rawRequests(requests: readonly Request[], { platformHosts }: EscapeOptions, root: string): readonly Unanalysable[] {
  return requests
    .filter((request) => !request.isElement && isToPlatform(request, platformHosts))
    .map(({ node }) => ({ reason: 'raw-request' as const, at: placeOf(root, node) }));
}

function isToPlatform(request: Request, platformHosts: ReadonlySet<string>): boolean {
  const host = hostOf(request);
  if (host !== null && host !== 'unknown') return platformHosts.has(host);
  return request.pieces.some((piece) => piece !== null && /(^|[^\w])v1\//.test(piece));
}
