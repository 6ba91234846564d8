import { escapeHtml } from './html.ts';
import { isListed, type NavigationGroup } from './navigation.ts';
import type { Heading, Rendered } from './render.ts';

export interface Assets {
  readonly script: string;
  readonly style: string;
  readonly search: string;
}

export interface PageOptions {
  readonly page: string;
  readonly rendered: Rendered;
  readonly groups: readonly NavigationGroup[];
  readonly titleOf: (page: string) => string;
  readonly addressOf: (page: string) => string;
  readonly assets: Assets;
  readonly base: string;
}

/** A whole document: no script or style of its own, so that it is read under the platform's strict policy. */
export function documentOf(options: PageOptions): string {
  const { page, rendered, assets, base, addressOf } = options;
  const title = page === 'index' ? 'Chung · docs for partners' : `${rendered.title} · Chung docs`;
  // A page that is there in Vietnamese as a whole ends in `-vi`; around it the words stay English.
  const language = page.endsWith('-vi') ? ' lang="vi"' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>
<body data-search="${assets.search}">
<a class="skip" href="#main">Skip to main content</a>
<header class="top">
<a class="brand" href="${addressOf('index')}">Chung <span>docs</span></a>
<nav class="links" aria-label="Main">
<a href="${addressOf('getting-started')}">Guides</a>
<a href="${addressOf('api/index')}">API</a>
<a href="${addressOf('cli')}">Command line</a>
<a href="/partner/">Portal</a>
</nav>
<search class="search" hidden>
<input type="search" aria-label="Search the docs" placeholder="Search · Tìm kiếm" autocomplete="off" spellcheck="false" aria-controls="found" aria-keyshortcuts="/">
<div id="found" class="found" hidden></div>
</search>
</header>
<div class="frame">
${navigation(options)}
<main id="main" tabindex="-1">
<div${language}>
${rendered.html}
</div>
${footer(options)}
</main>
${contents(rendered.headings)}
</div>
</body>
</html>
`.replaceAll('@base/', base);
}

/** On a phone the list is folded away; it opens without a script. */
function navigation({ page, groups, titleOf, addressOf }: PageOptions): string {
  const item = (one: string) =>
    `<li${one.includes('/') && !one.endsWith('/index') && !one.startsWith('packages/') ? ' class="inner"' : ''}><a href="${addressOf(one)}"${one === page ? ' aria-current="page"' : ''}>${escapeHtml(titleOf(one))}</a></li>`;
  const lists = groups.map(({ title, pages }, index) => {
    const listed = pages.filter((one) => isListed(one, page)).map(item);
    return `<h2 id="nav-${index}">${title}</h2><ul aria-labelledby="nav-${index}">${listed.join('')}</ul>`;
  });
  const inner = `<div class="lists">${lists.join('')}</div>`;
  return `<nav class="side" aria-label="Pages"><details><summary>All pages</summary>${inner}</details></nav>`;
}

function contents(headings: readonly Heading[]): string {
  const listed = headings.filter(({ depth }) => depth === 2 || depth === 3);
  if (listed.length < 2) return '<div class="contents"></div>';
  const items = listed.map(({ depth, id, text }) => `<li class="depth-${depth}"><a href="#${id}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-labelledby="on-this-page"><h2 id="on-this-page">On this page</h2><ul>${items.join('')}</ul></nav>`;
}

function footer({ page, groups, titleOf, addressOf }: PageOptions): string {
  if (!groups.some(({ pages }) => pages.includes(page))) return '';
  const order = groups.flatMap((group) => group.pages).filter((one) => isListed(one, page));
  const at = order.indexOf(page);
  const link = (one: string | undefined, words: string, name: string) =>
    one === undefined
      ? '<span></span>'
      : `<a class="${name}" rel="${name}" href="${addressOf(one)}"><small>${words}</small>${escapeHtml(titleOf(one))}</a>`;
  return `<footer><nav class="turn" aria-label="Next and previous page">${link(order[at - 1], 'Before', 'prev')}${link(order[at + 1], 'Next', 'next')}</nav>
<p><a href="@base/${page}.md">This page as Markdown</a></p></footer>`;
}
