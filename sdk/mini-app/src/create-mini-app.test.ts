// The mini-app's end against the real end of the host, and against a host that tells nonsense.

import type { BridgePort, OfferId, Scope } from '@chung/contracts';
import { type BridgeServer, type ServeBridgeSettings, serveBridge } from '@chung/host';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiError, createMiniApp, type MemberScope, type MiniAppSettings, ScopesNotGrantedError } from './index.ts';

const SURROUNDINGS: ServeBridgeSettings['surroundings'] = {
  language: 'vi',
  theme: 'light',
  safeArea: { top: 44, right: 0, bottom: 34, left: 0 },
  visible: true,
};
const OFFER = '01936b5e-7c00-7000-8000-000000000001' as OfferId;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface HostChanges extends Partial<ServeBridgeSettings> {
  readonly scopes?: readonly Scope[];
}

function host({ scopes = ['openid', 'offers:read'], ...changes }: HostChanges = {}) {
  const { port1, port2 } = new MessageChannel();
  const granted = new Set<Scope>(scopes);
  const invoke = vi.fn<ServeBridgeSettings['invoke']>(async () => ({ items: [], nextCursor: null }));
  const bridge: BridgeServer = serveBridge({
    port: port1,
    hostVersion: 3,
    granted: () => granted,
    invoke,
    optional: ['redemptions:claim'],
    askScope: async (scope) => {
      granted.add(scope);
      return 'granted';
    },
    surroundings: SURROUNDINGS,
    ...changes,
  });
  closing.push(bridge.close, () => port2.close());
  return { bridge, granted, invoke, port: port2 };
}

const reading = (port: BridgePort, more: Partial<MiniAppSettings<MemberScope, MemberScope>> = {}) =>
  createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'], port, ...pick(more) });
const pick = ({ timeoutSeconds }: Partial<MiniAppSettings<MemberScope, MemberScope>>) =>
  timeoutSeconds === undefined ? {} : { timeoutSeconds };

const caught = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('at the start', () => {
  test('what is declared and not granted is named', async () => {
    const { port } = host({ scopes: ['openid'] });
    const error = await caught(createMiniApp({ scopes: ['openid', 'offers:read'], port }));
    expect(error).toBeInstanceOf(ScopesNotGrantedError);
    expect(error).toMatchObject({ missing: ['offers:read'] });
  });

  test('outside a host it says so', async () => {
    expect(await caught(createMiniApp({ scopes: ['openid'] }))).toMatchObject({ name: 'NoHostError' });
  });

  test('the app is frozen, has no prototype, and names only what mini-apps have', async () => {
    const app = await reading(host().port);
    expect(Object.keys(app).toSorted()).toEqual(['draws', 'granted', 'host', 'me', 'offers', 'provinces', 'redemptions']);
    expect(Object.isFrozen(app) && Object.isFrozen(app.offers)).toBe(true);
    expect(Object.getPrototypeOf(app)).toBeNull();
    expect([app.host.version, app.host.surroundings]).toEqual([3, SURROUNDINGS]);
  });
});

