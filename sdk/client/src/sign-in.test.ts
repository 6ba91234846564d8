// Signing a person in against a platform that refuses, grants less, or answers out of turn. `test/http/member-client.test.ts` has the real one.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, idTokenFor, newAppKey, type ScriptedPlatform, scriptedPlatform } from '../testing/scripted-platform.ts';
import { type KeepTokens, type MemberTokens, memberSignIn, type SignInAttempt } from './member.ts';
import { partnerSignIn } from './partner-sign-in.ts';

const REDIRECT = 'https://app.example/back';
const SCOPES = ['openid', 'offers:read'] as const;
const WHOLE = 'openid offers:read';
const ME: Answer = { body: { id: 'pairwise-1' } };

let platform: ScriptedPlatform;
let attempt: SignInAttempt | null;
let answers: Partial<Record<'authorization_code' | 'refresh_token', (count: number) => Answer>>;
let api: (token: string) => Answer;
beforeEach(async () => {
  [attempt, answers, api] = [null, {}, () => ME];
  platform = await scriptedPlatform({
    token: ({ form }) => {
      const kind = form.get('grant_type') === 'refresh_token' ? 'refresh_token' : 'authorization_code';
      const count = platform.asked('/token').filter((one) => one.form.get('grant_type') === kind).length;
      return answers[kind]?.(count) ?? given({ access_token: `${kind}-${count}` });
    },
    api: ({ headers }) => api(String(headers['authorization'])),
  });
});
afterEach(() => platform.close());

/** A whole answer of the token endpoint, with the nonce of the attempt. */
const given = (change: object = {}): Answer => ({
  body: {
    ...{ access_token: 'a', token_type: 'DPoP', expires_in: 300, scope: WHOLE, refresh_token: 'refresh-0' },
    id_token: idTokenFor({ issuer: platform.issuer, clientId: 'app', nonce: attempt?.nonce ?? '', subject: 'pairwise-1' }),
    ...change,
  },
});
const refused = (error: string): Answer => ({ status: 400, body: { error } });

const open = (more: object = {}) =>
  memberSignIn({
    issuer: platform.issuer,
    clientId: 'app',
    redirectUri: REDIRECT,
    scopes: SCOPES,
    optional: ['redemptions:claim'],
    ...more,
  });
