import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import http from 'highlight.js/lib/languages/http';
import json from 'highlight.js/lib/languages/json';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import { escapeHtml } from './html.ts';

// Only what our pages hold: the full set takes half a second to load.
const LANGUAGES = { bash, http, json, sql, typescript };
const ALIASES: Readonly<Record<string, string>> = { sh: 'bash', ts: 'typescript', tsx: 'typescript', js: 'typescript', mjs: 'typescript' };

for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

/** Code as HTML with classes and no styles; plain where the language is not known. */
export function highlight(code: string, language: string): string {
  const name = ALIASES[language] ?? language;
  return Object.hasOwn(LANGUAGES, name) ? highlighter.highlight(code, { language: name }).value : escapeHtml(code);
}
