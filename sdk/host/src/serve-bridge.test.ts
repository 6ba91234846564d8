// The host's end, spoken to by hand: what is allowed, what is cut, and that nothing sent to it ever breaks it.
import { ApiError, UnreachableError } from '@chung/client/light';
import { BRIDGE_LIMITS, type BridgeOutcome, HostMessage, type Scope, type Surroundings } from '@chung/contracts';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MINI_APP_OPERATIONS, type ServeBridgeSettings, serveBridge } from './index.ts';

const SURROUNDINGS: Surroundings = {
  language: 'vi',
  theme: 'light',
  safeArea: { top: 0, right: 0, bottom: 0, left: 0 },
  visible: true,
};
const OFFER = '01936b5e-7c00-7000-8000-000000000001';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A host with its far end in the test's hand. */
function started(changes: Partial<ServeBridgeSettings> = {}) {
  const { port1, port2 } = new MessageChannel();
  const granted = new Set<Scope>(['openid', 'offers:read', 'redemptions:claim']);
  const heard: HostMessage[] = [];
  let onHeard = () => {};
  port2.addEventListener('message', ({ data }) => {
    heard.push(HostMessage.parse(JSON.parse(data)));
    onHeard();
  });
  port2.start();
  const invoke = vi.fn<ServeBridgeSettings['invoke']>(async (id) => ({ did: id }));
  const onCut = vi.fn<NonNullable<ServeBridgeSettings['onCut']>>();
  const settings = {
    port: port1,
    hostVersion: 5,
    granted: () => granted,
    invoke,
    optional: ['member.profile:read'] as const,
    askScope: async () => 'refused' as const,
    surroundings: SURROUNDINGS,
    onCut,
    ...changes,
  };
  const bridge = serveBridge(settings);
  closing.push(() => {
    bridge.close();
    port2.close();
  });
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((resolve) => (onHeard = resolve));
    return heard;
  };
  const say = (message: unknown) => port2.postMessage(JSON.stringify(message));
  const outcome = async (message: object): Promise<BridgeOutcome> => {
    const before = heard.length;
    say({ kind: 'call', id: 1, ...message });
    const all = await until(Math.max(before + 1, 2));
    const reply = all.at(-1);
    if (reply?.kind !== 'reply') throw new Error(`heard ${reply?.kind}`);
    return reply.outcome;
  };
  return { bridge, granted, heard, until, say, outcome, invoke, onCut, raw: port2 };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('what a mini-app may call', () => {
  test('is what a member can grant, and public readings; nothing of partners, admins or the platform’s own', () => {
    const ids: string[] = MINI_APP_OPERATIONS.map(({ id }) => id);
    expect(ids).toContain('offers.claim');
    expect(ids).toContain('provinces.list');
    expect(ids.filter((id) => /^(partner|partners|admin)\.|^me\.(grants|consents)/.test(id))).toEqual([]);
    for (const id of ['partners.register', 'me.grants.list', 'partner.balance.get'])
      expect(() => started({ operations: [{ id: id as 'me.get' }] })).toThrow(`A mini-app can never be given ${id}`);
  });

  test('the first word says what is granted and what is around', async () => {
    const { until } = started();
    const [first] = await until(1);
    expect(first).toEqual({
      kind: 'state',
      hostVersion: 5,
      granted: ['openid', 'offers:read', 'redemptions:claim'],
      surroundings: SURROUNDINGS,
    });
  });

  test('200: input checked by the registry, defaults filled in', async () => {
    const { outcome, invoke } = started();
    expect(await outcome({ operation: 'offers.list', query: { q: ' x ', limit: '3' } })).toEqual({
      status: 200,
      value: { did: 'offers.list' },
    });
    expect(invoke.mock.lastCall).toMatchObject(['offers.list', { params: {}, query: { q: 'x', limit: 3 } }]);
  });

  test('403 without the scope, 426 on an older host, 501 for what is not for mini-apps; the platform is not asked', async () => {
    const { outcome, invoke } = started({ operations: [{ id: 'offers.list', minimumHost: 9 }, { id: 'redemptions.list' }] });
    expect(await outcome({ operation: 'redemptions.list' })).toEqual({ status: 403, scope: 'redemptions:read' });
    expect(await outcome({ operation: 'offers.list' })).toEqual({ status: 426, minimumHost: 9 });
    for (const operation of ['me.get', 'partner.balance.get', 'constructor', '__proto__', 'fetch'])
      expect(await outcome({ operation })).toEqual({ status: 501 });
    expect(invoke).not.toHaveBeenCalled();
  });

  test('refused as the platform would: bad input, and a claim without a key', async () => {
    const { outcome, invoke } = started();
    const bad = await outcome({ operation: 'offers.get', params: { offerId: '../../admin' } });
    expect(bad).toMatchObject({ status: 'refused', problem: { code: 'validation_failed', fields: [{ path: 'params.offerId' }] } });
    expect(await outcome({ operation: 'offers.list', query: { admin: true } })).toMatchObject({ problem: { code: 'validation_failed' } });
    expect(await outcome({ operation: 'me.get', body: {} })).toMatchObject({ problem: { fields: [{ path: 'body' }] } });
    const noKey = { operation: 'offers.claim', params: { offerId: OFFER } };
    expect(await outcome(noKey)).toMatchObject({ problem: { code: 'idempotency_key_required' } });
    expect(invoke).not.toHaveBeenCalled();
    expect(await outcome({ ...noKey, idempotencyKey: 'k-1' })).toMatchObject({ status: 200 });
    expect(invoke.mock.lastCall?.[1].idempotencyKey).toBe('k-1');
  });
});

