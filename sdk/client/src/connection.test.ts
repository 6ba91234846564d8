// Tokens behind the calls: asked for once by however many, replaced before they end and when they are worth nothing, and never elsewhere.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, type Asked, newAppKey, type ScriptedPlatform, scriptedPlatform } from '../testing/scripted-platform.ts';
import { discover, endOf, type Token, tokenSource } from './connection.ts';
import { ApiError } from './errors.ts';
import { connectPartner } from './partner.ts';

const tokenOf = (value: string, endsInMs = 60_000): Token => ({ value, endsAt: Date.now() + endsInMs, granted: new Set() });

describe('a source of tokens', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('asks once for all who need one at the same time, and keeps it until its end', async () => {
    const ask = vi.fn(async () => tokenOf(`t${ask.mock.calls.length}`));
    const source = tokenSource(ask);
    expect(source.current).toBeNull();
    const first = await Promise.all(Array.from({ length: 20 }, () => source.fresh()));
    expect([new Set(first.map(({ value }) => value)), source.current?.value]).toEqual([new Set(['t1']), 't1']);
    vi.advanceTimersByTime(59_999);
    expect((await source.fresh()).value).toBe('t1');
    vi.advanceTimersByTime(1);
    expect((await source.fresh()).value).toBe('t2');
  });

  test('hands its failure to all who waited, keeps none of it, and asks anew for the next', async () => {
    const ask = vi.fn(async () => {
      if (ask.mock.calls.length === 1) throw new Error('down');
      return tokenOf('second');
    });
    const source = tokenSource(ask);
    const failed = await Promise.allSettled([source.fresh(), source.renew(), source.fresh()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect([ask.mock.calls.length, source.current]).toEqual([1, null]);
    expect((await source.fresh()).value).toBe('second');
  });

  test('begins with the token it is given, and keeps that one where a renewal fails', async () => {
    const source = tokenSource(() => Promise.reject(new Error('down')), tokenOf('kept'));
    expect((await source.fresh()).value).toBe('kept');
    await expect(source.renew()).rejects.toThrow('down');
    expect(source.current?.value).toBe('kept');
  });

  test('counts a token’s end half a minute early, and one without a life as over', () => {
    expect(endOf(300) - Date.now()).toBe(270_000);
    expect([endOf(30), endOf(20), endOf(undefined)].map((end) => end <= Date.now())).toEqual([true, true, true]);
  });
});

test.each([
  'http://chung.example',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.1@evil.example',
  'http://0x7f000001.example',
])('a platform elsewhere is never spoken to in the clear: %s', async (issuer) => {
  const { fetch } = globalThis;
  const sent = vi.fn(() => Promise.reject(new Error('nothing may be sent')));
  globalThis.fetch = sent;
  try {
    await expect(discover({ issuer, clientId: 'app' }, null)).rejects.toMatchObject({ code: 'OAUTH_HTTP_REQUEST_FORBIDDEN' });
    expect(sent).not.toHaveBeenCalled();
  } finally {
    globalThis.fetch = fetch;
  }
});

describe('a backend’s client', () => {
  const open: ScriptedPlatform[] = [];
  afterEach(() => {
    for (const platform of open.splice(0)) platform.close();
  });

  const profile = {
    ...{ id: '01936b5e-7c00-7000-8000-000000000001', slug: 'vnpt', name: 'VNPT', legalName: 'VNPT', taxId: '1', contactEmail: 'a@b.vn' },
    ...{ status: 'active', createdAt: '2026-11-22T10:00:00Z' },
  };
  const refusal = (status: number, code: string): Answer => ({ status, body: { status, code } });

  async function connected(
    api: (count: number, token: string) => Answer,
    { proof = 'bearer', expiresIn = 300 }: { proof?: 'bearer' | 'dpop'; expiresIn?: number } = {},
  ) {
    const platform = await scriptedPlatform({
      token: (_asked, count) => ({
        body: { access_token: `token-${count}`, token_type: proof === 'dpop' ? 'DPoP' : 'Bearer', expires_in: expiresIn },
      }),
      api: ({ headers }, count) => api(count, String(headers['authorization'])),
    });
    open.push(platform);
    const { issuer } = platform;
    const settings = { issuer, clientId: 'app', privateKey: await newAppKey(), attempts: 1, language: 'en', proof } as const;
    return { platform, chung: await connectPartner({ ...settings, scopes: ['partner.profile:read'] }) };
  }
  const tokensOf = (platform: ScriptedPlatform) => platform.asked('/v1').map(({ headers }) => headers['authorization']);

  test('replaces a token that the platform no longer takes, once, and repeats the call', async () => {
    const { platform, chung } = await connected((count) => (count === 0 ? refusal(401, 'invalid_token') : { body: profile }));
    expect((await chung.partner.profile.get()).slug).toBe('vnpt');
    expect(tokensOf(platform)).toEqual(['Bearer token-0', 'Bearer token-1']);
    await chung.partner.profile.get();
    expect(platform.asked('/token')).toHaveLength(2);
  });

  test('tells the second refusal instead of asking for tokens without end', async () => {
    const { platform, chung } = await connected(() => refusal(401, 'invalid_token'));
    const error = await chung.partner.profile.get().catch((thrown: unknown) => thrown);
    expect([error instanceof ApiError, error]).toMatchObject([true, { status: 401, code: 'invalid_token' }]);
    expect([platform.asked('/v1').length, platform.asked('/token').length]).toEqual([2, 2]);
  });

  test.each([
    [403, 'insufficient_scope'],
    [404, 'not_found'],
    [500, 'internal'],
  ] as const)('keeps its token at a %i', async (status, code) => {
    const { platform, chung } = await connected(() => refusal(status, code));
    await expect(chung.partner.profile.get()).rejects.toMatchObject({ status, code });
    expect([platform.asked('/v1').length, platform.asked('/token').length]).toEqual([1, 1]);
  });

  test('renews for many calls with one request, also for those whose refusal comes when another has renewed already', async () => {
    const { platform, chung } = await connected((_count, token) =>
      token === 'Bearer token-0' ? refusal(401, 'invalid_token') : { body: profile },
    );
    const all = await Promise.all(Array.from({ length: 30 }, () => chung.partner.profile.get()));
    expect(new Set(all.map(({ slug }) => slug))).toEqual(new Set(['vnpt']));
    expect(platform.asked('/token')).toHaveLength(2);
    expect(new Set(tokensOf(platform))).toEqual(new Set(['Bearer token-0', 'Bearer token-1']));
  });

  test('tells a challenge of the platform as the refusal it is, also where tokens are bound to a key', async () => {
    const challenge = { ...refusal(401, 'invalid_token'), headers: { 'www-authenticate': 'DPoP error="invalid_token", algs="ES256"' } };
    const { platform, chung } = await connected(() => challenge, { proof: 'dpop' });
    await expect(chung.partner.profile.get()).rejects.toMatchObject({ name: 'ApiError', status: 401, code: 'invalid_token' });
    const proofs = platform.asked('/v1').map(({ headers }) => String(headers['dpop']));
    expect(tokensOf(platform)).toEqual(['DPoP token-0', 'DPoP token-1']);
    expect(new Set(proofs).size).toBe(2);
  });

  test('proves its key for the very method and address, never with the key itself', async () => {
    const { platform, chung } = await connected(() => ({ body: profile }), { proof: 'dpop' });
    await chung.partner.profile.get();
    const [head = '', body = ''] = String(platform.asked('/v1')[0]?.headers['dpop']).split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(body)).toMatchObject({ htm: 'GET', htu: `${platform.issuer}/v1/partner/profile`, ath: expect.any(String) });
    expect(read(head)).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC' } });
    expect(read(head)).not.toHaveProperty('jwk.d');
  });

  test('says its language and asks for tokens of this API alone, with a signed assertion and no secret', async () => {
    const { platform, chung } = await connected(() => ({ body: profile }));
    await chung.partner.profile.get();
    expect(platform.asked('/v1')[0]?.headers['accept-language']).toBe('en');
    const [{ form, headers }] = platform.asked('/token') as [Asked];
    expect([form.get('grant_type'), form.get('resource'), form.get('scope')]).toEqual([
      'client_credentials',
      `${platform.issuer}/v1`,
      'partner.profile:read',
    ]);
    expect(form.get('client_assertion')?.split('.')).toHaveLength(3);
    expect([form.has('client_secret'), headers['authorization']]).toEqual([false, undefined]);
  });

  test('has the operations of partners and public ones, cannot be changed, and is nothing to wait for', async () => {
    const { chung } = await connected(() => ({ body: profile }));
    const loose: Record<string, unknown> = { ...chung };
    expect(Object.keys(loose).toSorted()).toEqual(['draws', 'granted', 'partner', 'partners', 'provinces', 'webhooks']);
    expect([Object.isFrozen(chung), Object.getPrototypeOf(chung), Reflect.get(chung, 'then')]).toEqual([true, null, undefined]);
    expect([...chung.granted]).toEqual(['partner.profile:read']);
  });
});
