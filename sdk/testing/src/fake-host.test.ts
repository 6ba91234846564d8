// A host in memory: what it is before anything is set, what the member decides, and what two hosts share and do not.
import type { MemberScope } from '@chung/contracts';
import { createMiniApp } from '@chung/mini-app';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFakeHost, createFakePlatform, type FakeHost, type FakeHostSettings } from './index.ts';

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

const OPTIONAL: readonly MemberScope[] = ['redemptions:claim', 'member.profile:read', 'member.contact:read'];

function hosted(settings: Partial<FakeHostSettings> = {}): FakeHost {
  const host = createFakeHost({ scopes: ['openid', 'offers:read'], optional: OPTIONAL, ...settings });
  hosts.push(host);
  return host;
}

const open = ({ port }: FakeHost) =>
  createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim', 'member.profile:read', 'member.contact:read'], port });

describe('a host', () => {
  test('unless told is Lan’s, in Vietnamese and light, with nothing asked and nothing cut', async () => {
    const host = hosted();
    const app = await open(host);
    expect(host.member).toBe(host.platform.members.lan);
    expect(app.host.surroundings).toEqual({
      language: 'vi',
      theme: 'light',
      safeArea: { top: 0, right: 0, bottom: 0, left: 0 },
      visible: true,
    });
    expect([host.asked, host.cut, host.isBackHandled]).toEqual([[], null, false]);
  });

  test('keeps what it was told of its surroundings, and the rest as it is', async () => {
    const host = hosted({ surroundings: { safeArea: { top: 44, right: 0, bottom: 34, left: 0 } } });
    const app = await open(host);
    host.surround({ visible: false });
    await vi.waitFor(() => expect(app.host.surroundings.visible).toBe(false));
    expect(app.host.surroundings).toMatchObject({ language: 'vi', safeArea: { top: 44, bottom: 34 } });
  });

  test('of another member shows that member’s offers and self', async () => {
    const platform = createFakePlatform();
    const app = await open(hosted({ platform, member: platform.members.hoa }));
    expect(await app.me.get()).toEqual({ id: 'ref-hoa' });
    // Hoa is not verified, and the counter’s offer is for those who are.
    expect((await app.offers.list()).items.map(({ id }) => id)).not.toContain(platform.offers.counter.id);
  });

  test('grants before the start what its settings say, with the partner’s events', () => {
    const { platform, member } = hosted();
    expect([...platform.granted(member)]).toEqual(['openid', 'offers:read']);
    expect(platform.store.events.map(({ data }) => data['scopes'])).toEqual([['openid'], ['offers:read']]);
  });

  test('answers nothing more once it is closed, and closing twice is closing once', async () => {
    const host = hosted();
    const app = await open(host);
    host.close();
    host.close();
    await expect(app.me.get()).rejects.toMatchObject({ name: 'UnreachableError' });
    expect(host.platform.calls).toEqual([]);
  });
});

describe('the member', () => {
  test('says yes to what they will grant and no to the rest; each is asked for once at a time and in turn', async () => {
    const host = hosted({ willGrant: ['redemptions:claim'] });
    const app = await open(host);
    const said = await Promise.all([
      app.request('member.profile:read'),
      app.request('redemptions:claim'),
      app.request('member.contact:read'),
    ]);
    expect(said).toEqual(['refused', 'granted', 'refused']);
    expect(host.asked).toEqual(['member.profile:read', 'redemptions:claim', 'member.contact:read']);
    expect([...host.platform.granted(host.member)]).toEqual(['openid', 'offers:read', 'redemptions:claim']);
  });

  test('is not asked again for what they have granted, nor for what no manifest names', async () => {
    const host = hosted({ optional: ['redemptions:claim'] });
    const app = await open(host);
    expect(await app.request('redemptions:claim')).toBe('granted');
    expect(await app.request('redemptions:claim')).toBe('granted');
    expect(await app.request('member.profile:read')).toBe('refused');
    expect(host.asked).toEqual(['redemptions:claim']);
  });

  test('may change their mind after a no', async () => {
    const host = hosted({ willGrant: [] });
    const app = await open(host);
    expect(await app.request('redemptions:claim')).toBe('refused');
    host.grant('redemptions:claim');
    await vi.waitFor(() => expect(app.has('redemptions:claim')).toBe(true));
    expect(await app.request('redemptions:claim')).toBe('granted');
    expect(host.asked).toEqual(['redemptions:claim']);
  });
});

describe('two hosts', () => {
  test('over one platform see each other’s effects and not each other’s grants', async () => {
    const platform = createFakePlatform();
    const [ofLan, ofMinh] = [hosted({ platform }), hosted({ platform, member: platform.members.minh })];
    const [lan, minh] = [await open(ofLan), await open(ofMinh)];
    ofLan.grant('redemptions:claim');
    await vi.waitFor(() => expect(lan.has('redemptions:claim')).toBe(true));
    expect(minh.has('redemptions:claim')).toBe(false);
    if (lan.has('redemptions:claim')) await lan.offers.claim({ offerId: platform.offers.scarce.id });
    const seen = await minh.offers.get({ offerId: platform.offers.scarce.id });
    expect([seen.soldOut, seen.usedByMember]).toEqual([true, 0]);
  });

  test('without one in common have nothing in common', async () => {
    const [one, other] = [hosted(), hosted()];
    one.withdraw('offers:read');
    expect([...other.platform.granted(other.member)]).toContain('offers:read');
    expect(one.platform.offers.instant.id).not.toBe(one.platform.offers.scarce.id);
  });
});

describe('faults of the platform', () => {
  test('deny a scope here too, and give it back when the fault is over', async () => {
    const host = hosted();
    const app = await open(host);
    await host.platform.switches.during({ deniedScopes: ['offers:read'] }, async () => {
      await expect(app.offers.list()).rejects.toMatchObject({ code: 'insufficient_scope', requiredScopes: ['offers:read'] });
    });
    expect((await app.offers.list()).items).toHaveLength(3);
    // The host knew, and did not ask the platform.
    expect(host.platform.calls.map(({ outcome }) => outcome)).toEqual(['ok']);
  });

  test('are put back in the order in which they were set, also one within another', async () => {
    const { switches } = createFakePlatform({ faults: { token: 'expired' } });
    await switches.during({ network: 'unreachable' }, async () => {
      await switches.during({ network: 'up', latencySeconds: 1 }, () => {
        expect(switches.faults).toMatchObject({ network: 'up', latencySeconds: 1, token: 'expired' });
      });
      expect(switches.faults).toMatchObject({ network: 'unreachable', latencySeconds: 0, token: 'expired' });
    });
    expect(switches.faults).toMatchObject({ network: 'up', token: 'expired' });
    switches.reset();
    expect(switches.faults.token).toBe('valid');
  });
});