describe('how the platform’s answers travel', () => {
  const problem = { status: 409, code: 'offer_sold_out', title: 'Sold out', detail: 'No unit is left.', request_id: 'req_1' };

  test.each([
    ['its refusal, with its problem', new ApiError(problem, 3), { status: 'refused', problem, retryAfterSeconds: 3 }],
    ['no answer', new UnreachableError(new DOMException('x', 'TimeoutError')), { status: 'unreachable', timedOut: true }],
    [
      'a scope that it knows to be gone',
      new ApiError({ status: 403, code: 'insufficient_scope', required_scopes: ['offers:read'] }),
      { status: 403, scope: 'offers:read' },
    ],
  ])('%s', async (_what, error, expected) => {
    const { outcome } = started({ invoke: () => Promise.reject(error) });
    expect(await outcome({ operation: 'offers.list' })).toEqual(expected);
  });

  test('a bug of the host tells nothing of itself', async () => {
    const { outcome, heard } = started({ invoke: () => Promise.reject(new TypeError('cookie=secret')) });
    expect(await outcome({ operation: 'offers.list' })).toMatchObject({ status: 'refused', problem: { code: 'internal', status: 500 } });
    expect(JSON.stringify(heard)).not.toContain('secret');
  });

  test('a reply that cannot be written, or is too large to be read, is the host’s mistake and ends the call', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const reply of [circle, { amount: 1n }, { text: 'x'.repeat(BRIDGE_LIMITS.charactersFromHost) }]) {
      const { outcome } = started({ invoke: async () => reply });
      expect(await outcome({ operation: 'offers.list' })).toMatchObject({ status: 'refused', problem: { code: 'internal' } });
    }
  });

  test('parts of a reply whose scope is not granted are left out, should the platform not have done so', async () => {
    const { outcome, granted } = started({ invoke: async () => ({ id: 'm', profile: { displayName: 'An' }, contact: { phone: '0912' } }) });
    expect(await outcome({ operation: 'me.get' })).toEqual({ status: 200, value: { id: 'm' } });
    granted.add('member.profile:read');
    expect(await outcome({ operation: 'me.get' })).toEqual({ status: 200, value: { id: 'm', profile: { displayName: 'An' } } });
  });
});

