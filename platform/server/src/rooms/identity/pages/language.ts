import type { IncomingMessage, ServerResponse } from 'node:http';
import { Language } from '@chung/contracts';

const COOKIE = 'chung_lang';
const YEAR_SECONDS = 31_536_000;

/** One cookie by name; names are ours, so no decoding is needed. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

/** The reader's choice (`?lang=`), then what they chose before, then what the app says (`ui_locales`), then Vietnamese. */
export function languageOf(request: IncomingMessage, uiLocales?: unknown): Language {
  const chosen = new URL(request.url ?? '/', 'http://localhost').searchParams.get('lang');
  const wanted = [chosen, cookieOf(request, COOKIE), ...(typeof uiLocales === 'string' ? uiLocales.split(' ') : [])];
  for (const tag of wanted) {
    const parsed = Language.safeParse(tag?.slice(0, 2).toLowerCase());
    if (parsed.success) return parsed.data;
  }
  return 'vi';
}

/** Keeps the choice; no secret, so every page of the site may read it. */
export function rememberLanguage(response: ServerResponse, language: Language): void {
  response.appendHeader('set-cookie', `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`);
}