/** Begins, and comes back as the platform would send the person back. */
async function finished(query: Record<string, string> = {}, keep: KeepTokens = {}) {
  const signIn = await open();
  ({ attempt } = await signIn.begin());
  const back = new URL(REDIRECT);
  for (const [name, value] of Object.entries({ code: 'c', state: attempt.state, ...query })) back.searchParams.set(name, value);
  return signIn.finish(back, attempt, keep);
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const revoked = () => platform.asked('/revoke').map(({ form }) => form.get('token'));
const refreshes = () => platform.asked('/token').filter(({ form }) => form.get('grant_type') === 'refresh_token');

describe('the address to send somebody to', () => {
  test('asks for a code with a challenge that only the attempt can meet', async () => {
    const { url, attempt: kept } = await (await open()).begin();
    const query = Object.fromEntries(url.searchParams);
    expect(`${url.origin}${url.pathname}`).toBe(`${platform.issuer}/authorize`);
    expect(query).toMatchObject({ response_type: 'code', client_id: 'app', redirect_uri: REDIRECT, resource: `${platform.issuer}/v1` });
    expect(query).toMatchObject({ state: kept.state, nonce: kept.nonce, code_challenge_method: 'S256' });
    expect(query['code_challenge']).toBe(createHash('sha256').update(kept.verifier).digest('base64url'));
    expect(url.href).not.toContain(kept.verifier);
  });

  test('names each scope once, the optional ones too, and always who it is', async () => {
    const scopeOf = async (more: object) => (await (await open(more)).begin()).url.searchParams.get('scope');
    expect(await scopeOf({})).toBe('openid offers:read redemptions:claim');
    expect(await scopeOf({ scopes: ['offers:read'], optional: [] })).toBe('openid offers:read');
    expect(await scopeOf({ scopes: ['offers:read'], optional: ['offers:read', 'openid'] })).toBe('openid offers:read');
  });

  test('speaks the person’s language and asks again only where it is told to', async () => {
    const signIn = await open();
    const plain = (await signIn.begin()).url.searchParams;
    expect([plain.get('ui_locales'), plain.get('prompt')]).toEqual([null, null]);
    const told = (await signIn.begin({ language: 'vi', prompt: 'consent' })).url.searchParams;
    expect([told.get('ui_locales'), told.get('prompt')]).toEqual(['vi', 'consent']);
  });

  test('is another one each time: no two attempts share anything that is secret', async () => {
    const signIn = await open();
    const attempts = await Promise.all(Array.from({ length: 5 }, () => signIn.begin()));
    for (const field of ['state', 'nonce', 'verifier'] as const)
      expect(new Set(attempts.map(({ attempt: one }) => one[field])).size).toBe(attempts.length);
  });

  test('of an app with a key says nothing itself: the request was pushed, signed, and is named', async () => {
    const { url, attempt: kept } = await (await open({ privateKey: await newAppKey() })).begin();
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const [pushed] = platform.asked('/par');
    expect(pushed?.form.get('state')).toBe(kept.state);
    expect(pushed?.form.get('client_assertion')?.split('.')).toHaveLength(3);
  });

  test('of a program of a partner is pushed too, unless a person carries it to another machine', async () => {
    const settings = {
      issuer: platform.issuer,
      clientId: 'chung-cli',
      redirectUri: 'http://127.0.0.1/',
      scopes: ['partner.apps:read'],
    } as const;
    const signIn = await partnerSignIn(settings);
    expect((await signIn.begin()).url.searchParams.has('request_uri')).toBe(true);
    expect((await signIn.begin({ request: 'plain' })).url.searchParams.get('scope')).toBe('openid partner.apps:read');
  });
});

describe('coming back', () => {
  test('makes a client of the person, with what they granted', async () => {
    const chung = await finished();
    expect([chung.subject, [...chung.granted], chung.has('redemptions:claim')]).toEqual(['pairwise-1', ['openid', 'offers:read'], false]);
    expect(await chung.me.get()).toMatchObject({ id: 'pairwise-1' });
    const [exchange] = platform.asked('/token');
    expect(exchange?.form.get('code_verifier')).toBe(attempt?.verifier);
    expect(exchange?.headers['dpop']).toBeTypeOf('string');
  });

  test.each([
    ['with the state of another attempt', { state: 'stolen' }],
    ['with the answer of another platform', { iss: 'https://evil.example' }],
    ['without having agreed', { error: 'access_denied' }],
  ])('%s spends no code', async (_what, query) => {
    expect(await failureOf(finished(query))).toBeInstanceOf(Error);
    expect(platform.asked('/token')).toHaveLength(0);
  });

  test('with a refusal says which', async () => {
    expect(await failureOf(finished({ error: 'access_denied' }))).toMatchObject({ error: 'access_denied' });
  });

  test.each([
    ['a nonce that is not the attempt’s', 'nonce', 'other'],
    ['an ID token for another app', 'clientId', 'other-app'],
    ['an ID token of another platform', 'issuer', 'https://evil.example'],
  ])('to %s is no sign-in', async (_what, field, value) => {
    answers.authorization_code = () => {
      const claims = { issuer: platform.issuer, clientId: 'app', nonce: attempt?.nonce ?? '', subject: 'pairwise-1', [field]: value };
      return given({ id_token: idTokenFor(claims) });
    };
    expect(await failureOf(finished())).toBeInstanceOf(Error);
    expect(platform.asked('/v1')).toHaveLength(0);
  });

  test('without an ID token is no sign-in: nobody knows who it is', async () => {
    answers.authorization_code = () => given({ id_token: undefined });
    expect(await failureOf(finished())).toBeInstanceOf(Error);
  });

  test('with less than is declared names what is missing, and leaves no sign-in behind', async () => {
    answers.authorization_code = () => given({ scope: 'openid' });
    const onTokens = vi.fn();
    expect(await failureOf(finished({}, { onTokens }))).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['offers:read'] });
    expect([revoked(), onTokens.mock.calls.length]).toEqual([['refresh-0'], 0]);
  });

  test('where the tokens cannot be kept leaves no sign-in behind either, and tells that failure', async () => {
    const full = new Error('disk full');
    expect(await failureOf(finished({}, { onTokens: () => Promise.reject(full) }))).toBe(full);
    expect(revoked()).toEqual(['refresh-0']);
  });

  test('hands out tokens to be kept, with the key they are bound to and never the attempt', async () => {
    const kept: MemberTokens[] = [];
    await finished({}, { onTokens: (tokens) => void kept.push(tokens) });
    expect(kept).toMatchObject([{ accessToken: 'authorization_code-1', refreshToken: 'refresh-0', scope: WHOLE, subject: 'pairwise-1' }]);
    expect(kept[0]?.proofKey).toMatchObject({ kty: 'EC', crv: 'P-256', d: expect.any(String) });
    expect(JSON.stringify(kept)).not.toContain(attempt?.verifier);
  });
});

