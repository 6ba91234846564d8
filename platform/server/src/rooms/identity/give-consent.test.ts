import { type GrantId, SCOPE_NAMES, SCOPES, type Scope } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { Account } from './account.ts';
import type { App } from './app.ts';
import { needsAnswer, sortAsk } from './give-consent.ts';
import type { Grant, ScopeState } from './grant-store.ts';

const account = (kind: Account['kind']): Account => ({
  id: newId(),
  kind,
  username: 'an',
  displayName: 'An',
  memberId: kind === 'member' ? newId() : null,
  partnerId: kind === 'partner' ? newId() : null,
  state: 'open',
});

const app = (changed: Partial<App> = {}): App => ({
  clientId: 'app',
  kind: 'partner',
  actor: 'member',
  partnerId: newId(),
  name: 'Ứng dụng',
  jwks: { keys: [] },
  redirectUris: [],
  scopes: SCOPE_NAMES,
  optionalScopes: [],
  purposes: {},
  createdAt: new Date(0),
  ...changed,
});

const grantWith = (lines: Partial<Record<Scope, ScopeState>>): Grant => ({
  id: newId<GrantId>(),
  accountId: newId(),
  clientId: 'app',
  scopes: new Map(
    SCOPE_NAMES.flatMap((scope) => (lines[scope] ? [[scope, { state: lines[scope], changedAt: new Date(0) }] as const] : [])),
  ),
  createdAt: new Date(0),
  lastUsedAt: null,
});

/** Where one scope goes. */
function placeOf(
  scope: Scope,
  given: { optional?: boolean; before?: ScopeState; again?: boolean; kind?: Account['kind']; appKind?: App['kind'] },
) {
  const ask = sortAsk([scope], {
    app: app({ optionalScopes: given.optional ? [scope] : [], ...(given.appKind && { kind: given.appKind, partnerId: null }) }),
    account: account(given.kind ?? 'member'),
    grant: given.before === undefined ? null : grantWith({ [scope]: given.before }),
    ...(given.again !== undefined && { again: given.again }),
  });
  return (['settled', 'required', 'optional', 'refused'] as const).filter((place) => ask[place].includes(scope)).join(' ');
}

describe('what a member is asked', () => {
  test.each([
    ['a scope of a person is asked', 'member.profile:read', {}, 'required'],
    ['an optional one may be refused', 'member.profile:read', { optional: true }, 'optional'],
    ['what was granted is not asked again', 'member.profile:read', { before: 'granted' }, 'settled'],
    ['also when it is optional', 'member.profile:read', { before: 'granted', optional: true }, 'settled'],
    ['a refused optional one is left alone', 'member.profile:read', { before: 'refused', optional: true }, 'refused'],
    ['a refused required one is asked again', 'member.profile:read', { before: 'refused' }, 'required'],
    ['on demand everything is asked again', 'member.profile:read', { before: 'granted', again: true }, 'required'],
    ['on demand also what was refused', 'member.profile:read', { before: 'refused', optional: true, again: true }, 'optional'],
    ['a reviewed scope is asked like any other', 'member.contact:read', {}, 'required'],
    ['an open scope comes with the app', 'offers:read', {}, 'settled'],
    ['on demand an open scope stays open', 'offers:read', { before: 'granted', again: true }, 'settled'],
    ['an open scope that was taken back is asked', 'offers:read', { before: 'refused' }, 'required'],
    ['also on demand', 'offers:read', { before: 'refused', again: true }, 'required'],
    ['an optional open scope that was taken back stays away', 'offers:read', { before: 'refused', optional: true }, 'refused'],
    ['a pairwise id is no question', 'openid', {}, 'settled'],
    ['the command line asks like a partner’s app', 'member.profile:read', { appKind: 'native' }, 'required'],
    ['our own app does not ask', 'member.contact:read', { appKind: 'first-party' }, 'settled'],
  ] as const)('%s', (_what, scope, given, place) => expect(placeOf(scope, given)).toBe(place));

  test.each(SCOPE_NAMES)('%s is never granted to an account of another kind, not even by our own app', (scope) => {
    for (const kind of ['member', 'partner', 'admin'] as const) {
      if (scope === 'openid' || SCOPES[scope].holder === kind) continue;
      expect(placeOf(scope, { kind, before: 'granted' })).toBe('refused');
      expect(placeOf(scope, { kind, appKind: 'first-party' })).toBe('refused');
    }
  });

  test('nothing sensitive is ever settled at a first visit to a partner’s app', () => {
    for (const scope of SCOPE_NAMES.filter((name) => SCOPES[name].dataClass !== 'none' || SCOPES[name].sensitivity !== 'open'))
      expect(placeOf(scope, {}), scope).not.toBe('settled');
  });

  test('only an open question opens the page', () => {
    const ask = (scopes: Scope[], optionalScopes: Scope[] = []) =>
      needsAnswer(sortAsk(scopes, { app: app({ optionalScopes }), account: account('member'), grant: null }));
    expect(ask(['openid', 'offers:read', 'storage:use'])).toBe(false);
    expect(ask([])).toBe(false);
    expect(ask(['admin.audit:read'])).toBe(false);
    expect(ask(['openid', 'redemptions:read'])).toBe(true);
    expect(ask(['redemptions:read'], ['redemptions:read'])).toBe(true);
  });

  test('what was taken back is settled again only by asking, whatever the scope and the app', () => {
    const anyScopes = fc.uniqueArray(fc.constantFrom(...SCOPE_NAMES));
    fc.assert(
      fc.property(anyScopes, anyScopes, anyScopes, fc.boolean(), (requested, refused, optionalScopes, again) => {
        const grant = grantWith(Object.fromEntries(refused.map((scope) => [scope, 'refused'] as const)));
        const { settled } = sortAsk(requested, { app: app({ optionalScopes }), account: account('member'), grant, again });
        expect(settled.filter((scope) => refused.includes(scope))).toEqual([]);
      }),
    );
  });
});
