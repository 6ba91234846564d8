// Writes docs/check from the table of rules; a test compares them.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rulePages } from '../src/analysis/rule-pages.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../docs/check');
const pages = rulePages();

mkdirSync(DOCS, { recursive: true });
for (const name of readdirSync(DOCS)) if (!pages.has(name)) rmSync(path.join(DOCS, name));
for (const [name, text] of pages) writeFileSync(path.join(DOCS, name), text);
