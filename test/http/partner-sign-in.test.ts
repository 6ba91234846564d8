// `partnerSignIn` of `@chung/client/partner` against the real platform: how requests are made, kept tokens shared and lost ones ended.
import { type PersonTokens, partnerSignIn } from '@chung/client/partner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { throughPages } from '../harness/tokens.ts';
import { Visitor } from '../harness/visitor.ts';

let running: TestPlatform;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

const redirectUri = 'http://127.0.0.1:45678/callback';
const SCOPES = ['partner.profile:read', 'partner.events:read'] as const;
const open = () => partnerSignIn({ issuer: running.demo.issuer, clientId: 'chung-cli', redirectUri, scopes: SCOPES });

function person(kind: 'partner' | 'member' = 'partner') {
  const found = kind === 'partner' ? running.demo.partners[0] : running.demo.members[0];
  if (!found) throw new Error('the demo has people');
  return { username: found.username, password: found.password };
}

async function signedIn() {
  const signIn = await open();
  const { url, attempt } = await signIn.begin();
  const kept: PersonTokens[] = [];
  const chung = await signIn.finish(await throughPages(new Visitor(), url.href, person()), attempt, {
    onTokens: (tokens) => void kept.push(tokens),
  });
  const [tokens] = kept;
  if (!tokens) throw new Error('a sign-in leaves tokens');
  return { signIn, chung, tokens };
}

async function grants(): Promise<number> {
  const { rows } = await running.owner.query(
    `SELECT count(*)::int AS count FROM chung.oidc_artifacts WHERE client_id = 'chung-cli' AND model IN ('Grant', 'RefreshToken')`,
  );
  return rows[0].count;
}
const ended = ({ endsAt: _never, ...tokens }: PersonTokens): PersonTokens => ({ ...tokens, endsAt: 0 });

describe('a request', () => {
  test('is pushed, so that its address tells nothing; or plain, to be carried to another machine', async () => {
    const signIn = await open();
    const pushed = await signIn.begin();
    expect([...pushed.url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const plain = await signIn.begin({ request: 'plain', language: 'en', prompt: 'login' });
    expect(plain.url.searchParams.get('scope')).toBe(`openid ${SCOPES.join(' ')}`);
    expect([plain.url.searchParams.get('ui_locales'), plain.url.searchParams.get('prompt')]).toEqual(['en', 'login']);
    expect(plain.url.href).not.toContain(plain.attempt.verifier);
    for (const { url, attempt } of [pushed, plain]) {
      const chung = await signIn.finish(await throughPages(new Visitor(), url.href, person()), attempt);
      expect((await chung.partner.profile.get()).name).toBe('VNPT Money');
    }
  });

  test('speaks the language that it asks for', async () => {
    const signIn = await open();
    for (const [language, word] of [
      ['vi', 'Mật khẩu'],
      ['en', 'Password'],
    ] as const)
      expect((await new Visitor().open((await signIn.begin({ language })).url.href)).body).toContain(word);
  });
});

describe('a sign-in of which nobody will have any use', () => {
  test('ends at once when too little is granted, as to a member', async () => {
    const before = await grants();
    const signIn = await open();
    const { url, attempt } = await signIn.begin();
    const refused = signIn.finish(await throughPages(new Visitor(), url.href, person('member')), attempt);
    await expect(refused).rejects.toMatchObject({ name: 'ScopesNotGrantedError', missing: [...SCOPES] });
    expect(await grants()).toBe(before);
  });

  test('ends at once when its tokens cannot be kept', async () => {
    const before = await grants();
    const signIn = await open();
    const { url, attempt } = await signIn.begin();
    const full = signIn.finish(await throughPages(new Visitor(), url.href, person()), attempt, {
      onTokens: () => Promise.reject(new Error('disk full')),
    });
    await expect(full).rejects.toThrow('disk full');
    expect(await grants()).toBe(before);
  });
});

describe('tokens that several processes share', () => {
  test('are renewed by the hook, with those held, and what it answers is gone on with', async () => {
    const { signIn, tokens } = await signedIn();
    const held: PersonTokens[] = [];
    const kept: PersonTokens[] = [];
    const chung = await signIn.resume(ended(tokens), {
      renewing: (mine, renew) => {
        held.push(mine);
        return renew(mine);
      },
      onTokens: (latest) => void kept.push(latest),
    });
    await Promise.all([chung.partner.profile.get(), chung.partner.events.list(), chung.partner.profile.get()]);
    expect([held.length, kept.length]).toEqual([1, 1]);
    expect(held[0]?.refreshToken).toBe(tokens.refreshToken);
    expect(kept[0]?.refreshToken).not.toBe(tokens.refreshToken);
  });

  test('may be another sign-in’s altogether, with another key', async () => {
    const [old, fresh] = [await signedIn(), await signedIn()];
    const chung = await old.signIn.resume(ended(old.tokens), { renewing: async () => fresh.tokens });
    expect((await chung.partner.profile.get()).name).toBe('VNPT Money');
    expect(fresh.tokens.proofKey.x).not.toBe(old.tokens.proofKey.x);
  });

  test('that the platform takes no more are asked for once more, and then told', async () => {
    const { signIn, chung, tokens } = await signedIn();
    await chung.end();
    await new Promise((resolve) => setTimeout(resolve, 400));
    let asked = 0;
    const again = await signIn.resume(tokens, {
      renewing: (mine, renew) => {
        asked += 1;
        return renew(mine);
      },
    });
    await expect(again.partner.profile.get()).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(asked).toBe(1);
  });
});
