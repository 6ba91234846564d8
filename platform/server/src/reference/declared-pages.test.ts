import { ERROR_CODES, ERRORS, errorsOf, OPERATIONS, operationsOf, SCOPE_NAMES, SCOPES } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../config.ts';
import { errorDocs } from './error-docs.ts';
import { table } from './markdown.ts';
import { scopesPage } from './scopes-page.ts';
import { settingsPage } from './settings-page.ts';

const rowOf = (page: string, cell: string) => page.split('\n').find((line) => line.startsWith(`| ${cell} |`)) ?? '';

describe('the page of scopes', () => {
  const page = scopesPage();

  test.each(SCOPE_NAMES)('tells of %s its consent words, its kind, and all that it opens', (name) => {
    const { title, holder, sensitivity, fields } = SCOPES[name];
    const row = rowOf(page, `\`${name}\``);
    expect(row).toContain(`${title.en}<br>${title.vi}`);
    expect(row).toContain(`${holder}, ${sensitivity}`);
    for (const field of fields) expect(row).toContain(`\`${field}\``);
    expect([...row.matchAll(/\[`([\w.]+)`\]\(api\//g)].map(([, id]) => id)).toEqual(operationsOf(name).map(({ id }) => id));
  });
});

describe('the pages of errors', () => {
  const pages = errorDocs();

  test.each(ERROR_CODES)('%s says its status, both sentences, and who answers it', (code) => {
    const page = pages.get(`errors/${code}.md`) ?? '';
    const { status, title } = ERRORS[code];
    expect(page).toContain(`# \`${code}\`\n\nHTTP ${status}\n\n- ${title.vi}\n- ${title.en}\n`);
    const answering = OPERATIONS.filter((operation) => errorsOf(operation).includes(code)).map(({ id }) => id);
    expect([...page.matchAll(/^- \[`([\w.]+)`\]\(\.\.\/api\//gm)].map(([, id]) => id)).toEqual(answering);
    expect(rowOf(pages.get('errors/README.md') ?? '', `[\`${code}\`](${code}.md)`)).toContain(`| ${status} | ${title.en}<br>${title.vi} |`);
  });
});

test('the page of settings has each setting with its default and its meaning', () => {
  const page = settingsPage();
  for (const [name, { meaning }] of Object.entries(SETTINGS)) expect(rowOf(page, `\`${name}\``)).toContain(meaning.replaceAll('|', '\\|'));
});

test('a table keeps its columns whatever stands in a cell', () => {
  expect(table(['a', 'b'], [['x|y', 'two\nlines']])).toBe('| a | b |\n| --- | --- |\n| x\\|y | two lines |');
});
