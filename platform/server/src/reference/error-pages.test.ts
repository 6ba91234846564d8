import { ERROR_CODES, ERRORS, errorsOf, OPERATIONS } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { apiReferencePage } from './api-reference.ts';
import { errorIndexPage, errorPage } from './error-pages.ts';
import { escapeHtml, page } from './page.ts';

const LANGUAGES = ['vi', 'en'] as const;
const pageOf = (code: string, language: 'vi' | 'en') => {
  const text = errorPage(code, language);
  if (text === null) throw new Error(`no page of ${code}`);
  return text;
};

describe.each(LANGUAGES)('the pages of errors in %s', (language) => {
  test.each(ERROR_CODES)('tell of %s its words, its status and every operation that answers it', (code) => {
    const text = pageOf(code, language);
    expect(text).toContain(`<p>${escapeHtml(ERRORS[code].title[language])}</p>`);
    expect(text).toContain(`<b>${ERRORS[code].status}</b>`);
    const linked = [...text.matchAll(/\/docs\/api#([\w.]+)"/g)].map(([, id]) => id);
    expect(linked).toEqual(OPERATIONS.filter((op) => errorsOf(op).some((one) => one === code)).map(({ id }) => id));
  });

  test('are led to by an index of all of them', () => {
    const text = errorIndexPage(language);
    const linked = [...text.matchAll(/href="\/docs\/errors\/(\w+)"/g)].map(([, code]) => code);
    expect(linked).toEqual(ERROR_CODES);
    for (const code of ERROR_CODES) expect(text).toContain(escapeHtml(ERRORS[code].title[language]));
  });

  test('say which language they are in, and can be skipped to their content', () => {
    for (const text of [errorIndexPage(language), pageOf('not_found', language), apiReferencePage(language)]) {
      expect(text).toMatch(new RegExp(`^<!doctype html><html lang="${language}">`));
      expect(text).toMatch(/<a class="skip" href="#main">.*<main id="main"/s);
      expect(text).not.toMatch(/<script|\son\w+=|javascript:/i);
    }
  });
});

test('the two languages differ in every page, by more than the name of the language', () => {
  const bare = (text: string) => text.replace(/lang="\w\w"/, '');
  for (const code of ERROR_CODES) expect(bare(pageOf(code, 'vi'))).not.toBe(bare(pageOf(code, 'en')));
  expect(bare(apiReferencePage('vi'))).not.toBe(bare(apiReferencePage('en')));
});

test.each(['nothing', 'toString', '__proto__', 'constructor', '', 'NOT_FOUND', 'not_found ', '<script>', '../settings'])(
  'there is no page of %j, which is no code',
  (code) => {
    for (const language of LANGUAGES) expect(errorPage(code, language)).toBeNull();
  },
);

test('a title is text: what looks like markup in it is shown and not run', () => {
  const text = page({ title: `</title><script>alert('1')</script>&"`, language: 'vi', body: '' });
  expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;</title>');
});

test.each(LANGUAGES)('the reference in %s has every operation once, with its caller, its scope and its errors', (language) => {
  const sections = apiReferencePage(language)
    .split('<section id="')
    .slice(1)
    .map((text) => text.split('</section>')[0] ?? '');
  expect(sections.map((text) => text.slice(0, text.indexOf('"')))).toEqual(OPERATIONS.map(({ id }) => id));
  for (const [index, op] of OPERATIONS.entries()) {
    const text = sections[index] ?? '';
    expect(text).toContain(escapeHtml(op.title[language]));
    if (op.scope !== null) expect(text).toContain(`<span class="chip">${op.scope}</span>`);
    expect(/Idempotency-Key/.test(text)).toBe(op.idempotency !== 'none');
    const linked = [...text.matchAll(/\/docs\/errors\/(\w+)"/g)].map(([, code]) => code);
    expect(linked).toEqual(errorsOf(op));
  }
});
