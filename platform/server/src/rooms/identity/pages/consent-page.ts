import { type Language, SCOPES, type Scope } from '@chung/contracts';
import { type App, purposeOf } from '../app.ts';
import type { Ask } from '../give-consent.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './layout.ts';
import { WORDS, type Words } from './words.ts';

export interface ConsentView {
  readonly language: Language;
  readonly path: string;
  readonly app: App;
  readonly partnerName: string | null;
  readonly displayName: string;
  readonly ask: Ask;
}

/** Title, purpose, fields and class of one scope: what it is, why it is asked, and what it opens. */
function scopeWords(view: ConsentView, scope: Scope, words: Words): Html {
  const { title, fields, dataClass } = SCOPES[scope];
  return html`<span><span class="scope-title">${title[view.language]}</span>
<span class="scope-detail">${words.purpose}: ${purposeOf(view.app, scope)[view.language]}</span>
${fields.length > 0 && html`<span class="scope-detail">${words.data}: <code>${fields.join(', ')}</code></span>`}
${dataClass === 'sensitive' && html`<span class="mark">${words.sensitive}</span>`}</span>`;
}

/**
 * Each scope with its purpose. Optional ones are boxes that nobody has ticked: silence is no consent. The form names the others too, so that
 * only what stood on the page can be granted.
 */
export function consentPage(view: ConsentView): string {
  const words = WORDS[view.language];
  const { settled, required, optional } = view.ask;
  // A program on somebody's machine, of whom nothing needs a yes: they still read what it will be able to do before they let it.
  const asksNothing = required.length + optional.length === 0;
  const opened = settled.filter((scope) => scope !== 'openid');
  return renderPage({
    language: view.language,
    title: `${view.app.name} ${words.asks}`,
    otherLanguageHref: `${view.path}?lang=${view.language === 'vi' ? 'en' : 'vi'}`,
    main: html`<h1>${view.app.name} ${words.asks}</h1>
<p class="soft">${view.partnerName !== null && html`${words.by} <strong>${view.partnerName}</strong> · `}${words.signedInAs} <strong>${view.displayName}</strong></p>
<form method="post" action="${view.path}/consent">
${[...settled, ...required].map((scope) => html`<input type="hidden" name="scope" value="${scope}">`)}
${asksNothing && html`<p>${words.nothingAsked}</p>`}
${asksNothing && opened.length > 0 && html`<h2>${words.opened}</h2><ul class="scopes">${opened.map((scope) => html`<li>${SCOPES[scope].title[view.language]}</li>`)}</ul>`}
${required.length > 0 && html`<h2>${words.required}</h2><ul class="scopes">${required.map((scope) => html`<li>${scopeWords(view, scope, words)}</li>`)}</ul>`}
${
  optional.length > 0 &&
  html`<h2>${words.optional}</h2><p class="soft">${words.optionalHint}</p><ul class="scopes">${optional.map(
    (scope) => html`<li><label><input type="checkbox" name="scope" value="${scope}">${scopeWords(view, scope, words)}</label></li>`,
  )}</ul>`
}
${!asksNothing && html`<p class="soft">${words.withdrawHint}</p>`}
<button type="submit" name="decision" value="allow">${words.allow}</button>
<button class="quiet" type="submit" name="decision" value="deny">${words.deny}</button>
</form>`,
  });
}
