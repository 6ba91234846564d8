import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ERROR_CODES, ERRORS, type ErrorCode, errorsOf, OPERATIONS, operationsOf, SCOPE_NAMES, SCOPES } from '@chung/contracts';
import { SETTINGS } from '../config.ts';
import { eventsPage } from '../reference/events-page.ts';
import { readFieldNotes } from '../reference/field-notes.ts';
import { manifestPage } from '../reference/manifest-page.ts';
import { code, table } from '../reference/markdown.ts';
import { operationLink, operationPages } from '../reference/operation-pages.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs');
const NOTE = '<!-- Made by `npm run docs:generate`; change the declaration, not this file. -->\n\n';

function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { shown, meaning }]) => [`\`${name}\``, shown === '' ? '–' : `\`${shown}\``, meaning]);
  return `# Settings

All settings are environment variables, checked together at the start: a wrong start names everything that is wrong at once. With
\`NODE_ENV=production\` the development defaults of \`CHUNG_BASE_URL\`, \`DATABASE_URL\`, \`CHUNG_SECRET\`, \`CHUNG_TOKEN_KEYS\`,
\`CHUNG_RECEIPT_KEYS\` and \`CHUNG_DEMO\` are refused by name.

${table(['Setting', 'Default', 'Meaning'], rows)}
`;
}

function scopesPage(): string {
  const rows = SCOPE_NAMES.map((name) => {
    const { holder, sensitivity, dataClass, fields, title } = SCOPES[name];
    const data = dataClass === 'none' ? '' : `<br>${dataClass} data`;
    const opened = [
      ...(fields.length === 0 ? [] : [`fields: ${fields.map(code).join(', ')}`]),
      ...(operationsOf(name).length === 0 ? [] : [`operations: ${operationsOf(name).map(operationLink).join(', ')}`]),
    ];
    return [code(name), `${title.en}<br>${title.vi}`, `${holder}, ${sensitivity}${data}`, opened.join('<br>')];
  });
  return `# Scopes

A scope is a named permission. \`open\` comes with the app, \`asked\` is asked of the member just in time, \`reviewed\` is also approved by an admin,
\`first-party\` is for the platform's own apps only.

${table(['Scope', 'Consent words', 'Kind', 'What it opens'], rows)}
`;
}

function errorPage(code: ErrorCode): string {
  const { status, title } = ERRORS[code];
  const operations = OPERATIONS.filter((operation) => errorsOf(operation).includes(code)).map(
    (operation) => `- \`${operation.id}\` (${operation.method} ${operation.path})`,
  );
  const answeredBy =
    operations.length > 0 ? `## Answered by\n\n${operations.join('\n')}\n` : 'Answered outside the operations, by the server itself.\n';
  return `# \`${code}\`\n\nHTTP ${status}\n\n- ${title.vi}\n- ${title.en}\n\n${answeredBy}`;
}

function errorIndex(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, title }]) => [`[\`${code}\`](${code}.md)`, String(status), title.en]);
  return `# Error codes\n\nEvery problem document (RFC 9457) carries one of these stable codes.\n\n${table(['Code', 'Status', 'Meaning'], rows)}\n`;
}

function pages(): ReadonlyMap<string, string> {
  const notes = readFieldNotes();
  const all = new Map<string, string>([
    ['settings.md', settingsPage()],
    ['scopes.md', scopesPage()],
    ['manifest.md', manifestPage()],
    ['events.md', eventsPage(notes)],
    ['errors/README.md', errorIndex()],
    ...operationPages(notes),
  ]);
  for (const code of ERROR_CODES) all.set(`errors/${code}.md`, errorPage(code));
  return new Map([...all].map(([file, text]) => [file, NOTE + text]));
}

/** Folders that hold nothing else: what no declaration asks for any more is taken away. */
const MADE_WHOLLY = ['errors', 'api'];

async function filesIn(folders: readonly string[]): Promise<string[]> {
  const listed = folders.map(async (folder) => (await readdir(path.join(DOCS, folder)).catch(() => [])).map((name) => `${folder}/${name}`));
  return (await Promise.all(listed)).flat();
}

/** Writes the pages, or only tells which differ from the declarations. */
async function generate(mode: 'write' | 'check'): Promise<number> {
  const wanted = pages();
  const stale: string[] = [];
  for (const [file, text] of wanted) {
    const place = path.join(DOCS, file);
    const present = await readFile(place, 'utf8').catch(() => null);
    if (present === text) continue;
    stale.push(file);
    if (mode === 'write') await mkdir(path.dirname(place), { recursive: true }).then(() => writeFile(place, text));
  }
  for (const file of await filesIn(MADE_WHOLLY)) {
    if (wanted.has(file)) continue;
    stale.push(file);
    if (mode === 'write') await rm(path.join(DOCS, file));
  }
  if (mode === 'write' || stale.length === 0) return 0;
  process.stderr.write(`Not what the declarations say; run npm run docs:generate:\n${stale.map((file) => `  docs/${file}`).join('\n')}\n`);
  return 1;
}

process.exitCode = await generate(process.argv.includes('--check') ? 'check' : 'write');
