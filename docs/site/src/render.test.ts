import { expect, test } from 'vitest';
import { render } from './render.ts';

const html = (markdown: string, linkTo: (address: string) => string | null = (address) => address) => render(markdown, linkTo).html;

test('headings get the anchors that code hosts give them, also the second of a name', () => {
  const { headings, title } = render(
    '# The `chung` page\n\n## partner.offers.list\n\n## Tại quầy, & sau đó\n\n## Keys\n\n## Keys\n',
    () => null,
  );
  expect(title).toBe('The chung page');
  expect(headings.map(({ id }) => id)).toEqual(['the-chung-page', 'partnerofferslist', 'tại-quầy--sau-đó', 'keys', 'keys-1']);
});

test('code is coloured by classes, never by styles, and what is in it stays text', () => {
  const shown = html("```ts\nconst a: string = '<b>';\n```\n\n```unknown\n<script>\n```\n");
  expect(shown).toContain('<span class="hljs-keyword">const</span>');
  expect(shown).toContain('&lt;b&gt;');
  expect(shown).toContain('<code>&lt;script&gt;</code>');
  expect(shown).not.toMatch(/style=|<script/);
});

test('a link goes where it is told, to the outside without a referrer, and to nowhere as plain words', () => {
  expect(html('[a](b.md#c)', () => '/docs/b#c')).toBe('<p><a href="/docs/b#c">a</a></p>\n');
  expect(html('[a](https://example.vn/?a=1&b=2)')).toContain('<a href="https://example.vn/?a=1&amp;b=2" rel="noreferrer">a</a>');
  expect(html('see [the source](../src/x.ts)', () => null)).toBe('<p>see the source</p>\n');
  expect(html('![A QR](qr.png)', () => '/docs/qr.png')).toContain('<img src="/docs/qr.png" alt="A QR" loading="lazy">');
});

test('a table scrolls by itself; a head without words is left out', () => {
  expect(html('| a | b |\n|---|---|\n| 1 | 2 |\n')).toMatch(/^<div class="wide" role="group" tabindex="0".*<thead>.*<th>a<\/th>/);
  expect(html('`a.b:c_d`')).toContain('<code>a.<wbr>b:<wbr>c_<wbr>d</code>');
  expect(html('| | |\n|---|---|\n| 1 | 2 |\n')).toMatch(/^<div class="wide facts"[^>]*><table><tbody>/);
});

test('the summary is marked as Vietnamese, the note of a made page is dropped, a list to tick off has no fields', () => {
  expect(html('<!-- Made by a program -->\n\n# A\n\n**Tóm tắt.** Xin chào.\n')).toMatch(
    /^<h1 id="a">A<\/h1>\n<p class="summary" lang="vi">/,
  );
  expect(html('- [ ] open\n- [x] done\n')).not.toContain('<input');
});

test('the words under each heading are those of its paragraphs, lists and tables, and not of its code', () => {
  const { sections } = render(
    '# A\n\nOne `two` *three*.\n\n## B\n\n- four\n- five\n\n```ts\nhidden();\n```\n\n| x | y |\n|---|---|\n| six | seven |\n',
    () => null,
  );
  expect(sections.map(({ heading, text }) => [heading.text, text])).toEqual([
    ['A', 'One two three.'],
    ['B', 'four five six seven'],
  ]);
});