describe('a call', () => {
  test('goes to its operation with its fields in their places', async () => {
    const { port, invoke } = host();
    const app = await reading(port);
    await app.offers.list({ q: 'cáp quang', limit: 5 });
    expect(invoke.mock.lastCall).toMatchObject(['offers.list', { query: { q: 'cáp quang', limit: 5 } }]);
    await app.offers.get({ offerId: OFFER });
    expect(invoke.mock.lastCall).toMatchObject(['offers.get', { params: { offerId: OFFER } }]);
  });

  test('that has an effect carries a key of its own, or the one it is given', async () => {
    const { port, invoke } = host({ scopes: ['openid', 'offers:read', 'redemptions:claim'] });
    const app = await createMiniApp({ scopes: ['redemptions:claim'], port });
    await app.offers.claim({ offerId: OFFER });
    await app.offers.claim({ offerId: OFFER });
    await app.offers.claim({ offerId: OFFER }, { idempotencyKey: 'mine' });
    const keys = invoke.mock.calls.map(([, { idempotencyKey }]) => idempotencyKey);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect([new Set(keys).size, keys[2]]).toEqual([3, 'mine']);
  });

  test('all() walks the pages', async () => {
    const { port, invoke } = host();
    invoke.mockImplementation(async (_id, { query }) =>
      query['cursor'] === 'two' ? { items: ['c'], nextCursor: null } : { items: ['a', 'b'], nextCursor: 'two' },
    );
    const app = await reading(port);
    const seen: unknown[] = [];
    for await (const offer of app.offers.list.all({ category: 'home' })) seen.push(offer);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(invoke.mock.calls.map(([, { query }]) => query['category'])).toEqual(['home', 'home']);
  });

  test('many at once each get their own answer, in whatever order they come', async () => {
    const { port } = host({
      invoke: async (_id, { query }) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        return { items: [query['q']], nextCursor: null };
      },
    });
    const app = await reading(port);
    const words = Array.from({ length: 40 }, (_, number) => `word ${number}`);
    const answers = await Promise.all(words.map((q) => app.offers.list({ q })));
    expect(answers.map(({ items }): unknown => items[0])).toEqual(words);
  });

  test.each([
    [
      new ApiError({ status: 409, code: 'offer_sold_out', title: 'Sold out' }, 2),
      { name: 'ApiError', code: 'offer_sold_out', retryAfterSeconds: 2 },
    ],
    [new TypeError('host bug'), { name: 'ApiError', code: 'internal', status: 500 }],
  ])('is refused with a typed error (%s)', async (thrown, expected) => {
    const app = await reading(host({ invoke: () => Promise.reject(thrown) }).port);
    expect(await caught(app.offers.list())).toMatchObject(expected);
  });

  test('that the host cannot do says which version can, or that none does', async () => {
    const { port } = host({ operations: [{ id: 'offers.list', minimumHost: 8 }] });
    const app = await reading(port);
    expect(await caught(app.offers.list())).toMatchObject({ name: 'HostTooOldError', minimumHost: 8 });
    expect(await caught(app.me.get())).toMatchObject({ name: 'UnknownOperationError' });
  });

  test('that is given up or too slow ends at once, at the host too', async () => {
    const signals: AbortSignal[] = [];
    const { port } = host({
      invoke: (_id, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const app = await reading(port, { timeoutSeconds: 0.05 });
    expect(await caught(app.offers.list())).toMatchObject({ name: 'UnreachableError', timedOut: true });
    const controller = new AbortController();
    const attempt = caught(app.offers.list({}, { signal: controller.signal }));
    await vi.waitFor(() => expect(signals).toHaveLength(2));
    controller.abort(new Error('never mind'));
    expect(await attempt).toMatchObject({ message: 'never mind' });
    expect(await caught(app.offers.list({}, { signal: AbortSignal.abort(new Error('before')) }))).toMatchObject({ message: 'before' });
    await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]));
  });

  test('larger than the bridge allows is refused here, before the host would end the connection', async () => {
    const app = await reading(host().port);
    expect(await caught(app.offers.list({ q: 'x'.repeat(70_000) }))).toMatchObject({ code: 'payload_too_large', status: 413 });
    expect(await app.offers.list()).toEqual({ items: [], nextCursor: null });
  });
});

test('a screen that asks for much at once waits a little, and is not taken away for it', { timeout: 10_000 }, async () => {
  const onCut = vi.fn();
  const { port } = host({ onCut, invoke: async (_id, { query }) => ({ items: [query['q']], nextCursor: null }) });
  const app = await reading(port);
  const answers = await Promise.all(Array.from({ length: 240 }, (_, number) => app.offers.list({ q: String(number) })));
  expect(answers.map(({ items }): unknown => items[0])).toEqual(Array.from({ length: 240 }, (_, number) => String(number)));
  expect(onCut).not.toHaveBeenCalled();
});

describe('scopes', () => {
  test('an optional one is asked for, and then its operations go through', async () => {
    const { port, invoke } = host();
    const app = await reading(port);
    expect([app.has('redemptions:claim'), await app.request('redemptions:claim'), app.has('redemptions:claim')]).toEqual([
      false,
      'granted',
      true,
    ]);
    if (app.has('redemptions:claim')) await app.offers.claim({ offerId: OFFER });
    expect(invoke.mock.lastCall?.[0]).toBe('offers.claim');
    expect(await app.request('redemptions:claim')).toBe('granted');
  });

  test('a declared one that is withdrawn makes every call say so, until it is back', async () => {
    const { port, granted, bridge } = host();
    const app = await reading(port);
    const heard: (readonly Scope[])[] = [];
    const stop = app.host.onScopes(({ missing }) => void heard.push(missing));
    granted.delete('offers:read');
    bridge.scopesChanged();
    await vi.waitFor(() => expect(heard).toEqual([['offers:read']]));
    expect(await caught(app.me.get())).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['offers:read'] });
    granted.add('offers:read');
    bridge.scopesChanged();
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(await app.offers.list()).toEqual({ items: [], nextCursor: null });
    stop();
  });

  test('one that the platform knows to be withdrawn, before the host has heard, is a 403', async () => {
    const { port } = host({
      invoke: () => Promise.reject(new ApiError({ status: 403, code: 'insufficient_scope', required_scopes: ['openid'] })),
    });
    const app = await reading(port);
    expect(await caught(app.me.get())).toMatchObject({ name: 'ApiError', code: 'insufficient_scope', requiredScopes: ['openid'] });
  });
});