describe('while it runs', () => {
  test('a withdrawn scope gives up what is under way and is told at once', async () => {
    const gate = Promise.withResolvers<object>();
    const { bridge, granted, say, until, invoke } = started({ invoke: vi.fn(() => gate.promise) });
    say({ kind: 'call', id: 7, operation: 'offers.list' });
    await vi.waitFor(() => expect(until(1)).resolves.toBeDefined());
    await quiet();
    granted.delete('offers:read');
    bridge.scopesChanged();
    gate.resolve({ items: ['secret'], nextCursor: null });
    const heard = await until(3);
    expect(heard[1]).toEqual({ kind: 'scopes', granted: ['openid', 'redemptions:claim'] });
    expect(heard[2]).toEqual({ kind: 'reply', id: 7, outcome: { status: 403, scope: 'offers:read' } });
    expect(invoke).not.toHaveBeenCalled();
  });

  test('a call that is given up is aborted and not answered; its number may be used again', async () => {
    const signals: AbortSignal[] = [];
    const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const { say, until } = started({
      invoke: (_id, { signal }) => {
        signals.push(signal);
        return gates[signals.length - 1]?.promise ?? Promise.reject(new Error('a third call'));
      },
    });
    say({ kind: 'call', id: 1, operation: 'me.get' });
    say({ kind: 'cancel', id: 1 });
    say({ kind: 'call', id: 1, operation: 'me.get' });
    await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]));
    gates[0]?.resolve('first');
    await quiet();
    gates[1]?.resolve('second');
    expect((await until(2))[1]).toMatchObject({ id: 1, outcome: { status: 200, value: 'second' } });
  });

  test('more calls at once than allowed are refused; a number in use is passed over', async () => {
    const { say, until, heard } = started({ invoke: () => new Promise(() => {}), limits: { callsAtOnce: 2 } });
    for (const id of [1, 1, 2, 3]) say({ kind: 'call', id, operation: 'me.get' });
    expect((await until(2))[1]).toMatchObject({ id: 3, outcome: { problem: { code: 'rate_limited' }, retryAfterSeconds: 1 } });
    await quiet();
    expect(heard).toHaveLength(2);
  });

  test('an optional scope is asked for in the host’s sheet, one after the other, and the news comes before the answer', async () => {
    const order: string[] = [];
    const { say, until } = started({
      askScope: async (scope) => {
        order.push(`open ${scope}`);
        await quiet();
        order.push('closed');
        return 'refused';
      },
      optional: ['member.profile:read', 'member.membership:read'],
    });
    say({ kind: 'ask', id: 1, scope: 'member.profile:read' });
    say({ kind: 'ask', id: 2, scope: 'member.membership:read' });
    const heard = await until(3);
    expect(order).toEqual(['open member.profile:read', 'closed', 'open member.membership:read', 'closed']);
    expect(heard.slice(1).map((one) => one.kind === 'answer' && one.decision)).toEqual(['refused', 'refused']);
  });

  test('granted comes with the news first; a sheet that fails has granted nothing; what no manifest names is not asked', async () => {
    const asked: Scope[] = [];
    const { say, until, granted } = started({
      askScope: async (scope) => {
        asked.push(scope);
        if (asked.length === 1) throw new Error('the sheet broke');
        granted.add(scope);
        return 'granted';
      },
    });
    for (const [id, scope] of ['member.contact:read', 'nonsense', 'member.profile:read'].entries()) say({ kind: 'ask', id: id + 1, scope });
    await until(4);
    say({ kind: 'ask', id: 4, scope: 'member.profile:read' });
    const heard = await until(6);
    expect(asked).toEqual(['member.profile:read', 'member.profile:read']);
    expect(heard.slice(1, 4).map((one) => one.kind === 'answer' && one.decision)).toEqual(['refused', 'refused', 'refused']);
    expect(heard.slice(4).map(({ kind }) => kind)).toEqual(['scopes', 'answer']);
  });

  test('theme, language, back and the end are told; after the end nothing is', async () => {
    const onBackHandled = vi.fn();
    const { bridge, say, until, heard } = started({ onBackHandled });
    say({ kind: 'back', handled: true });
    await vi.waitFor(() => expect(onBackHandled).toHaveBeenCalledWith(true));
    bridge.surround({ theme: 'dark' });
    bridge.surround({ language: 'en' });
    bridge.pressBack();
    bridge.close();
    bridge.pressBack();
    bridge.close();
    await until(5);
    await quiet();
    expect(heard.slice(1)).toEqual([
      { kind: 'surroundings', surroundings: { ...SURROUNDINGS, theme: 'dark' } },
      { kind: 'surroundings', surroundings: { ...SURROUNDINGS, theme: 'dark', language: 'en' } },
      { kind: 'back' },
      { kind: 'end', reason: 'closed' },
    ]);
  });
});

