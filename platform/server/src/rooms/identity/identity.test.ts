import { SCOPES, type Scope } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Account, holdsScope, scopesInStatus } from './account.ts';
import { type App, checkNewApp, type NewApp } from './app.ts';
import { normalUsername } from './create-account.ts';
import { sortAsk } from './give-consent.ts';
import { html } from './pages/html.ts';
import { safeReturn } from './sessions/session-router.ts';
import { createShortCache } from './tokens/short-cache.ts';
import { effectiveScopes, type Standing } from './tokens/standing.ts';

const scope = fc.constantFrom(...(Object.keys(SCOPES) as Scope[]));
const scopes = fc.uniqueArray(scope);

const member = { id: 'a', kind: 'member', memberId: 'm', partnerId: null, displayName: '' } as unknown as NonNullable<Standing['account']>;
const standing = (changed: Partial<Standing> & { approved?: readonly Scope[] } = {}): Standing => ({
  app: {
    clientId: 'app',
    kind: 'partner',
    actor: 'member',
    partnerId: 'p' as NonNullable<App['partnerId']>,
    scopes: changed.approved ?? [],
  },
  account: member,
  partnerStatus: 'active',
  consent: null,
  ...changed,
});

describe('effective scopes', () => {
  test('are never more than issued, approved, granted and held by the kind of account', () => {
    fc.assert(
      fc.property(scopes, scopes, scopes, (issued, approved, granted) => {
        const consent = { grantId: 'g' as NonNullable<Standing['consent']>['grantId'], scopes: granted };
        for (const one of effectiveScopes(standing({ approved, consent }), issued)) {
          expect(issued).toContain(one);
          expect(approved).toContain(one);
          expect(granted).toContain(one);
          expect(holdsScope('member', one)).toBe(true);
        }
      }),
    );
  });

  test('words that are no scope count for nothing', () => {
    expect(effectiveScopes(standing({ approved: ['offers:read'] }), ['', 'toString', '__proto__', 'offers:read'])).toEqual(['offers:read']);
  });

  test.each(['applied', 'suspended', 'refused', null] as const)('an app of a partner that is %s has none', (partnerStatus) => {
    expect(() => effectiveScopes(standing({ approved: ['offers:read'], partnerStatus }), ['offers:read'])).toThrow('partner_not_active');
  });
});

test('a partner’s status only takes scopes away', () => {
  fc.assert(
    fc.property(fc.constantFrom('applied', 'active', 'suspended', 'refused'), scopes, (status, all) => {
      for (const left of scopesInStatus(status, all) ?? []) expect(all).toContain(left);
    }),
  );
  expect(scopesInStatus('applied', ['partner.offers:read', 'partner.offers:write'])).toEqual(['partner.offers:read']);
});

describe('asking', () => {
  const app = (changed: Partial<App>) => ({ kind: 'partner', optionalScopes: [], purposes: {}, ...changed }) as unknown as App;
  const account = { kind: 'member' } as Account;

  test('every scope is put in one place', () => {
    fc.assert(
      fc.property(scopes, scopes, (requested, optionalScopes) => {
        const { settled, required, optional, refused } = sortAsk(requested, { app: app({ optionalScopes }), account, grant: null });
        expect([...settled, ...required, ...optional, ...refused].sort()).toEqual([...requested].sort());
        for (const one of settled) expect(SCOPES[one].sensitivity).toBe('open');
      }),
    );
  });

  test('the platform’s own web apps ask nothing', () => {
    expect(sortAsk(['member.contact:read'], { app: app({ kind: 'first-party' }), account, grant: null }).settled).toEqual([
      'member.contact:read',
    ]);
  });
});

describe('registering an app', () => {
  const right: NewApp = {
    clientId: 'a',
    partnerId: 'p' as NewApp['partnerId'],
    name: 'A',
    jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
    redirectUris: ['https://app.example.vn/cb', 'http://localhost:3000/cb'],
    scopes: ['openid', 'member.profile:read', 'partner.offers:read'],
    purposes: { 'member.profile:read': { vi: 'Chào bạn', en: 'Greet you' } },
  };
  test('a right one passes', () => expect(checkNewApp(right)).toBeUndefined());
  test.each<[string, Partial<NewApp>]>([
    ['a private key', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } }],
    ['no key', { jwks: { keys: [] } }],
    ['plain http', { redirectUris: ['http://app.example.vn/cb'] }],
    ['a script address', { redirectUris: ['javascript:alert(1)'] }],
    ['a fragment', { redirectUris: ['https://app.example.vn/#x'] }],
    ['a scope of the platform', { scopes: ['admin.audit:read'] }],
    ['a scope without purpose', { purposes: {} }],
    ['an optional scope it does not have', { optionalScopes: ['redemptions:read'] }],
  ])('422: %s is refused', (_what, changed) => {
    expect(() => checkNewApp({ ...right, ...changed })).toThrow('validation_failed');
  });
});

test('return addresses stay on the site, whatever is asked', () => {
  const base = 'https://chung.example.vn';
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.string().map((text) => `/${text}`),
        fc.string().map((text) => `/\\${text}`),
      ),
      (wanted) => {
        const to = safeReturn(wanted, 'member', base);
        expect(new URL(to, base).origin).toBe(base);
        expect(to).toMatch(/^\/(?![/\\])/);
      },
    ),
  );
  expect(safeReturn('/offers?q=%C4%91', 'member', base)).toBe('/offers?q=%C4%91');
});

test('what is put into a page is text unless it is markup of ours', () => {
  expect(html`<p title="${`"'`}">${'<b>&'}${html`<i>${1}</i>`}${null}${[html`a`, html`b`]}</p>`.html).toBe(
    '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>1</i>ab</p>',
  );
});

test('usernames are one form whatever the keyboard', () => {
  expect(normalUsername(' Ｎguyễn.AN ')).toBe(normalUsername('nguyễn.an'));
});

test('the short memory forgets in time and remembers no failure', async () => {
  const cache = createShortCache<number>(30);
  let loads = 0;
  const load = async () => ++loads;
  expect([await cache.get('a', load), await cache.get('a', load)]).toEqual([1, 1]);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(await cache.get('a', load)).toBe(2);
  await expect(cache.get('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await cache.get('b', load)).toBe(3);
});
