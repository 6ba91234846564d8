const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

const STYLE = `
:root{color-scheme:light dark;--line:#8883;--soft:#8881;--brand:light-dark(#174a9d,#84b0ee);background:Canvas;color:CanvasText}
body{font:16px/1.6 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem}
a{color:inherit}code,pre{font:.875em/1.5 ui-monospace,monospace}pre{background:var(--soft);padding:1rem;overflow:auto;border-radius:.5rem}
h1{line-height:1.2}.top{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}.top a{text-decoration:none}.top b{color:var(--brand)}h2{margin-top:3rem}section{border-top:1px solid var(--line);padding:1.25rem 0}
.method{display:inline-block;min-width:4.5ch;font-weight:700;color:var(--brand)}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.375rem .5rem;text-align:left;vertical-align:top}.chip{background:var(--soft);border-radius:1rem;padding:.125rem .625rem;font-size:.8125rem;margin-right:.375rem;display:inline-block}
.wide{overflow-x:auto}code{overflow-wrap:anywhere}pre code,td code{overflow-wrap:normal}h2 code{font-size:1rem}section h2{margin:0;font-size:1.125rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;padding:.5rem 1rem;background:Canvas}summary{cursor:pointer}nav li{margin:.125rem 0}
@media(max-width:40rem){.wide tr{display:block;border-bottom:1px solid var(--line);padding:.375rem 0}.wide td{display:inline-block;border:0;padding:.125rem .5rem .125rem 0}.wide td:last-child{display:block}}`;

const TOP = {
  vi: { name: 'Tài liệu', docs: 'Hướng dẫn', api: 'API', errors: 'Mã lỗi' },
  en: { name: 'Docs', docs: 'Guides', api: 'API', errors: 'Error codes' },
} as const;

const SKIP = { vi: 'Đến nội dung chính', en: 'Skip to main content' } as const;

/** A reference page: plain HTML without script, readable on a phone and under the strict CSP. */
export function page(options: { title: string; language: 'vi' | 'en'; body: string }): string {
  return `<!doctype html><html lang="${options.language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(options.title)}</title><style>${STYLE}</style><a class="skip" href="#main">${SKIP[options.language]}</a>${top(options.language)}<main id="main" tabindex="-1">${options.body}</main></html>`;
}

/** The way to the other docs. */
function top(language: 'vi' | 'en'): string {
  const { name, docs, api, errors } = TOP[language];
  return `<nav class="top" aria-label="${name}"><a href="/docs/"><b>Chung</b> · ${docs}</a><a href="/docs/api">${api}</a><a href="/docs/errors">${errors}</a></nav>`;
}
