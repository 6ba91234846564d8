import { ts } from 'ts-morph';
import { type Finding, found } from '../findings.ts';
import { type Global, globalAt } from '../globals.ts';
import { placeOf } from '../place.ts';
import type { RuleCode } from '../rules.ts';
import { makesCode } from '../scopes/escapes.ts';

interface Forbidden {
  readonly rule: RuleCode;
  readonly owners: readonly (string | null)[];
}

const WINDOW = [null, 'Window', 'WindowOrWorkerGlobalScope'];

/** By name and by who declares it. A variable of the program with such a name is not meant. */
const FORBIDDEN: Readonly<Record<string, Forbidden>> = {
  cookie: { rule: 'CH402', owners: ['Document'] },
  cookieStore: { rule: 'CH402', owners: WINDOW },
  localStorage: { rule: 'CH403', owners: [...WINDOW, 'WindowLocalStorage'] },
  sessionStorage: { rule: 'CH403', owners: [...WINDOW, 'WindowSessionStorage'] },
  indexedDB: { rule: 'CH403', owners: WINDOW },
  caches: { rule: 'CH403', owners: WINDOW },
  serviceWorker: { rule: 'CH404', owners: ['Navigator', 'NavigatorServiceWorker'] },
  parent: { rule: 'CH405', owners: WINDOW },
  top: { rule: 'CH405', owners: WINDOW },
  opener: { rule: 'CH405', owners: WINDOW },
  frameElement: { rule: 'CH405', owners: WINDOW },
  RTCPeerConnection: { rule: 'CH406', owners: [null] },
  webkitRTCPeerConnection: { rule: 'CH406', owners: [null] },
};

const MAY_HAVE = new RegExp(`\\b(${[...Object.keys(FORBIDDEN), 'eval', 'Function', 'constructor'].join('|')})\\b`);

export function checkForbidden(files: readonly ts.SourceFile[], checker: ts.TypeChecker, root: string): readonly Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    const rule = ruleOf(node, checker);
    if (rule) findings.push(forbidden(rule, node, root));
    ts.forEachChild(node, visit);
  };
  for (const file of files) if (MAY_HAVE.test(file.text)) visit(file);
  return findings;
}

function ruleOf(node: ts.Node, checker: ts.TypeChecker): RuleCode | null {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return makesCode(node, checker) ? 'CH401' : null;
  if (ts.isIdentifier(node) && node.text === 'eval' && !ts.isCallExpression(node.parent))
    return isGlobal(node, 'eval', checker) ? 'CH401' : null;
  if (!(ts.isIdentifier(node) || ts.isStringLiteralLike(node)) || !Object.hasOwn(FORBIDDEN, node.text)) return null;
  const entry = FORBIDDEN[node.text];
  const global = globalAt(node, checker);
  return entry && global && entry.owners.includes(global.owner) ? entry.rule : null;
}

const isGlobal = (node: ts.Node, name: Global['name'], checker: ts.TypeChecker) => {
  const global = globalAt(node, checker);
  return global?.name === name && global.owner === null;
};

function forbidden(rule: RuleCode, node: ts.Node, root: string): Finding {
  const name = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText() : node.getText();
  const detail = { vi: `Mini-app không được dùng ${name}.`, en: `A mini-app may not use ${name}.` };
  return found(rule, { subject: name, detail, at: placeOf(root, node) });
}
