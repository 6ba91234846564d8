import { createHash } from 'node:crypto';
import type { Text } from '@chung/contracts';

export interface Landing {
  readonly kind: 'good' | 'bad';
  readonly title: Text;
  readonly more: Text;
}

const STYLES = `
:root { color-scheme: light dark; --ground: #f4f6fb; --card: #fff; --ink: #14213d; --soft: #53607a; --line: #c9d1e0; --good: #0f7b3f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1420; --card: #1a2132; --ink: #eaeefb; --soft: #aab4cc; --line: #39445e; --good: #6fdc9c; --bad: #ffb4ab; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.good h1 { color: var(--good); } .bad h1 { color: var(--bad); }
`;

/** The page runs nothing and loads nothing; its own style is let in by digest. */
export const LANDING_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLES).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  // Else the connection would outlive the command.
  connection: 'close',
};

/** What the browser shows once the command has its answer, in both languages: the browser's and the terminal's may differ. */
export function landingPage({ kind, title, more }: Landing): string {
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chung · ${escaped(title.vi)}</title><style>${STYLES}</style></head>
<body><main class="${kind}"><h1>${escaped(title.vi)}</h1><p>${escaped(more.vi)}</p>
<section lang="en"><h2>${escaped(title.en)}</h2><p>${escaped(more.en)}</p></section></main></body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