describe('the host around', () => {
  test('its changes are told; a listener that throws keeps no other from hearing', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const { port, bridge } = host();
    const app = await reading(port);
    const themes: string[] = [];
    app.host.onSurroundings(() => {
      throw new Error('mine');
    });
    const stop = app.host.onSurroundings(({ theme }) => void themes.push(theme));
    bridge.surround({ theme: 'dark' });
    await vi.waitFor(() => expect(themes).toEqual(['dark']));
    expect(app.host.surroundings.theme).toBe('dark');
    expect(reported).toHaveBeenCalledTimes(1);
    stop();
    bridge.surround({ theme: 'light' });
    await vi.waitFor(() => expect(app.host.surroundings.theme).toBe('light'));
    expect(themes).toEqual(['dark']);
    vi.unstubAllGlobals();
  });

  test('the back button is taken while somebody listens, and goes to the last', async () => {
    const handled: boolean[] = [];
    const { port, bridge } = host({ onBackHandled: (yes) => void handled.push(yes) });
    const app = await reading(port);
    const pressed: string[] = [];
    const stopFirst = app.host.onBack(() => void pressed.push('first'));
    const stopSecond = app.host.onBack(() => void pressed.push('second'));
    bridge.pressBack();
    await vi.waitFor(() => expect(pressed).toEqual(['second']));
    stopSecond();
    stopSecond();
    bridge.pressBack();
    await vi.waitFor(() => expect(pressed).toEqual(['second', 'first']));
    stopFirst();
    await vi.waitFor(() => expect(handled).toEqual([true, false]));
  });

  test('when it ends the connection, everything that is open rejects, and what comes after too', async () => {
    const { port, bridge } = host({ invoke: () => new Promise(() => {}) });
    const app = await reading(port);
    const ended = vi.fn();
    app.host.onEnd(ended);
    const open = caught(app.offers.list());
    bridge.close();
    expect(await open).toMatchObject({ name: 'UnreachableError', timedOut: false });
    expect(await caught(app.offers.list())).toMatchObject({ name: 'UnreachableError' });
    expect(await caught(app.request('redemptions:claim'))).toMatchObject({ name: 'UnreachableError' });
    expect(ended).toHaveBeenCalledTimes(1);
  });
});

test('whatever a host sends, nothing breaks and no call gets what is not its own', async () => {
  const outcome = fc.oneof(
    fc.record({ status: fc.constantFrom(200, 403, 426, 501, 'refused', 'unreachable', 999), value: fc.json(), problem: fc.anything() }),
    fc.anything(),
  );
  const nearly = fc.record({
    kind: fc.constantFrom('reply', 'answer', 'scopes', 'surroundings', 'back', 'call', 'state'),
    // Numbers that no call has: the first one is 1.
    id: fc.oneof(fc.integer({ min: 1_000 }), fc.integer({ max: 0 }), fc.string(), fc.constant(1.5)),
    outcome,
    decision: fc.anything(),
    granted: fc.constant(['openid', 'offers:read']),
    surroundings: fc.anything(),
  });
  const sent = fc.array(fc.oneof(fc.json(), fc.string(), nearly, fc.constantFrom(null, 7, new Date())), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(sent, async (messages) => {
      const { port1, port2 } = new MessageChannel();
      port1.start();
      port1.postMessage(JSON.stringify({ kind: 'state', hostVersion: 1, granted: ['openid', 'offers:read'], surroundings: SURROUNDINGS }));
      const app = await reading(port2);
      const own = app.offers.list();
      for (const message of messages)
        port1.postMessage(typeof message === 'object' && message && 'kind' in message ? asText(message) : message);
      port1.postMessage(JSON.stringify({ kind: 'reply', id: 1, outcome: { status: 200, value: 'its own' } }));
      port1.postMessage(JSON.stringify({ kind: 'reply', id: 1, outcome: { status: 200, value: 'a second answer' } }));
      expect(await own).toBe('its own');
      port1.close();
    }),
    { numRuns: 150 },
  );
});

function asText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'null';
  }
}
