import { Marked, type Token, type Tokens } from 'marked';
import { highlight } from './highlight.ts';
import { escapeHtml, plainOf } from './html.ts';
import { slugger } from './slug.ts';

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly id: string;
}

/** What is found under one heading; code is left out, nobody searches for it by its words. */
export interface Section {
  readonly heading: Heading;
  readonly text: string;
}

export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
}

/** What to make of a link or a picture's address; null leaves its words and takes the link away. */
export type LinkTo = (address: string) => string | null;

const NAME_MAX = 36;
const breakable = (name: string) => name.replaceAll(/([.:_/])(?=\w)/g, '$1<wbr>');
const OUTSIDE = /^[a-z]+:/;

/** The line that says how a page was made is for whoever would edit it. */
const withoutNotes = (markdown: string) => markdown.replaceAll(/^<!--[\s\S]*?-->\n*/gm, '');

/** Makes HTML of a page. Our own Markdown is believed: raw HTML in it stays. */
export function render(markdown: string, linkTo: LinkTo): Rendered {
  const reader = new Marked();
  const tokens = reader.lexer(withoutNotes(markdown));
  const headings: Heading[] = [];
  const slugOf = slugger();
  reader.use({
    renderer: {
      heading({ tokens: inline, depth }) {
        const html = this.parser.parseInline(inline);
        const text = plainOf(html);
        const id = slugOf(text);
        headings.push({ depth, text, id });
        const link = depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="${escapeHtml(`Link to “${text}”`)}">#</a>`;
        return `<h${depth} id="${id}">${html}${link}</h${depth}>\n`;
      },
      code({ text, lang = '' }) {
        const name = lang.split(' ')[0] ?? '';
        return `<div class="code"><pre tabindex="0"><code>${highlight(text, name)}</code></pre></div>\n`;
      },
      // In a table a name breaks between its words alone; what is longer than names are may break anywhere.
      codespan: ({ text }) => `<code${text.length > NAME_MAX ? ' class="long"' : ''}>${breakable(escapeHtml(text))}</code>`,
      link({ href, title, tokens: inline }) {
        const words = this.parser.parseInline(inline);
        if (OUTSIDE.test(href)) return `<a href="${escapeHtml(href)}" rel="noreferrer">${words}</a>`;
        const address = linkTo(href);
        return address === null ? words : `<a href="${escapeHtml(address)}"${title ? ` title="${escapeHtml(title)}"` : ''}>${words}</a>`;
      },
      image: ({ href, text }) => `<img src="${escapeHtml(linkTo(href) ?? href)}" alt="${escapeHtml(text)}" loading="lazy">`,
      // A list to tick off is read, not filled in.
      checkbox: ({ checked }) => `<span class="tick">${checked ? '☑' : '☐'}</span> `,
      paragraph({ tokens: inline }) {
        const html = this.parser.parseInline(inline);
        return `<p${/^<strong>(Tóm tắt|Tiếng Việt)/.test(html) ? ' class="summary" lang="vi"' : ''}>${html}</p>\n`;
      },
      table(token) {
        return tableOf(token, (inline) => this.parser.parseInline(inline));
      },
    },
  });
  const html = reader.parser(tokens);
  return { title: headings[0]?.text ?? '', html, headings, sections: sectionsOf(tokens, headings) };
}

/** A table scrolls in a frame of its own; a head without words is left out, so that no screen reader announces empty columns. */
function tableOf({ header, rows }: Tokens.Table, inline: (tokens: Token[]) => string): string {
  const isEmpty = header.every(({ text }) => text.trim() === '');
  const cells = (row: readonly Tokens.TableCell[], name: 'th' | 'td') =>
    row.map(({ tokens }) => (name === 'th' && tokens.length === 0 ? '<td></td>' : `<${name}>${inline(tokens)}</${name}>`)).join('');
  const head = isEmpty ? '' : `<thead><tr>${cells(header, 'th')}</tr></thead>`;
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="wide${isEmpty ? ' facts' : ''}" role="group" tabindex="0" aria-label="Table"><table>${head}<tbody>${body}</tbody></table></div>\n`;
}

function sectionsOf(tokens: readonly Token[], headings: readonly Heading[]): readonly Section[] {
  const sections: { heading: Heading; texts: string[] }[] = [];
  let next = 0;
  for (const token of tokens) {
    const heading = headings[next];
    if (token.type === 'heading' && heading) {
      sections.push({ heading, texts: [] });
      next += 1;
    } else if (token.type !== 'code') sections.at(-1)?.texts.push(wordsOf(token));
  }
  return sections.map(({ heading, texts }) => ({ heading, text: texts.join(' ').replaceAll(/\s+/g, ' ').trim() }));
}

/** The words of a block, without its marks. */
function wordsOf(token: Token): string {
  if (token.type === 'table')
    return token.rows
      .flat()
      .map((cell: Tokens.TableCell) => cell.tokens.map(wordsOf).join(''))
      .join(' ');
  if (token.type === 'list') return token.items.map(wordsOf).join(' ');
  if (token.type === 'html' || token.type === 'code') return ' ';
  if ('tokens' in token && token.tokens) return token.tokens.map(wordsOf).join('');
  return 'text' in token && typeof token.text === 'string' ? plainOf(token.text) : ' ';
}
