import { ts } from 'ts-morph';
import { calledName, globalAt } from '../globals.ts';
import { readText } from '../literals.ts';
import { placeOf } from '../place.ts';
import { hostOf, type Request } from '../rules/requests.ts';
import { SDK_PACKAGES } from './sdk-types.ts';
import type { Unanalysable, UnanalysableReason } from './walk.ts';

const MAY_ESCAPE = /\beval\b|\bFunction\b|\bconstructor\b|\bimport\s*\(|\brequire\b/;

export interface EscapeOptions {
  /** Hosts of the platform, where they are known: `app.chung.example`. */
  readonly platformHosts: ReadonlySet<string>;
}

/** Ways around the SDK: code from text, modules that cannot be told, requests to the platform's API made by hand. */
export function escapesIn(files: readonly ts.SourceFile[], checker: ts.TypeChecker, root: string): readonly Unanalysable[] {
  const all: Unanalysable[] = [];
  const visit = (node: ts.Node): void => {
    const reason = ts.isCallExpression(node) || ts.isNewExpression(node) ? reasonOf(node, checker) : null;
    if (reason) all.push({ reason, at: placeOf(root, node) });
    ts.forEachChild(node, visit);
  };
  for (const file of files) {
    if (MAY_ESCAPE.test(file.text)) visit(file);
    all.push(...missingPackages(file, checker, root));
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

function missingPackages(file: ts.SourceFile, checker: ts.TypeChecker, root: string): readonly Unanalysable[] {
  if (!file.text.includes('@chung/')) return [];
  return file.statements.flatMap((statement) => {
    const specifier = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    if (!specifier || !ts.isStringLiteralLike(specifier)) return [];
    const name = specifier.text.split('/').slice(0, 2).join('/');
    if (!SDK_PACKAGES.has(name) || checker.getSymbolAtLocation(specifier)) return [];
    return [{ reason: 'sdk-missing' as const, at: placeOf(root, specifier) }];
  });
}

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
