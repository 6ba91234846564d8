import { ts } from 'ts-morph';
import { type Finding, found } from '../findings.ts';
import { placeOf } from '../place.ts';

type Words = ReadonlyMap<string, ts.Expression>;

/** Objects with `vi` and `en` are texts, or tables of texts: both sides must say the same things. */
export function checkTexts(files: readonly ts.SourceFile[], root: string): readonly Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) findings.push(...compare(node, root));
    ts.forEachChild(node, visit);
  };
  for (const file of files) if (/\b(vi|en)['"]?\s*:/.test(file.text)) visit(file);
  return findings;
}

function compare(node: ts.ObjectLiteralExpression, root: string): readonly Finding[] {
  const sides = wordsOf(node);
  if (!sides) return [];
  const [vi, en] = [sides.get('vi'), sides.get('en')];
  if (vi && en) return [...lacking('en', [vi, en], node, root), ...lacking('vi', [en, vi], node, root)];
  const only = vi ?? en;
  // A table keyed by language has more than texts in it only where it is something else.
  const isText =
    only &&
    (ts.isStringLiteralLike(only) || ts.isObjectLiteralExpression(only)) &&
    sides.size === 1 &&
    sides.size === node.properties.length;
  return isText ? [missing(vi ? 'en' : 'vi', '', node, root)] : [];
}

function lacking(
  side: 'vi' | 'en',
  [full, other]: readonly [ts.Expression, ts.Expression],
  node: ts.Node,
  root: string,
): readonly Finding[] {
  if (ts.isStringLiteralLike(other) && other.text.trim() === '') return [missing(side, '', node, root)];
  const [keys, present] = [wordsOf(full), wordsOf(other)];
  if (!keys || !present) return [];
  return [...keys].filter(([key]) => !present.has(key)).map(([key, value]) => missing(side, key, value, root));
}

/** The properties of an object that is written out whole; null for one with a spread, of which not all can be seen. */
function wordsOf(node: ts.Expression): Words | null {
  let inner = node;
  while (ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner)) inner = inner.expression;
  if (!ts.isObjectLiteralExpression(inner) || inner.properties.some(ts.isSpreadAssignment)) return null;
  const words = new Map<string, ts.Expression>();
  for (const property of inner.properties) {
    const name = property.name && (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name)) ? property.name.text : null;
    if (name === null) return null;
    if (ts.isPropertyAssignment(property)) words.set(name, property.initializer);
    else if (ts.isShorthandPropertyAssignment(property)) words.set(name, property.name);
    else if (ts.isMethodDeclaration(property)) words.set(name, ts.factory.createIdentifier(name));
  }
  return words;
}

function missing(side: 'vi' | 'en', key: string, node: ts.Node, root: string): Finding {
  const what = key === '' ? 'The text' : `"${key}"`;
  const language = side === 'vi' ? 'Vietnamese' : 'English';
  const detail = {
    vi: `${key === '' ? 'Văn bản' : `"${key}"`} thiếu bản ${side === 'vi' ? 'tiếng Việt' : 'tiếng Anh'}.`,
    en: `${what} is not there in ${language}.`,
  };
  return found('CH601', { subject: key || side, detail, at: node.pos < 0 ? null : placeOf(root, node) });
}
