// Who a token is: for how long, with what of it left, and of whom.
import type { MemberScope } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_ISSUER, FAKE_PARTNER, OTHER_PARTNER } from './index.ts';

const SCOPES: readonly MemberScope[] = ['openid', 'offers:read', 'redemptions:claim'];

function started() {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const ask = async (authorization: string | null, path = '/v1/offers') => {
    const response = await platform.fetch(`${FAKE_ISSUER}${path}`, { headers: authorization === null ? {} : { authorization } });
    const body: { code?: string; items?: readonly object[] } = JSON.parse(await response.text());
    return body.code ?? 'ok';
  };
  return { platform, ask, lan: platform.members.lan };
}

describe('a token', () => {
  test('lives for ten minutes, or as long as it was told, and not a second more', async () => {
    const { platform, ask, lan } = started();
    const [usual, short] = [platform.memberToken(lan, SCOPES), platform.memberAppToken(lan, { lifeSeconds: 2 })];
    platform.clock.advance(1);
    expect([await ask(`Bearer ${usual}`), await ask(`Bearer ${short}`)]).toEqual(['ok', 'ok']);
    platform.clock.advance(1);
    expect([await ask(`Bearer ${usual}`), await ask(`Bearer ${short}`)]).toEqual(['ok', 'invalid_token']);
    platform.clock.advance(597);
    expect(await ask(`Bearer ${usual}`)).toBe('ok');
    platform.clock.advance(1);
    expect(await ask(`Bearer ${usual}`)).toBe('invalid_token');
  });

  test.each([
    ['Bearer TOKEN', 'ok'],
    ['bearer TOKEN', 'ok'],
    ['DPoP TOKEN', 'ok'],
    ['Bearer   TOKEN', 'ok'],
    ['Basic TOKEN', 'invalid_token'],
    ['Bearer TOKENx', 'invalid_token'],
    ['Bearer fake-token-99', 'invalid_token'],
    ['Bearer ', 'invalid_token'],
    [null, 'unauthenticated'],
  ])('in “%s” is %s', async (header, outcome) => {
    const { platform, ask, lan } = started();
    const token = platform.memberToken(lan, SCOPES);
    expect(await ask(header === null ? null : header.replace('TOKEN', token))).toBe(outcome);
  });

  test('that has run out does not matter where anybody may ask', async () => {
    const { ask } = started();
    expect(await ask('Bearer forged', '/v1/provinces')).toBe('ok');
  });

  test('of one platform is worth nothing on another that has issued none', async () => {
    const { platform, lan } = started();
    const other = started();
    expect(await other.ask(`Bearer ${platform.memberToken(lan, SCOPES)}`)).toBe('invalid_token');
  });

  test('of a partner without an app is none at all', () => {
    const { platform, lan } = started();
    const stranger = { ...FAKE_PARTNER, id: OTHER_PARTNER.id.replace(/.$/, '9') as typeof FAKE_PARTNER.id, name: 'Gió Mới' };
    expect(() => platform.memberToken(lan, SCOPES, { partner: stranger })).toThrow('Gió Mới has no app');
  });
});

describe('what of a token is left', () => {
  test('is what was issued and is granted still: a scope that is taken back is gone, and given again is there again', async () => {
    const { platform, ask, lan } = started();
    const token = `Bearer ${platform.memberToken(lan, SCOPES)}`;
    platform.withdraw(lan, 'offers:read');
    expect(await ask(token)).toBe('insufficient_scope');
    platform.grant(lan, 'offers:read');
    expect(await ask(token)).toBe('ok');
  });

  test('is never more than what was issued, whatever is granted later', async () => {
    const { platform, ask, lan } = started();
    const token = `Bearer ${platform.memberToken(lan, ['openid'])}`;
    platform.grant(lan, 'offers:read');
    expect(await ask(token)).toBe('insufficient_scope');
  });

  test('is untouched by what another member takes back', async () => {
    const { platform, ask, lan } = started();
    const token = `Bearer ${platform.memberToken(lan, SCOPES)}`;
    platform.memberToken(platform.members.minh, SCOPES);
    platform.withdraw(platform.members.minh, 'openid');
    expect(await ask(token)).toBe('ok');
  });

  test('is nothing once the grant has ended; what another partner’s app holds goes on', async () => {
    const { platform, ask, lan } = started();
    const [own, foreign] = [platform.memberToken(lan, SCOPES), platform.memberToken(lan, SCOPES, { partner: OTHER_PARTNER })];
    platform.withdraw(lan, 'openid');
    expect([await ask(`Bearer ${own}`), await ask(`Bearer ${foreign}`)]).toEqual(['invalid_token', 'ok']);
    expect([...platform.granted(lan)]).toEqual([]);
  });
});

describe('grants', () => {
  test('by a sign-in are told to nobody, by a consent to the partner, and only what is new', () => {
    const { platform, lan } = started();
    platform.memberToken(lan, SCOPES);
    expect(platform.store.events).toEqual([]);
    platform.grant(lan, 'offers:read');
    expect(platform.store.events).toEqual([]);
    platform.grant(lan, 'member.profile:read');
    expect(platform.store.events).toMatchObject([
      { type: 'consent.granted.v1', data: { memberRef: 'ref-lan', clientId: 'sao-bac-app', scopes: ['member.profile:read'] } },
    ]);
  });

  test('that are not there can be taken back without a word', () => {
    const { platform, lan } = started();
    platform.withdraw(lan, 'offers:read');
    platform.grant(lan, 'openid');
    platform.withdraw(lan, 'offers:read');
    expect(platform.store.events.map(({ type }) => type)).toEqual(['consent.granted.v1']);
  });

  test('end with openid scope by scope, each with its event, openid’s among them', () => {
    const { platform, lan } = started();
    platform.memberToken(lan, SCOPES);
    platform.withdraw(lan, 'openid');
    expect(platform.store.events.map(({ type, data }) => [type, data['scope']])).toEqual(
      SCOPES.map((scope) => ['consent.withdrawn.v1', scope]),
    );
  });
});
