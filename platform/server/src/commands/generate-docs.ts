import path from 'node:path';
import { errorDocs } from '../reference/error-docs.ts';
import { eventsPage } from '../reference/events-page.ts';
import { readFieldNotes } from '../reference/field-notes.ts';
import { keepPages } from '../reference/keep-pages.ts';
import { manifestPage } from '../reference/manifest-page.ts';
import { operationPages } from '../reference/operation-pages.ts';
import { scopesPage } from '../reference/scopes-page.ts';
import { settingsPage } from '../reference/settings-page.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs');
const NOTE = '<!-- Made by `npm run docs:generate`; change the declaration, not this file. -->\n\n';

function pages(): ReadonlyMap<string, string> {
  const notes = readFieldNotes();
  const made: readonly (readonly [string, string])[] = [
    ['settings.md', settingsPage()],
    ['scopes.md', scopesPage()],
    ['manifest.md', manifestPage()],
    ['events.md', eventsPage(notes)],
    ...errorDocs(),
    ...operationPages(notes),
  ];
  return new Map(made.map(([place, text]) => [place, NOTE + text]));
}

/** Writes the pages, or only tells which differ from the declarations. */
async function generate(mode: 'write' | 'check'): Promise<number> {
  const stale = await keepPages({ folder: DOCS, pages: pages(), whole: ['errors', 'api'], mode });
  if (mode === 'write' || stale.length === 0) return 0;
  process.stderr.write(
    `Not what the declarations say; run npm run docs:generate:\n${stale.map((place) => `  docs/${place}`).join('\n')}\n`,
  );
  return 1;
}

process.exitCode = await generate(process.argv.includes('--check') ? 'check' : 'write');
