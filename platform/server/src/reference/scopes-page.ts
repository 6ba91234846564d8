import { operationsOf, SCOPE_NAMES, SCOPES, type Scope } from '@chung/contracts';
import { code, table } from './markdown.ts';
import { operationLink } from './resources.ts';

/** `docs/scopes.md`: what each scope is called on the consent screen, whose it is, and what it opens. */
export function scopesPage(): string {
  return `# Scopes

A scope is a named permission. \`open\` comes with the app, \`asked\` is asked of the member just in time, \`reviewed\` is also approved by an admin,
\`first-party\` is for the platform's own apps only.

${table(['Scope', 'Consent words', 'Kind', 'What it opens'], SCOPE_NAMES.map(row))}
`;
}

function row(name: Scope): readonly string[] {
  const { holder, sensitivity, dataClass, fields, title } = SCOPES[name];
  const operations = operationsOf(name).map((operation) => operationLink(operation, 'api'));
  const opened = [
    ...(fields.length === 0 ? [] : [`fields: ${fields.map(code).join(', ')}`]),
    ...(operations.length === 0 ? [] : [`operations: ${operations.join(', ')}`]),
  ];
  const data = dataClass === 'none' ? '' : `<br>${dataClass} data`;
  return [code(name), `${title.en}<br>${title.vi}`, `${holder}, ${sensitivity}${data}`, opened.join('<br>')];
}
