import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Language, SCOPE_NAMES, SCOPES } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../kernel/ids.ts';
import type { App } from '../app.ts';
import { consentPage } from './consent-page.ts';
import { html } from './html.ts';
import { cookieOf, languageOf, rememberLanguage } from './language.ts';
import { pageHeaders } from './layout.ts';
import { messagePage, targetsOf } from './message-page.ts';
import { signInPage } from './sign-in-page.ts';
import { STYLES } from './styles.ts';
import { WORDS } from './words.ts';

const HOSTILE = [
  `"><script>alert(1)</script>`,
  `' onmouseover='alert(1)`,
  `" autofocus onfocus="alert(1)`,
  `</title></style></textarea><img src=x onerror=alert(1)>`,
  `<!-- <iframe src=//evil.example> -->`,
  `&lt;b&gt; &#60;script&#62;`,
];
const LANGUAGES: Language[] = ['vi', 'en'];

const app = (name: string): App => ({
  clientId: 'app',
  kind: 'partner',
  actor: 'member',
  partnerId: newId(),
  name,
  jwks: { keys: [] },
  redirectUris: [],
  scopes: SCOPE_NAMES,
  optionalScopes: [],
  purposes: { 'member.profile:read': { vi: name, en: name, version: 1 }, 'redemptions:read': { vi: name, en: name, version: 1 } },
  createdAt: new Date(0),
});

/** Every page of ours with the text in every place that comes from outside. */
const pagesWith = (text: string, language: Language): Record<string, string> => ({
  'sign-in': signInPage({ language, path: '/oauth/interaction/1', appName: text, username: text, problem: text, upstreamLabel: text }),
  consent: consentPage({
    language,
    path: '/oauth/interaction/1',
    app: app(text),
    partnerName: text,
    displayName: text,
    ask: { settled: ['openid'], required: ['member.profile:read'], optional: ['redemptions:read'], refused: [] },
  }),
  message: messagePage(language, { title: text, text, href: '/', label: text }),
});

/** What a browser would make of a page: its tags, with the names of their attributes. */
const tagsOf = (page: string) =>
  [...page.matchAll(/<(\/?[a-z!][\w-]*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/gi)].map(([, name, attributes]) =>
    [name, ...[...(attributes ?? '').matchAll(/([\w-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute)].join(' '),
  );
const bareSigns = (page: string) => page.split('<').length - 1;

describe('what comes from outside stays text on every page', () => {
  const cases = LANGUAGES.flatMap((language) => HOSTILE.map((text) => [language, text] as const));

  test.each(cases)('%s: %s', (language, text) => {
    const [hostile, plain] = [pagesWith(text, language), pagesWith('Tên thường', language)];
    for (const [name, page] of Object.entries(hostile)) {
      expect(tagsOf(page), name).toEqual(tagsOf(plain[name] ?? ''));
      expect(bareSigns(page), name).toBe(bareSigns(plain[name] ?? ''));
      expect(page, name).not.toContain(text);
    }
  });

  test('any text at all, not only the tricks we know', () => {
    const plain = pagesWith('x', 'vi');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`<>"'&=/ax;#-!\n`) }), (text) => {
        for (const [name, page] of Object.entries(pagesWith(text, 'vi'))) expect(bareSigns(page)).toBe(bareSigns(plain[name] ?? ''));
      }),
      { numRuns: 200 },
    );
  });

  test('lists, numbers and nothing are written as they are, and nothing is written for what is absent', () => {
    expect(html`${[html`<i>${'<'}</i>`, html`${null}`]}${undefined}${false}${0}${''}`.html).toBe('<i>&lt;</i>0');
  });
});

