import { ts } from 'ts-morph';
import { type Finding, found } from '../findings.ts';
import { placeIn } from '../place.ts';
import type { RuleCode } from '../rules.ts';

/** Shapes that services give their secrets so that they can be found; each name is how the finding calls it. */
const SHAPES: readonly { readonly name: string; readonly rule: RuleCode; readonly shape: RegExp }[] = [
  { name: 'PEM private key', rule: 'CH301', shape: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g },
  { name: 'AWS access key', rule: 'CH302', shape: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { name: 'GitHub token', rule: 'CH302', shape: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b/g },
  { name: 'GitLab token', rule: 'CH302', shape: /\bglpat-[\w-]{20,}/g },
  { name: 'npm token', rule: 'CH302', shape: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: 'Slack token', rule: 'CH302', shape: /\bxox[abeoprs]-[A-Za-z0-9-]{20,}/g },
  { name: 'Stripe key', rule: 'CH302', shape: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,}/g },
  { name: 'Google API key', rule: 'CH302', shape: /\bAIza[\w-]{35}/g },
  { name: 'webhook secret', rule: 'CH302', shape: /\bwhsec_[A-Za-z0-9+/=]{24,}/g },
  { name: 'signed token', rule: 'CH302', shape: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g },
];

const SECRET_NAME = /(secret|token|password|passwd|api_?key|private_?key|credential|auth_?key|client_?key)$/i;
const LEAST_LENGTH = 20;
const LEAST_BITS_A_CHARACTER = 3.5;
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

/** Secrets in the source. Comments and dead code are searched too: what was pushed once is known. */
export function checkSecrets(files: readonly ts.SourceFile[], root: string): readonly Finding[] {
  return files.flatMap((file) => [...shapesIn(file, root), ...(MAY_NAME.test(file.text) ? namedIn(file, root) : [])]);
}

const MAY_NAME = /secret|token|passw|key|credential|\bkty\b/i;

function shapesIn(file: ts.SourceFile, root: string): readonly Finding[] {
  return SHAPES.flatMap(({ name, rule, shape }) =>
    [...file.text.matchAll(shape)].map((match) =>
      secret(rule, name, placeIn({ root, file: file.fileName, text: file.text }, match.index, match.index + match[0].length)),
    ),
  );
}

function namedIn(file: ts.SourceFile, root: string): readonly Finding[] {
  const findings: Finding[] = [];
  const at = (node: ts.Node) => placeIn({ root, file: file.fileName, text: file.text }, node.getStart(file), node.getEnd());
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && isPrivateJwk(node)) findings.push(secret('CH301', 'JWK with a private part', at(node)));
    const named = nameAndValue(node);
    if (named && SECRET_NAME.test(named.name) && looksRandom(named.value.text) && !hasShape(named.value.text))
      findings.push(secret('CH303', named.name, at(named.value)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

const hasShape = (text: string) => SHAPES.some(({ shape }) => new RegExp(shape.source).test(text));

function isPrivateJwk(node: ts.ObjectLiteralExpression): boolean {
  const texts = new Map<string, string>();
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isStringLiteralLike(property.initializer)) continue;
    if (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name)) texts.set(property.name.text, property.initializer.text);
  }
  if (!texts.has('kty')) return false;
  return PRIVATE_PARTS.some((part) => (texts.get(part)?.length ?? 0) >= LEAST_LENGTH) || (texts.get('kty') === 'oct' && texts.has('k'));
}

function nameAndValue(node: ts.Node): { name: string; value: ts.StringLiteralLike } | null {
  const [name, value] =
    ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node)
      ? [node.name.getText().replaceAll(/['"]/g, ''), node.initializer]
      : ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
        ? [node.left.getText(), node.right]
        : ['', undefined];
  return value && ts.isStringLiteralLike(value) ? { name, value } : null;
}

/** Words and addresses repeat letters and have spaces; keys do neither. */
function looksRandom(text: string): boolean {
  if (text.length < LEAST_LENGTH || /[\s<>{}]|^https?:|^\.{0,2}\//.test(text) || !/\d/.test(text) || !/[a-z]/i.test(text)) return false;
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits >= LEAST_BITS_A_CHARACTER;
}

/** The secret itself is not repeated: reports are kept and shown. */
function secret(rule: RuleCode, name: string, at: Finding['at']): Finding {
  return found(rule, { subject: name, detail: { vi: `Có ${name} trong mã nguồn.`, en: `There is a secret in the source: ${name}.` }, at });
}