describe('limits', () => {
  test('a flood is cut at its rate and reaches nothing any more', async () => {
    const { say, invoke, onCut, until } = started({ nowMs: () => 1_000 });
    for (let id = 1; id <= 1_000; id++) say({ kind: 'call', id, operation: 'me.get' });
    await vi.waitFor(() => expect(onCut).toHaveBeenCalledExactlyOnceWith('rate'));
    expect((await until(2)).some((one) => one.kind === 'end' && one.reason === 'rate')).toBe(true);
    await quiet();
    expect(invoke.mock.calls.length).toBeLessThanOrEqual(BRIDGE_LIMITS.messagesPerSecond);
  });

  test('the same number over a longer time is no flood', async () => {
    let now = 0;
    const { say, onCut, invoke } = started({
      nowMs: () => {
        now += 6;
        return now;
      },
    });
    for (let id = 1; id <= 1_000; id++) say({ kind: 'cancel', id });
    say({ kind: 'call', id: 1, operation: 'me.get' });
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(1));
    expect(onCut).not.toHaveBeenCalled();
  });

  test('one message that is too large ends it, before it is read', async () => {
    const { raw, onCut } = started();
    raw.postMessage(`{"kind":"cancel","id":1${' '.repeat(BRIDGE_LIMITS.charactersFromApp)}}`);
    await vi.waitFor(() => expect(onCut).toHaveBeenCalledExactlyOnceWith('size'));
  });
});

test('garbage neither breaks it nor is answered, and the next call goes through', async () => {
  const nearly = fc.record(
    {
      kind: fc.constantFrom('call', 'cancel', 'ask', 'back', 'reply', 'state', '__proto__'),
      id: fc.oneof(fc.integer(), fc.string(), fc.double()),
      operation: fc.oneof(fc.string(), fc.constantFrom('toString', '__proto__')),
      params: fc.anything(),
      query: fc.anything(),
      scope: fc.anything(),
      handled: fc.anything(),
      url: fc.webUrl(),
    },
    { requiredKeys: ['kind'] },
  );
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    nearly.map((one) => safeText(one)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(text, fc.constantFrom(null, 1, undefined, new Date(), new Map([[1, 2]]))), { maxLength: 30 }),
      async (sent) => {
        const { raw, say, until, invoke, onCut } = started();
        for (const one of sent) raw.postMessage(one);
        say({ kind: 'call', id: 777_777, operation: 'offers.list' });
        await vi.waitFor(() => expect(invoke.mock.calls.map(([id]) => id)).toContain('offers.list'));
        const heard = await until(2);
        // Whatever is answered carries a number that a well-formed message asked under.
        expect(heard.every((one) => one.kind !== 'reply' || Number.isSafeInteger(one.id))).toBe(true);
        expect(onCut).not.toHaveBeenCalled();
        for (const close of closing.splice(0)) close();
      },
    ),
    { numRuns: 40 },
  );
});

/** fast-check makes values that JSON has no word for; those are no text that could arrive. */
function safeText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'null';
  }
}
