import { ts } from 'ts-morph';
import { calledName, globalAt } from '../globals.ts';
import { readText } from '../literals.ts';

/** A place that contacts a host. */
export interface Request {
  readonly node: ts.Node;
  /** What is known of the address from its beginning; null at once where nothing is. */
  readonly known: string;
  /** Whether it goes on with what is made at run time. */
  readonly isOpen: boolean;
  /** Every piece that is known, for what stands after a hole. */
  readonly pieces: readonly (string | null)[];
  /** Elements of a page show addresses from data all the time; their policy is the frame's. */
  readonly isElement: boolean;
}

const SENDERS =
  /\b(fetch|WebSocket|EventSource|XMLHttpRequest|sendBeacon|Worker|SharedWorker|Request|importScripts|Image)\b|\bimport\s*\(|\.src\b|\b(src|srcSet|poster|href|action|data)\s*=/;

const CALLS: ReadonlySet<string> = new Set([
  'fetch',
  'WebSocket',
  'EventSource',
  'Worker',
  'SharedWorker',
  'Request',
  'importScripts',
  'sendBeacon',
]);
const LOADING: Readonly<Record<string, readonly string[]>> = {
  src: ['img', 'script', 'iframe', 'video', 'audio', 'source', 'embed', 'track', 'input'],
  srcSet: ['img', 'source'],
  poster: ['video'],
  href: ['link', 'image', 'use'],
  action: ['form'],
  data: ['object'],
};

/** Every request of the program to an address, by the global that makes it. */
export function requestsIn(files: readonly ts.SourceFile[], checker: ts.TypeChecker): readonly Request[] {
  const all: Request[] = [];
  const visit = (node: ts.Node): void => {
    const address = addressIn(node, checker);
    if (address) all.push(requestTo(address, checker, !ts.isCallExpression(node) && !ts.isNewExpression(node)));
    ts.forEachChild(node, visit);
  };
  for (const file of files) if (SENDERS.test(file.text)) visit(file);
  return all;
}

function requestTo(address: ts.Expression, checker: ts.TypeChecker, isElement: boolean): Request {
  const pieces = readText(address, checker);
  const hole = pieces.indexOf(null);
  const known = pieces.slice(0, hole < 0 ? pieces.length : hole).join('');
  return { node: address, known, isOpen: hole >= 0, pieces, isElement };
}

function addressIn(node: ts.Node, checker: ts.TypeChecker): ts.Expression | null {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return addressOfCall(node, checker);
  if (ts.isJsxAttribute(node)) return addressOfAttribute(node);
  const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (!isAssignment || !ts.isPropertyAccessExpression(node.left) || node.left.name.text !== 'src') return null;
  return globalAt(node.left.name, checker)?.owner?.startsWith('HTML') ? node.right : null;
}

function addressOfCall(node: ts.CallExpression | ts.NewExpression, checker: ts.TypeChecker): ts.Expression | null {
  const [first, second] = node.arguments ?? [];
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return first && /^https?:/.test(readText(first, checker)[0] ?? '') ? first : null;
  const global = globalAt(calledName(node.expression), checker);
  if (!global) return null;
  if (global.name === 'open' && global.owner === 'XMLHttpRequest') return second ?? null;
  if (!CALLS.has(global.name) || !first) return null;
  // A Request that was made elsewhere has been seen there.
  return checker.getTypeAtLocation(first).symbol?.name === 'Request' ? null : first;
}

function addressOfAttribute(node: ts.JsxAttribute): ts.Expression | null {
  const element = node.parent.parent.tagName.getText();
  const name = node.name.getText();
  if (!Object.hasOwn(LOADING, name) || !LOADING[name]?.includes(element) || !node.initializer) return null;
  if (ts.isStringLiteral(node.initializer)) return node.initializer;
  return ts.isJsxExpression(node.initializer) ? (node.initializer.expression ?? null) : null;
}

const ADDRESS = /^(?:https?:|wss?:)?\/\/([^/?#\s]+)(.?)/i;

/** The host of an address; null for one of the app's own, `unknown` where it is made at run time. */
export function hostOf({ known, isOpen, isElement }: Request): string | null | 'unknown' {
  const match = ADDRESS.exec(known);
  if (match?.[1]) {
    const isWhole = match[2] !== '' || !isOpen;
    return isWhole ? match[1].toLowerCase().replace(/^.*@/, '') : 'unknown';
  }
  const couldBeAny = isOpen && !/^[./?#]/.test(known) && !/^(data|blob):/i.test(known);
  return couldBeAny && !isElement ? 'unknown' : null;
}
