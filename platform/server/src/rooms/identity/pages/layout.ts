import type { Language } from '@chung/contracts';
import { type Html, html } from './html.ts';
import { WORDS } from './words.ts';

export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  readonly main: Html;
  /** Address of the same page in the other language; none where the page cannot be asked again. */
  readonly otherLanguageHref?: string;
}

export const STYLES_PATH = '/oauth/pages.css';

export function renderPage({ language, title, main, otherLanguageHref }: PageFrame): string {
  const words = WORDS[language];
  const other = language === 'vi' ? 'en' : 'vi';
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Chung</title>
<link rel="stylesheet" href="${STYLES_PATH}">
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header><span class="brand">Chung</span>${otherLanguageHref !== undefined && html`<a class="language" lang="${other}" hreflang="${other}" href="${otherLanguageHref}">${words.otherLanguage}</a>`}</header>
<main id="main">${main}</main>
</body>
</html>
`.html;
}

/**
 * No script at all, nothing from elsewhere, in nobody's frame. Browsers apply `form-action` to the redirects after a form too, so the app's
 * own address (checked by then) must be among them.
 */
export function pageHeaders(formTargets: readonly string[] = []): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      `default-src 'none'`,
      `style-src 'self'`,
      `base-uri 'none'`,
      `frame-ancestors 'none'`,
      `form-action 'self'${formTargets.map((target) => ` ${target}`).join('')}`,
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
}
