import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rulePages } from './rule-pages.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs/check');

test('docs/check is what the table of rules says; `npm run --workspace @chung/cli generate` writes it', () => {
  const pages = rulePages();
  expect(readdirSync(DOCS).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages) expect(readFileSync(path.join(DOCS, name), 'utf8')).toBe(text);
});