describe('going on', () => {
  async function keptTokens(change: Partial<MemberTokens> = {}): Promise<MemberTokens> {
    const kept: MemberTokens[] = [];
    await finished({}, { onTokens: (tokens) => void kept.push(tokens) });
    const [tokens] = kept;
    if (!tokens) throw new Error('tokens are handed out');
    return { ...tokens, ...change };
  }
  const resumed = async (change: Partial<MemberTokens>, keep: KeepTokens = {}) => (await open()).resume(await keptTokens(change), keep);

  test('with tokens that are still good asks for none', async () => {
    const chung = await resumed({});
    await chung.me.get();
    expect([refreshes().length, platform.asked('/v1')[0]?.headers['authorization']]).toEqual([0, 'DPoP authorization_code-1']);
  });

  test('with tokens of an older declaration names what is missing before any call', async () => {
    expect(await failureOf(resumed({ scope: 'openid' }))).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['offers:read'] });
  });

  test('after their end renews once for all calls, and hands the new set out', async () => {
    const kept: MemberTokens[] = [];
    answers.refresh_token = () => given({ access_token: 'new', refresh_token: 'refresh-1', id_token: undefined });
    const chung = await resumed({ endsAt: 0 }, { onTokens: (tokens) => void kept.push(tokens) });
    await Promise.all(Array.from({ length: 10 }, () => chung.me.get()));
    expect(refreshes().map(({ form }) => form.get('refresh_token'))).toEqual(['refresh-0']);
    expect(kept.map(({ accessToken, refreshToken, subject }) => [accessToken, refreshToken, subject])).toEqual([
      ['new', 'refresh-1', 'pairwise-1'],
    ]);
  });

  test('keeps refresh token and scopes where the answer leaves them out (RFC 6749 §5.1, §6)', async () => {
    const kept: MemberTokens[] = [];
    answers.refresh_token = () => given({ refresh_token: undefined, scope: undefined, id_token: undefined });
    const chung = await resumed({ endsAt: 0 }, { onTokens: (tokens) => void kept.push(tokens) });
    await chung.me.get();
    expect(kept).toMatchObject([{ refreshToken: 'refresh-0', scope: WHOLE }]);
  });

  test('without a refresh token says that the person must sign in again, and sends nothing', async () => {
    const chung = await resumed({ endsAt: 0, refreshToken: null });
    expect(await failureOf(chung.me.get())).toMatchObject({ message: expect.stringContaining('sign in again') });
    expect([refreshes().length, platform.asked('/v1').length]).toEqual([0, 0]);
  });

  test('after a withdrawal of something declared says so at the refresh and not at some call', async () => {
    answers.refresh_token = () => given({ scope: 'openid', id_token: undefined });
    const chung = await resumed({ endsAt: 0 });
    expect(await failureOf(chung.me.get())).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['offers:read'] });
    expect(platform.asked('/v1')).toHaveLength(0);
  });

  test('after the platform ended the sign-in tells that as it is, each time', async () => {
    answers.refresh_token = () => refused('invalid_grant');
    const chung = await resumed({ endsAt: 0 });
    for (const _ of [1, 2]) expect(await failureOf(chung.me.get())).toMatchObject({ error: 'invalid_grant' });
  });

  test('takes what another process has left instead of spending a refresh token twice', async () => {
    const tokens = await keptTokens();
    const newer: MemberTokens = { ...tokens, accessToken: 'theirs', refreshToken: 'theirs-0' };
    const held: (string | null)[] = [];
    const renewing: KeepTokens['renewing'] = async ({ refreshToken }) => {
      held.push(refreshToken);
      return newer;
    };
    const chung = await (await open()).resume({ ...tokens, endsAt: 0 }, { renewing });
    await chung.me.get();
    expect([held, refreshes().length, platform.asked('/v1')[0]?.headers['authorization']]).toEqual([['refresh-0'], 0, 'DPoP theirs']);
  });

  test('ends at the platform by the refresh token, or by the access token where there is none', async () => {
    const chung = await finished();
    await chung.end();
    const short = await resumed({ refreshToken: null });
    await short.end();
    expect(revoked()).toEqual(['refresh-0', 'authorization_code-2']);
  });
});
