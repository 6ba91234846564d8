import { SCOPE_NAMES, SCOPES, scopesOf } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { holdsScope, scopesInStatus } from './account.ts';

describe('what a kind of account can hold', () => {
  test('a member holds no scope of partners or admins, whoever asks', () => {
    expect(SCOPE_NAMES.filter((scope) => holdsScope('member', scope))).toEqual(scopesOf('member'));
  });

  test.each(['partner', 'admin'] as const)('a %s holds its own scopes and openid, and nothing of a member', (kind) => {
    const held = SCOPE_NAMES.filter((scope) => holdsScope(kind, scope));
    expect(held).toEqual(['openid', ...scopesOf(kind)]);
    expect(held.filter((scope) => SCOPES[scope].dataClass !== 'none')).toEqual([]);
  });

  test('no scope but openid is held by two kinds', () => {
    for (const scope of SCOPE_NAMES) {
      const holders = (['member', 'partner', 'admin'] as const).filter((kind) => holdsScope(kind, scope));
      expect(holders.length, scope).toBe(scope === 'openid' ? 3 : 1);
    }
  });
});

describe('what a partner’s status leaves', () => {
  const all = ['openid', ...scopesOf('partner')] as const;

  test('active: everything', () => expect(scopesInStatus('active', all)).toEqual(all));

  test('applied: looking, and nothing that writes, releases, fulfils or reverses', () => {
    expect(scopesInStatus('applied', all)).toEqual([
      'openid',
      'partner.profile:read',
      'partner.offers:read',
      'partner.redemptions:read',
      'partner.apps:read',
      'partner.revenue:read',
      'partner.events:read',
    ]);
  });

  test('refused: only the profile, where the reason stands', () => {
    expect(scopesInStatus('refused', all)).toEqual(['openid', 'partner.profile:read']);
  });

  test('suspended: not even an empty session', () => {
    expect(scopesInStatus('suspended', all)).toBeNull();
    expect(scopesInStatus('suspended', [])).toBeNull();
  });

  test('a status that nobody thought of is an error and not a right', () => {
    const unknown: 'active' = JSON.parse('"closed"');
    expect(() => scopesInStatus(unknown, all)).toThrow('unreachable');
  });
});