describe('our pages', () => {
  test.each(LANGUAGES)('%s: every page says its language, has one heading, one main part and no script', (language) => {
    for (const [name, page] of Object.entries(pagesWith('Tên thường', language))) {
      expect(page, name).toContain(`<html lang="${language}">`);
      expect(page.match(/<h1/g), name).toHaveLength(1);
      expect(page.match(/<main/g), name).toHaveLength(1);
      expect(page, name).not.toMatch(/<script|javascript:|\son\w+=|style="|src="|https?:/i);
    }
  });

  test('the page in the other language is one step away, and the step says so in that language', () => {
    const vi = signInPage({ language: 'vi', path: '/p', appName: 'A' });
    expect(vi).toContain('<a class="language" lang="en" hreflang="en" href="/p?lang=en">English</a>');
    expect(signInPage({ language: 'en', path: '/p', appName: 'A' })).toContain('href="/p?lang=vi">Tiếng Việt</a>');
  });

  test('a password is never written into the page, and the field in error is told to screen readers', () => {
    const page = signInPage({ language: 'vi', path: '/p', appName: 'A', username: 'an', problem: WORDS.vi.wrong });
    expect(/<input type="password"[^>]*>/.exec(page)?.[0]).not.toContain('value=');
    expect(page.match(/aria-invalid="true" aria-describedby="problem"/g)).toHaveLength(2);
    expect(page).toContain('<p class="alert" id="problem" role="alert">');
  });

  test('no button leads to another identity provider where there is none', () => {
    expect(signInPage({ language: 'vi', path: '/p', appName: 'A', upstreamLabel: undefined })).not.toContain('/upstream');
  });

  test.each(LANGUAGES)('%s: consent shows title, purpose, fields and the mark of sensitive data for each scope', (language) => {
    for (const scope of SCOPE_NAMES.filter((name) => SCOPES[name].holder === 'member')) {
      const ask = { settled: [], required: [scope], optional: [], refused: [] };
      const page = consentPage({ language, path: '/p', app: app('A'), partnerName: null, displayName: 'An', ask });
      const { title, fields, dataClass } = SCOPES[scope];
      expect(page).toContain(html`${title[language]}`.html);
      for (const field of fields) expect(page).toContain(field);
      expect(page.includes(WORDS[language].sensitive), scope).toBe(dataClass === 'sensitive');
    }
  });

  test('a refused scope is not on the page, so it cannot be granted by it', () => {
    const ask = { settled: [], required: [], optional: [], refused: ['member.contact:read' as const] };
    expect(consentPage({ language: 'vi', path: '/p', app: app('A'), partnerName: null, displayName: 'An', ask })).not.toContain('contact');
  });

  test.each(LANGUAGES)('%s: a program that needs no yes still says what it will be able to do', (language) => {
    const ask = { settled: ['openid' as const, 'partner.apps:write' as const], required: [], optional: [], refused: [] };
    const page = consentPage({ language, path: '/p', app: app('A'), partnerName: null, displayName: 'An', ask });
    expect(page).toContain(html`<li>${SCOPES['partner.apps:write'].title[language]}</li>`.html);
    expect(page).not.toContain(SCOPES.openid.title[language]);
    expect(page).not.toContain(WORDS[language].withdrawHint);
  });

  test('both languages have words for everything, and Vietnamese has its marks', () => {
    const flat = (words: object): [string, unknown][] =>
      Object.entries(words).flatMap(([key, value]) =>
        typeof value === 'object' && value !== null ? flat(value) : [[key, value] as [string, unknown]],
      );
    const [vi, en] = [new Map(flat(WORDS.vi)), new Map(flat(WORDS.en))];
    expect([...vi.keys()]).toEqual([...en.keys()]);
    for (const [key, text] of vi) if (typeof text === 'string') expect(text === en.get(key), key).toBe(false);
    expect([WORDS.en.locked(1), WORDS.en.locked(2)]).toEqual([
      'Too many attempts. Try again in 1 minute.',
      'Too many attempts. Try again in 2 minutes.',
    ]);
  });

  test('the style sheet loads nothing from anywhere', () => expect(STYLES).not.toMatch(/url\(|@import|https?:/));
});

describe('headers of our pages', () => {
  test('forbid scripts, frames, other forms, sniffing, referrers and caches', () => {
    const headers = pageHeaders();
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'`,
    );
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
  });

  test.each([
    ['https://app.example.vn/cb?x=1', ['https://app.example.vn']],
    ['http://127.0.0.1:1234/callback', ['http://127.0.0.1:1234']],
    [`https://app.example.vn/; script-src 'unsafe-inline'`, ['https://app.example.vn']],
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['vn.example.app:/cb', []],
    ['nonsense', []],
    ['https://a;script-src/cb', []],
    [undefined, []],
    [['https://a.example'], []],
  ])('a form may lead on to %j as %j and no further', (address, targets) => expect(targetsOf(address)).toEqual(targets));

  test('no redirect address can add a rule to the policy', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const target of targetsOf(`https://app.example.vn/${text}`)) expect(target).toBe('https://app.example.vn');
        for (const target of targetsOf(`https://${text}`)) expect(target).not.toMatch(/[\s;,'"]/);
      }),
    );
  });
});

describe('the language of a page', () => {
  const ask = (url: string, cookie?: string) => {
    const request = new IncomingMessage(new Socket());
    request.url = url;
    if (cookie !== undefined) request.headers.cookie = cookie;
    return request;
  };

  test.each([
    ['nothing is said', '/p', undefined, undefined, 'vi'],
    ['the address says it', '/p?lang=en', undefined, undefined, 'en'],
    ['the address wins over the cookie', '/p?lang=vi', 'chung_lang=en', 'en', 'vi'],
    ['the cookie wins over the app', '/p', 'chung_lang=en', 'vi', 'en'],
    ['the app says it', '/p', undefined, 'en-GB', 'en'],
    ['the app’s first language that we speak', '/p', undefined, 'fr de-CH en vi', 'en'],
    ['capitals', '/p?lang=EN-us', undefined, undefined, 'en'],
    ['a language we do not speak', '/p?lang=fr', 'chung_lang=de', 'ja', 'vi'],
    ['a strange answer falls to the next', '/p?lang=%3Cscript%3E', 'chung_lang=en', undefined, 'en'],
    ['a list that is no text', '/p', undefined, ['en'], 'vi'],
  ])('%s', (_what, url, cookie, locales, language) => expect(languageOf(ask(url, cookie), locales)).toBe(language));

  test('the choice is remembered for the whole site and for nobody else', () => {
    const response = new ServerResponse(ask('/'));
    rememberLanguage(response, 'en');
    expect(response.getHeader('set-cookie')).toBe('chung_lang=en; Path=/; Max-Age=31536000; SameSite=Lax');
  });

  test('a cookie is found by its whole name, with whatever its value holds', () => {
    const request = ask('/', 'xchung_lang=a; chung_lang_x=b;chung_lang=c=d==; chung_lang=later');
    expect(cookieOf(request, 'chung_lang')).toBe('c=d==');
    expect(cookieOf(request, 'lang')).toBeUndefined();
    expect(cookieOf(ask('/'), 'chung_lang')).toBeUndefined();
    expect(cookieOf(ask('/', ';;=; chung_lang'), 'chung_lang')).toBe('');
  });
});
