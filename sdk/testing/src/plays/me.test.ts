// What members allow, in the platform's own app and over what partners' apps then get.
import { createClient } from '@chung/client';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_ISSUER, OTHER_PARTNER } from '../index.ts';

function started() {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const over = (token: string) =>
    createClient({ baseUrl: FAKE_ISSUER, fetch: platform.fetch, headers: () => ({ authorization: `Bearer ${token}` }) });
  const { lan } = platform.members;
  return { platform, over, lan, memberApp: over(platform.memberAppToken(lan)) };
}

describe('grants', () => {
  test('are one line an app, with what is granted now and since when', async () => {
    const { platform, over, lan, memberApp } = started();
    over(platform.memberToken(lan, ['openid', 'offers:read']));
    platform.clock.advance(60);
    platform.grant(lan, 'redemptions:read');
    platform.memberToken(lan, ['openid'], { partner: OTHER_PARTNER });
    const { items } = await memberApp.call('me.grants.list');
    expect(items.map(({ app, scopes }) => [app.partner, scopes.map(({ scope }) => scope)])).toEqual([
      ['Biển Xanh', ['openid']],
      ['Sao Bắc', ['openid', 'offers:read', 'redemptions:read']],
    ]);
    expect(items[1]).toMatchObject({ lastUsedAt: '2026-11-22T13:00:00.000Z' });
    expect(items[1]?.scopes[2]).toMatchObject({ grantedAt: '2026-11-22T13:01:00.000Z', withdrawable: true });
  });

  test('end with openid: every token of the app is worth nothing, also after a new sign-in', async () => {
    const { platform, over, lan, memberApp } = started();
    const old = over(platform.memberToken(lan, ['openid', 'offers:read']));
    const { items } = await memberApp.call('me.grants.list');
    const grantId = items[0]?.id;
    if (!grantId) throw new Error('the grant is there');
    expect((await old.call('offers.list')).items).toHaveLength(3);
    await memberApp.call('me.grants.scopes.withdraw', { params: { grantId, scope: 'openid' } });
    const again = over(platform.memberToken(lan, ['openid', 'offers:read']));
    await expect(old.call('offers.list')).rejects.toMatchObject({ code: 'invalid_token' });
    expect((await again.call('offers.list')).items).toHaveLength(3);
    expect(platform.store.events.map(({ type, data }) => [type, data['scope']])).toEqual([
      ['consent.withdrawn.v1', 'openid'],
      ['consent.withdrawn.v1', 'offers:read'],
    ]);
  });

  test('leave a history that nothing takes back, page by page and newest first', async () => {
    const { platform, lan, memberApp } = started();
    platform.grant(lan, 'openid');
    platform.grant(lan, 'offers:read');
    platform.withdraw(lan, 'offers:read');
    platform.withdraw(lan, 'offers:read');
    const told: string[] = [];
    for await (const { action, scope } of memberApp.pages('me.consents.list', { limit: 2 })) told.push(`${action} ${scope}`);
    expect(told).toEqual(['withdrawn offers:read', 'granted offers:read', 'granted openid']);
  });

  test('are the member’s own business: a partner’s app cannot look at them', async () => {
    const { platform, over, lan } = started();
    const app = over(platform.memberToken(lan, ['openid']));
    await expect(app.call('me.grants.list')).rejects.toMatchObject({ code: 'insufficient_scope' });
  });
});

test('each partner knows a member by another id', async () => {
  const { platform, over, lan, memberApp } = started();
  const ids = [
    await over(platform.memberToken(lan, ['openid'])).call('me.get'),
    await over(platform.memberToken(lan, ['openid'], { partner: OTHER_PARTNER })).call('me.get'),
    await memberApp.call('me.get'),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
});
