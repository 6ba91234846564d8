import type { Language } from '@chung/contracts';
import { html } from './html.ts';
import { renderPage } from './layout.ts';
import { WORDS } from './words.ts';

export interface SignInView {
  readonly language: Language;
  /** `/oauth/interaction/{uid}` */
  readonly path: string;
  readonly appName: string;
  readonly username?: string;
  readonly problem?: string;
  /** The operator's identity provider, when there is one. */
  readonly upstreamLabel?: string | undefined;
}

/** The password is never sent back, and the focus is where the person goes on typing. */
export function signInPage(view: SignInView): string {
  const words = WORDS[view.language];
  const invalid = view.problem === undefined ? null : html` aria-invalid="true" aria-describedby="problem"`;
  return renderPage({
    language: view.language,
    title: words.signIn,
    otherLanguageHref: `${view.path}?lang=${view.language === 'vi' ? 'en' : 'vi'}`,
    main: html`<h1>${words.signIn}</h1>
<p class="soft">${words.signInTo} <strong>${view.appName}</strong></p>
${view.problem !== undefined && html`<p class="alert" id="problem" role="alert">${view.problem}</p>`}
<form method="post" action="${view.path}/sign-in">
<label for="username">${words.username}</label>
<input type="text" id="username" name="username" value="${view.username ?? ''}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="80" required${invalid}${!view.username && html` autofocus`}>
<label for="password">${words.password}</label>
<input type="password" id="password" name="password" autocomplete="current-password" maxlength="200" required${invalid}${view.username !== undefined && html` autofocus`}>
<button type="submit">${words.signIn}</button>
</form>
${view.upstreamLabel !== undefined && html`<p class="or">${words.or}</p><a class="button quiet" href="${view.path}/upstream">${view.upstreamLabel}</a>`}
<form method="post" action="${view.path}/cancel"><button class="quiet" type="submit">${words.back}</button></form>`,
  });
}
