import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { type Html, html } from './html.ts';
import { languageOf } from './language.ts';
import { pageHeaders, renderPage } from './layout.ts';
import { WORDS } from './words.ts';

/** oidc-provider's error page: a sentence for the person, the public code for the developer, nothing internal. */
export async function renderErrorPage(ctx: KoaContextWithOIDC, out: ErrorOut): Promise<void> {
  const language = languageOf(ctx.req);
  const words = WORDS[language];
  const isOurs = ctx.status >= 500;
  // The library's name for a sign-in whose cookie or time is gone.
  const isExpired = out.error === 'invalid_request' && /session|expired|interaction/i.test(out.error_description ?? '');
  ctx.set(pageHeaders());
  ctx.body = renderPage({
    language,
    title: words.errorTitle,
    main: html`<h1>${words.errorTitle}</h1>
      <p role="alert">${isOurs ? words.ourFault : isExpired ? words.expired : words.badRequest}</p>
      <p class="soft">${words.code}: <code>${out.error}</code>${!isOurs && out.error_description !== undefined && html`<br><code>${out.error_description}</code>`}</p>
      <a class="button quiet" href="/">${words.home}</a>`,
  });
}

/** A page of one sentence and one way on, for our own routes. */
export function messagePage(language: 'vi' | 'en', message: { title: string; text: string; href: string; label: string }): string {
  return renderPage({
    language,
    title: message.title,
    main: html`<h1>${message.title}</h1><p role="alert">${message.text}</p><a class="button quiet" href="${message.href}">${message.label}</a>`,
  });
}

export async function renderSignOutPage(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const language = languageOf(ctx.req, ctx.oidc.params?.['ui_locales']);
  const words = WORDS[language];
  // The form with its anti-forgery value is made by oidc-provider; buttons refer to it by its id.
  const made: Html = { html: form };
  ctx.set(pageHeaders(targetsOf(ctx.oidc.params?.['post_logout_redirect_uri'])));
  ctx.body = renderPage({
    language,
    title: words.signOut,
    main: html`<h1>${words.signOutTitle}</h1>${made}
      <button type="submit" form="op.logoutForm" name="logout" value="yes">${words.signOut}</button>
      <button class="quiet" type="submit" form="op.logoutForm">${words.stay}</button>`,
  });
}

export async function renderSignedOutPage(ctx: KoaContextWithOIDC): Promise<void> {
  const language = languageOf(ctx.req);
  const words = WORDS[language];
  ctx.set(pageHeaders());
  ctx.body = messagePage(language, { title: words.signOut, text: words.signedOut, href: '/', label: words.home });
}

/** A host may hold `;` and quotes by the standard of URLs; in the policy they would begin a rule of the app's own. */
const PLAIN_ORIGIN = /^https?:\/\/[\w.:[\]-]+$/;

/** Where a form of ours may lead after its redirects: the app's address, once it was checked. */
export function targetsOf(address: unknown): readonly string[] {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  return url && PLAIN_ORIGIN.test(url.origin) ? [url.origin] : [];
}
