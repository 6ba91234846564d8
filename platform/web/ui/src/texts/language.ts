import type { Language, Text } from '@chung/contracts';
import { createInstance, type i18n, type ResourceLanguage } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { UiTexts } from './vi.ts';

// Shared with the platform's sign-in and consent pages, so that a person chooses once for the whole site.
const COOKIE = 'chung_lang';
const YEAR_SECONDS = 365 * 24 * 3600;
const DEFAULT_LANGUAGE: Language = 'vi';

/** Loads one language of an app's own texts, so that nobody downloads the other. */
export type LoadTexts = (language: Language) => Promise<ResourceLanguage | object>;

/** What a person chose before; Vietnamese for everyone else. */
function chosenLanguage(): Language {
  const chosen = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return chosen?.slice(COOKIE.length + 1) === 'en' ? 'en' : DEFAULT_LANGUAGE;
}

function remember(language: Language): void {
  document.documentElement.lang = language;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every phone's browser yet
  document.cookie = `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}

const loadUiTexts = async (language: Language): Promise<object> =>
  language === 'en' ? (await import('./en.ts')).en : (await import('./vi.ts')).vi;

let loadAppTexts: LoadTexts = async () => ({});

async function loadInto(instance: i18n, language: Language): Promise<void> {
  if (instance.hasResourceBundle(language, 'app')) return;
  const [ui, app] = await Promise.all([loadUiTexts(language), loadAppTexts(language)]);
  instance.addResourceBundle(language, 'ui', ui);
  instance.addResourceBundle(language, 'app', app);
}

/** Starts i18next with the chosen language loaded; rendering waits for it, so no page shows keys. */
export async function startTexts(load: LoadTexts): Promise<i18n> {
  loadAppTexts = load;
  const language = chosenLanguage();
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: ['ui', 'app'],
    defaultNS: 'app',
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await loadInto(instance, language);
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
  return instance;
}

/** The keys of a text tree as dotted paths; a plural's `_one` and `_other` are one key. */
export type TextKey<Texts> = {
  [Key in keyof Texts & string]: Texts[Key] extends string
    ? Key extends `${infer Base}_${'one' | 'other'}`
      ? Base
      : Key
    : `${Key}.${TextKey<Texts[Key]>}`;
}[keyof Texts & string];

export type Translate<Texts> = (key: TextKey<Texts> & string, values?: Readonly<Record<string, string | number>>) => string;

/** i18next types its own function for keys known to it; ours are typed by the app's tree, so here they are plain text. */
function useNamespace(namespace: 'app' | 'ui'): (key: string, values?: Readonly<Record<string, string | number>>) => string {
  const { t } = useTranslation(namespace);
  return useCallback((key, values) => t(key, { ...values }), [t]);
}

/** The texts of the app, keyed by its own tree: `const t = useTexts<MemberTexts>()`. A wrong key is a type error. */
export function useTexts<Texts>(): Translate<Texts> {
  return useNamespace('app');
}

export function useUiTexts(): Translate<UiTexts> {
  return useNamespace('ui');
}

export function useLanguage(): readonly [Language, (language: Language) => Promise<void>] {
  const { i18n } = useTranslation();
  const choose = useCallback(
    async (language: Language) => {
      try {
        await loadInto(i18n, language);
      } catch {
        // Without a connection nothing changes. With one, a deploy took the texts away: the page loaded anew has them.
        if (!navigator.onLine) return;
        remember(language);
        location.reload();
        return;
      }
      await i18n.changeLanguage(language);
      remember(language);
    },
    [i18n],
  );
  return [i18n.language === 'en' ? 'en' : 'vi', choose];
}

/** Picks the reader's side of a two-language text that a partner or admin wrote. */
export function useLocal(): (text: Text) => string {
  const [language] = useLanguage();
  return useCallback((text) => text[language], [language]);
}
