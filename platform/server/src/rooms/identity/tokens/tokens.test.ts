import { type Scope, scopesOf } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../../kernel/ids.ts';
import { challengeOf } from './challenge.ts';
import { DPOP_ALGORITHMS } from './dpop.ts';
import { createShortCache } from './short-cache.ts';
import { effectiveScopes, type Standing } from './standing.ts';

describe('a refusal’s challenge', () => {
  const METADATA = 'https://chung.example.vn/.well-known/oauth-protected-resource';

  test('names both ways to call and where to get a token, and no error when nothing was sent', () => {
    expect(challengeOf(METADATA)).toBe(
      `DPoP algs="ES256 EdDSA Ed25519 PS256", resource_metadata="${METADATA}", Bearer resource_metadata="${METADATA}"`,
    );
  });

  test('tells error and scopes under both schemes', () => {
    const challenge = challengeOf(METADATA, { error: 'insufficient_scope', scopes: ['offers:read', 'redemptions:read'] });
    const [, dpop = '', bearer = ''] = /^DPoP (.*), Bearer (.*)$/.exec(challenge) ?? [];
    for (const part of [dpop, bearer]) {
      expect(part).toContain('error="insufficient_scope"');
      expect(part).toContain('scope="offers:read redemptions:read"');
    }
    expect(dpop).toContain(`algs="${DPOP_ALGORITHMS.join(' ')}"`);
  });

  test('says no scope where none would help', () => {
    expect(challengeOf(METADATA, { error: 'invalid_token' })).not.toContain('scope=');
  });
});

describe('the short memory', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('an answer is never older than promised, counted from before it was read', async () => {
    const cache = createShortCache<string>(250);
    let state = 'granted';
    const slow = () => {
      const seen = state;
      return new Promise<string>((resolve) => setTimeout(() => resolve(seen), 200));
    };
    const first = cache.get('a', slow);
    state = 'withdrawn';
    await vi.advanceTimersByTimeAsync(200);
    expect(await first).toBe('granted');
    await vi.advanceTimersByTimeAsync(51);
    const second = cache.get('a', slow);
    await vi.advanceTimersByTimeAsync(200);
    expect(await second).toBe('withdrawn');
  });

  test('asking again and again does not keep an old answer alive', async () => {
    const cache = createShortCache<number>(250);
    let loads = 0;
    const seen: number[] = [];
    for (let step = 0; step < 20; step++) {
      seen.push(await cache.get('a', async () => ++loads));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(loads).toBeGreaterThanOrEqual(6);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('a burst of calls reads once, and all of them fail together', async () => {
    const cache = createShortCache<number>(250);
    const load = vi.fn(async () => 1);
    expect(await Promise.all(Array.from({ length: 50 }, () => cache.get('a', load)))).toEqual(Array(50).fill(1));
    expect(load).toHaveBeenCalledTimes(1);
    const broken = vi.fn(async (): Promise<number> => {
      throw new Error('down');
    });
    const answers = await Promise.allSettled([cache.get('b', broken), cache.get('b', broken)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(broken).toHaveBeenCalledTimes(1);
    expect(await cache.get('b', load)).toBe(1);
  });

  test('one key’s answer is never given for another', async () => {
    const cache = createShortCache<string>(250);
    const answers = await Promise.all(['a b', 'a', 'b', 'a  b', ''].map((key) => cache.get(key, async () => `of ${key}`)));
    expect(answers).toEqual(['of a b', 'of a', 'of b', 'of a  b', 'of ']);
  });

  test('a flood of strange tokens pushes out what is old, and what is fresh stays right', async () => {
    const cache = createShortCache<number>(250);
    let loads = 0;
    for (let index = 0; index < 10_050; index++) await cache.get(`token-${index}`, async () => ++loads);
    expect(loads).toBe(10_050);
    // The last one is still known, the first one had to leave and is read again.
    expect(await cache.get('token-10049', async () => ++loads)).toBe(10_050);
    expect(await cache.get('token-0', async () => ++loads)).toBe(10_051);
  });
});

describe('what a token can do now', () => {
  const app = (changed: Partial<Standing['app']> = {}): Standing['app'] => ({
    clientId: 'app',
    kind: 'partner',
    actor: 'member',
    partnerId: newId(),
    scopes: ['openid', 'offers:read', 'redemptions:read', 'partner.offers:read', 'partner.offers:write'],
    ...changed,
  });
  const person = (kind: 'member' | 'partner' | 'admin'): Standing['account'] => ({
    id: newId(),
    kind,
    memberId: kind === 'member' ? newId() : null,
    partnerId: kind === 'partner' ? newId() : null,
    displayName: 'An',
  });
  const standing = (changed: Partial<Standing>): Standing => ({
    app: app(),
    account: null,
    partnerStatus: 'active',
    consent: null,
    ...changed,
  });
  const web = (actor: 'partner' | 'admin'): Standing['app'] =>
    app({ kind: 'first-party', actor, partnerId: null, scopes: ['openid', ...scopesOf(actor)] });

  test('an app for itself has partner scopes only, although it may ask members for theirs', () => {
    expect(effectiveScopes(standing({}), ['openid', 'offers:read', 'partner.offers:read'])).toEqual(['openid', 'partner.offers:read']);
  });

  test('an app for a member has member scopes only, and only those allowed now', () => {
    const consent = { grantId: newId<NonNullable<Standing['consent']>['grantId']>(), scopes: ['openid', 'offers:read'] satisfies Scope[] };
    const issued = ['openid', 'offers:read', 'redemptions:read', 'partner.offers:write'];
    expect(effectiveScopes(standing({ account: person('member'), consent }), issued)).toEqual(['openid', 'offers:read']);
    expect(effectiveScopes(standing({ account: person('member'), consent: { ...consent, scopes: [] } }), issued)).toEqual([]);
  });

  test('what an app was never approved for is not in its token, whoever signed it', () => {
    expect(effectiveScopes(standing({ app: app({ scopes: ['openid'] }) }), ['partner.offers:read', 'partner.offers:write'])).toEqual([]);
  });

  test('people of a partner that has applied look but do not act; of a suspended one nobody comes in', () => {
    const issued = ['openid', 'partner.offers:read', 'partner.offers:write'];
    const at = (partnerStatus: Standing['partnerStatus']) => () =>
      effectiveScopes(standing({ app: web('partner'), account: person('partner'), partnerStatus }), issued);
    expect(at('active')()).toEqual(issued);
    expect(at('applied')()).toEqual(['openid', 'partner.offers:read']);
    expect(at('refused')()).toEqual(['openid']);
    for (const stopped of ['suspended', null] as const) expect(at(stopped)).toThrow('partner_not_active');
  });

  test('an admin’s scopes hang on no partner', () => {
    expect(effectiveScopes(standing({ app: web('admin'), account: person('admin'), partnerStatus: null }), ['admin.audit:read'])).toEqual([
      'admin.audit:read',
    ]);
  });
});
