// `@chung/client/member` against the real platform, through its real pages: sign-in, consent, renewal, withdrawal, sign-out.
import { type MemberTokens, memberSignIn } from '@chung/client/member';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn as signInToApp } from '../harness/session.ts';
import { throughPages } from '../harness/tokens.ts';
import { Visitor } from '../harness/visitor.ts';

let running: TestPlatform;
beforeAll(async () => {
  running = await startTestPlatform();
  await running.owner.query(
    `UPDATE chung.apps SET scopes = array['openid', 'offers:read', 'redemptions:claim', 'redemptions:read', 'member.profile:read'],
            optional_scopes = array['redemptions:read', 'member.profile:read'],
            purposes = purposes || '{"redemptions:read": {"vi": "Xem lại ưu đãi", "en": "See them again", "version": 1},
                                      "redemptions:claim": {"vi": "Nhận ưu đãi", "en": "Claim offers", "version": 1},
                                      "member.profile:read": {"vi": "Chào bạn", "en": "Greet you", "version": 1}}'
      WHERE client_id = $1`,
    [partner().client_id],
  );
}, 120_000);
afterAll(() => running?.close());

function partner() {
  const found = running.demo.partners.find(({ slug }) => slug === 'vinaphone');
  if (!found) throw new Error('the demo has vinaphone');
  return found.client;
}
const person = (place = 0) => {
  const found = running.demo.members[place];
  if (!found) throw new Error('the demo has members');
  return found;
};

const open = () =>
  memberSignIn({
    issuer: running.demo.issuer,
    clientId: partner().client_id,
    privateKey: partner().private_key_jwk,
    redirectUri: partner().redirect_uris[0] ?? '',
    scopes: ['openid', 'offers:read', 'redemptions:claim'],
    optional: ['redemptions:read'],
  });

async function signedIn(place = 0) {
  const kept: MemberTokens[] = [];
  const signIn = await open();
  const { url, attempt } = await signIn.begin();
  const callback = await throughPages(new Visitor(), url.href, person(place));
  const chung = await signIn.finish(callback, attempt, { onTokens: (tokens) => void kept.push(tokens) });
  return { signIn, chung, kept };
}

const latest = (kept: readonly MemberTokens[]): MemberTokens => {
  const tokens = kept.at(-1);
  if (!tokens) throw new Error('a sign-in leaves tokens');
  return tokens;
};

describe('a member who signs in to a partner’s site', () => {
  test('is a pairwise id with what they granted; the request was pushed and carries no scope in the address', async () => {
    const signIn = await open();
    const { url, attempt } = await signIn.begin();
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const callback = await throughPages(new Visitor(), url.href, person());
    const chung = await signIn.finish(callback, attempt);
    expect(chung.subject).toMatch(/^[\w-]{20,}$/);
    expect(chung.granted.has('redemptions:claim')).toBe(true);
    const { items } = await chung.offers.list({ limit: 5 });
    expect(items.length).toBeGreaterThan(0);
    expect((await chung.me.get()).id).toBe(chung.subject);
    if (!chung.has('redemptions:read')) throw new Error('the member allowed it');
    expect(Array.isArray((await chung.redemptions.list()).items)).toBe(true);
  });

  test('stays signed in: tokens are renewed when they end, each set is handed over, and kept ones are gone on with', async () => {
    const { signIn, kept } = await signedIn();
    const ended = { ...latest(kept), endsAt: 0 };
    const renewed: MemberTokens[] = [];
    const again = await signIn.resume(ended, { onTokens: (tokens) => void renewed.push(tokens) });
    // Asked at once, renewed once: a refresh token that is used twice ends everything.
    const pages = await Promise.all([again.offers.list(), again.offers.list(), again.me.get()]);
    expect(pages).toHaveLength(3);
    expect(renewed).toHaveLength(1);
    expect(latest(renewed).refreshToken).not.toBe(ended.refreshToken);
    expect(latest(renewed).subject).toBe(ended.subject);
  });

  test('leaves tokens that are of no use without their key', async () => {
    const { signIn, kept } = await signedIn();
    const other = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const proofKey = await crypto.subtle.exportKey('jwk', other.privateKey);
    const thief = await signIn.resume({ ...latest(kept), proofKey, refreshToken: null });
    await expect(thief.offers.list()).rejects.toThrow('the person must sign in again');
    const bearer = await fetch(`${running.demo.issuer}/v1/me`, { headers: { authorization: `Bearer ${latest(kept).accessToken}` } });
    expect(bearer.status).toBe(401);
  });

  test('is gone when they sign out', async () => {
    const { signIn, chung, kept } = await signedIn();
    await chung.end();
    await expect(signIn.resume({ ...latest(kept), endsAt: 0 }).then((again) => again.offers.list())).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

test('what the member withdraws is missing at the next renewal, and named', async () => {
  const { signIn, kept } = await signedIn(1);
  const session = await signInToApp(running.baseUrl, 'member', person(1));
  const grants = await session.call('GET', '/v1/me/grants');
  const [grant] = (grants.body as unknown as { items: { id: string; app: { clientId: string } }[] }).items.filter(
    ({ app }) => app.clientId === partner().client_id,
  );
  const withdrawn = await session.call('DELETE', `/v1/me/grants/${grant?.id}/scopes/redemptions:claim`);
  expect(withdrawn.status).toBe(204);
  const again = signIn.resume({ ...latest(kept), endsAt: 0 }).then((chung) => chung.offers.list());
  await expect(again).rejects.toMatchObject({ name: 'ScopesNotGrantedError', missing: ['redemptions:claim'] });
});

test('a callback of somebody else’s attempt, or one that was changed, is refused before anything is asked', async () => {
  const signIn = await open();
  const [mine, other] = [await signIn.begin(), await signIn.begin()];
  const callback = await throughPages(new Visitor(), mine.url.href, person());
  await expect(signIn.finish(callback, other.attempt)).rejects.toThrow();
  const changed = new URL(callback);
  changed.searchParams.set('iss', 'https://elsewhere.example');
  await expect(signIn.finish(changed, mine.attempt)).rejects.toThrow();
  expect((await signIn.finish(callback, mine.attempt)).granted.has('offers:read')).toBe(true);
});
