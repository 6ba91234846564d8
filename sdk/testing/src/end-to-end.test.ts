// A mini-app, the bridge, the platform: all real but the network and the state.
import type { OfferId, Scope } from '@chung/contracts';
import { createMiniApp } from '@chung/mini-app';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFakeHost, createFakePlatform, type FakeHost, type FakeHostSettings } from './index.ts';

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

async function started(changes: Partial<FakeHostSettings> = {}) {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const host = createFakeHost({
    platform,
    scopes: ['openid', 'offers:read'],
    optional: ['redemptions:claim', 'member.profile:read'],
    ...changes,
  });
  hosts.push(host);
  const app = await createMiniApp({
    scopes: ['openid', 'offers:read'],
    optional: ['redemptions:claim', 'member.profile:read'],
    port: host.port,
  });
  return { app, host, platform };
}

const caught = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no error',
    (error: unknown) => error,
  );

test('browse, ask, claim: from a mini-app to the platform’s books of this test', async () => {
  const { app, host, platform } = await started();
  const titles: string[] = [];
  for await (const offer of app.offers.list.all({ limit: 1 })) titles.push(offer.title.vi);
  expect(titles).toEqual(['Một suất duy nhất', 'Giảm 20% tại quầy', 'Tặng 10 GB']);
  expect(await app.me.get()).toEqual({ id: 'ref-lan' });

  expect(await app.request('redemptions:claim')).toBe('granted');
  expect(host.asked).toEqual(['redemptions:claim']);
  if (!app.has('redemptions:claim')) throw new Error('granted was expected');
  const offerId: OfferId = platform.offers.counter.id;
  const claimed = await app.offers.claim({ offerId });
  expect(claimed).toMatchObject({ state: 'RESERVED', code: 'SAOBAC-0001' });
  expect(await app.redemptions.cancel({ redemptionId: claimed.id })).toMatchObject({ state: 'RELEASED' });
  expect(platform.store.events.map(({ type }) => type).slice(-3)).toEqual([
    'consent.granted.v1',
    'redemption.reserved.v1',
    'redemption.released.v1',
  ]);
  expect(platform.calls.every(({ actor }) => actor === 'member')).toBe(true);
});

describe('the member decides', () => {
  test('no is no: refused, and the operation with it', async () => {
    const { app, host } = await started({ willGrant: [] });
    expect(await app.request('redemptions:claim')).toBe('refused');
    expect(app.has('redemptions:claim')).toBe(false);
    expect(host.asked).toEqual(['redemptions:claim']);
  });

  test('a withdrawal is felt by the next call, and told', async () => {
    const { app, host } = await started();
    const heard: (readonly Scope[])[] = [];
    app.host.onScopes(({ missing }) => void heard.push(missing));
    host.withdraw('offers:read');
    await vi.waitFor(() => expect(heard).toEqual([['offers:read']]));
    expect(await caught(app.offers.list())).toMatchObject({ name: 'ScopesNotGrantedError' });
    host.grant('offers:read');
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect((await app.offers.list()).items).toHaveLength(3);
  });

  test('parts of the member come and go with their scopes', async () => {
    const { app, host } = await started();
    host.grant('member.profile:read');
    await vi.waitFor(() => expect(app.has('member.profile:read')).toBe(true));
    if (app.has('member.profile:read')) expect((await app.me.get()).profile.displayName).toBe('Nguyễn Thị Lan');
    host.withdraw('member.profile:read');
    await vi.waitFor(() => expect(app.has('member.profile:read')).toBe(false));
    expect(await app.me.get()).toEqual({ id: 'ref-lan' });
  });
});

describe('faults reach the mini-app as themselves', () => {
  test('unreachable, slow, rate limited, expired, denied', async () => {
    const { app, platform } = await started();
    const { switches } = platform;
    const list = () => caught(app.offers.list());
    expect(await switches.during({ network: 'unreachable' }, list)).toMatchObject({ name: 'UnreachableError' });
    expect(await switches.during({ rate: { retryAfterSeconds: 9 } }, list)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 9 });
    expect(await switches.during({ token: 'expired' }, list)).toMatchObject({ code: 'invalid_token', status: 401 });
    expect(await switches.during({ deniedScopes: ['offers:read'] }, list)).toMatchObject({ code: 'insufficient_scope' });
    const slow = switches.during({ latencySeconds: 30 }, () => caught(app.offers.list({}, { signal: AbortSignal.timeout(20) })));
    expect(await slow).toMatchObject({ name: 'TimeoutError' });
  });

  test('a claim whose answer was lost is harmless to repeat under its key', async () => {
    const { app, platform, host } = await started();
    host.grant('redemptions:claim');
    await vi.waitFor(() => expect(app.has('redemptions:claim')).toBe(true));
    if (!app.has('redemptions:claim')) return;
    const { claim } = app.offers;
    const again = () => claim({ offerId: platform.offers.instant.id }, { idempotencyKey: 'mine' });
    expect(await platform.switches.during({ network: 'answers_lost' }, () => caught(again()))).toMatchObject({ name: 'UnreachableError' });
    expect(await again()).toMatchObject({ state: 'REDEEMED' });
    expect(platform.store.redemptions.size).toBe(1);
  });

  test('an older host, one without the operation, and a flood that is cut', async () => {
    const older = await started({ operations: [{ id: 'offers.list', minimumHost: 4 }], hostVersion: 3 });
    expect(await caught(older.app.offers.list())).toMatchObject({ name: 'HostTooOldError', minimumHost: 4 });
    expect(await caught(older.app.me.get())).toMatchObject({ name: 'UnknownOperationError' });
    const { app, host } = await started({ limits: { messagesPerSecond: 20 } });
    const flood = await Promise.all(Array.from({ length: 60 }, () => caught(app.me.get())));
    expect(flood.at(-1)).toMatchObject({ name: 'UnreachableError' });
    expect(host.cut).toBe('rate');
  });
});

test('theme, language and back come through', async () => {
  const { app, host } = await started({ surroundings: { theme: 'dark' } });
  expect(app.host.surroundings.theme).toBe('dark');
  const back = vi.fn();
  app.host.onBack(back);
  await vi.waitFor(() => expect(host.isBackHandled).toBe(true));
  host.surround({ language: 'en' });
  host.pressBack();
  await vi.waitFor(() => expect(back).toHaveBeenCalledTimes(1));
  expect(app.host.surroundings.language).toBe('en');
});
