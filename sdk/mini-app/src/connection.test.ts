// The mini-app's end of the bridge over a port that a test holds: numbers, giving up, limits and the end, to the single message.
import { type AppMessage, BRIDGE_LIMITS, type BridgePort, type HostMessage } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, type HostEvent } from './connection.ts';
import { createMiniApp } from './create-mini-app.ts';
import { HostTooOldError, NoHostError, UnknownOperationError } from './errors.ts';
import { hostOver } from './host.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SURROUNDINGS = { language: 'vi', theme: 'light', safeArea: { top: 0, right: 0, bottom: 0, left: 0 }, visible: true } as const;

/** A port whose other end is the test. */
function heldPort() {
  const sent: AppMessage[] = [];
  const hearers: ((event: { readonly data: unknown }) => void)[] = [];
  const port: BridgePort = {
    postMessage: (message) => void sent.push(JSON.parse(String(message))),
    addEventListener: (_type, listener) => void hearers.push(listener),
    start: vi.fn(),
    close: vi.fn(),
  };
  const tellRaw = (data: unknown) => {
    for (const hear of hearers) hear({ data });
  };
  return { port, sent, tellRaw, tell: (message: HostMessage) => tellRaw(JSON.stringify(message)) };
}

function connected() {
  const held = heldPort();
  const heard: HostEvent[] = [];
  return { ...held, heard, connection: connect(held.port, (event) => void heard.push(event)) };
}
const done = (value: unknown) => ({ status: 200, value }) as const;
const options = (more: { signal?: AbortSignal; timeoutMs?: number } = {}) => ({ timeoutMs: 1_000, ...more });
const failureOf = (work: Promise<unknown>) =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a call', () => {
  test('has a number of its own, rising from one, and gets the answer of that number', async () => {
    const { connection, sent, tell } = connected();
    const calls = ['offers.list', 'me.get'].map((operation) => connection.call({ operation }, options()));
    await settle();
    expect(sent).toEqual([
      { kind: 'call', id: 1, operation: 'offers.list' },
      { kind: 'call', id: 2, operation: 'me.get' },
    ]);
    tell({ kind: 'reply', id: 2, outcome: done('second') });
    tell({ kind: 'reply', id: 1, outcome: done('first') });
    expect(await Promise.all(calls)).toEqual([done('first'), done('second')]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is settled by its first answer; a second one, or one to nothing, is passed over', async () => {
    const { connection, tell, heard } = connected();
    const call = connection.call({ operation: 'me.get' }, options());
    await settle();
    for (const value of ['first', 'second']) tell({ kind: 'reply', id: 1, outcome: done(value) });
    tell({ kind: 'reply', id: 99, outcome: done('nobody’s') });
    expect([await call, heard]).toEqual([done('first'), []]);
  });

  test('that takes too long is given up once, and its late answer belongs to nobody', async () => {
    const { connection, sent, tell } = connected();
    const failure = failureOf(connection.call({ operation: 'me.get' }, options({ timeoutMs: 50 })));
    await vi.advanceTimersByTimeAsync(49);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failure).toMatchObject({ name: 'UnreachableError', timedOut: true });
    tell({ kind: 'reply', id: 1, outcome: done('late') });
    expect(sent.slice(1)).toEqual([{ kind: 'cancel', id: 1 }]);
    const next = connection.call({ operation: 'me.get' }, options());
    await settle();
    tell({ kind: 'reply', id: 2, outcome: done('its own') });
    expect(await next).toEqual(done('its own'));
  });

  test('that is given up after its answer takes nothing back', async () => {
    const { connection, sent, tell } = connected();
    const giveUp = new AbortController();
    const call = connection.call({ operation: 'me.get' }, options({ signal: giveUp.signal }));
    await settle();
    tell({ kind: 'reply', id: 1, outcome: done('here') });
    expect(await call).toEqual(done('here'));
    await settle();
    giveUp.abort(new Error('too late'));
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  test('of the most characters is sent; with one more it is refused here, and makes room for the next', async () => {
    const { connection, sent, tell } = connected();
    const empty = JSON.stringify({ kind: 'call', id: 1, operation: 'o', body: '' }).length;
    const body = (more: number) => 'x'.repeat(BRIDGE_LIMITS.charactersFromApp - empty + more);
    const fits = connection.call({ operation: 'o', body: body(0) }, options());
    await settle();
    tell({ kind: 'reply', id: 1, outcome: done(1) });
    await fits;
    for (let i = 0; i < 40; i++)
      expect(await failureOf(connection.call({ operation: 'o', body: body(1) }, options()))).toMatchObject({ code: 'payload_too_large' });
    const next = connection.call({ operation: 'o' }, options());
    await settle();
    expect(sent).toHaveLength(2);
    tell({ kind: 'reply', id: sent[1]?.kind === 'call' ? sent[1].id : 0, outcome: done(2) });
    expect(await next).toEqual(done(2));
  });
});

describe('what the host sends', () => {
  test.each([
    ['no text', { kind: 'back' }],
    ['no JSON', '{'],
    ['no message of a host', JSON.stringify({ kind: 'cancel', id: 1 })],
    ['longer than any', `${JSON.stringify({ kind: 'back' })}${' '.repeat(BRIDGE_LIMITS.charactersFromHost)}`],
  ])('and is %s is passed over', (_what, data) => {
    const { tellRaw, heard } = connected();
    tellRaw(data);
    expect(heard).toEqual([]);
  });

  test('is an event where it answers nothing, in its order', async () => {
    const { tell, heard } = connected();
    const events: HostMessage[] = [
      { kind: 'scopes', granted: ['openid'] },
      { kind: 'back' },
      { kind: 'surroundings', surroundings: SURROUNDINGS },
    ];
    for (const event of events) tell(event);
    expect(heard).toEqual(events);
  });

  test('to a question for a scope is what the member said, each to its own', async () => {
    const { connection, sent, tell } = connected();
    const asks = [connection.ask('redemptions:claim'), connection.ask('member.profile:read')];
    expect(sent).toMatchObject([
      { kind: 'ask', id: 1, scope: 'redemptions:claim' },
      { kind: 'ask', id: 2, scope: 'member.profile:read' },
    ]);
    tell({ kind: 'answer', id: 2, decision: 'refused' });
    tell({ kind: 'answer', id: 1, decision: 'granted' });
    expect(await Promise.all(asks)).toEqual(['granted', 'refused']);
  });
});

describe('the end', () => {
  test.each(['of the host', 'of the mini-app'])(
    '%s rejects all that is open, closes the port once, and nothing is said or heard after',
    async (whose) => {
      const { connection, port, sent, tell, heard } = connected();
      const open = [failureOf(connection.call({ operation: 'me.get' }, options())), failureOf(connection.ask('redemptions:claim'))];
      await settle();
      for (const _ of [1, 2])
        if (whose === 'of the host') tell({ kind: 'end', reason: 'closed' });
        else connection.close();
      for (const failure of await Promise.all(open)) expect(failure).toMatchObject({ name: 'UnreachableError', timedOut: false });
      connection.handleBack(true);
      tell({ kind: 'back' });
      expect(await failureOf(connection.call({ operation: 'me.get' }, options()))).toMatchObject({ name: 'UnreachableError' });
      expect([sent.length, heard.length, vi.getTimerCount()]).toEqual([2, whose === 'of the host' ? 1 : 0, 0]);
      expect(port.close).toHaveBeenCalledTimes(1);
    },
  );
});

describe('the first word of the host', () => {
  const settings = { scopes: ['openid'] } as const;
  const state = (granted: string[]) => ({ kind: 'state', hostVersion: 3, granted, surroundings: SURROUNDINGS }) as const;

  test('is waited for ten seconds; without it there is no host, and the port is let go', async () => {
    const { port, tell } = heldPort();
    const failure = failureOf(createMiniApp({ ...settings, port }));
    tell({ kind: 'scopes', granted: ['openid'] });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(port.close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await failure).toBeInstanceOf(NoHostError);
    expect(port.close).toHaveBeenCalledTimes(1);
  });

  test('counts once: a second one undoes nothing that was granted since', async () => {
    const { port, tell } = heldPort();
    const starting = createMiniApp({ ...settings, optional: ['redemptions:claim'], port });
    tell(state(['openid']));
    const app = await starting;
    tell({ kind: 'scopes', granted: ['openid', 'redemptions:claim'] });
    tell(state(['openid']));
    expect([app.has('redemptions:claim'), app.host.version]).toEqual([true, 3]);
  });

  test('is followed at once by what came with it', async () => {
    const { port, tell } = heldPort();
    const starting = createMiniApp({ ...settings, optional: ['redemptions:claim'], port });
    tell(state(['openid']));
    tell({ kind: 'scopes', granted: ['openid', 'redemptions:claim'] });
    tell({ kind: 'surroundings', surroundings: { ...SURROUNDINGS, theme: 'dark' } });
    const app = await starting;
    expect([app.has('redemptions:claim'), app.host.surroundings.theme]).toEqual([true, 'dark']);
  });

  test('that grants too little ends the connection', async () => {
    const { port, tell } = heldPort();
    const failure = failureOf(createMiniApp({ ...settings, port }));
    tell(state(['offers:read']));
    expect(await failure).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['openid'] });
    expect(port.close).toHaveBeenCalledTimes(1);
  });
});

describe('the host as it is seen', () => {
  function seen() {
    const handled: boolean[] = [];
    const connection = { call: vi.fn(), ask: vi.fn(), close: vi.fn(), handleBack: (taken: boolean) => void handled.push(taken) };
    return { handled, connection, ...hostOver(() => connection, { version: 3, granted: [], surroundings: SURROUNDINGS }) };
  }

  test('tells a listener as often as it was added, and stops each by its own hand, however often', () => {
    const { host, hear } = seen();
    const listener = vi.fn();
    const [stop, other] = [host.onSurroundings(listener), host.onSurroundings(listener)];
    const change = () => hear({ kind: 'surroundings', surroundings: { ...SURROUNDINGS } });
    change();
    stop();
    stop();
    change();
    other();
    change();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  test('is asked for the back button once by the first and once more when the last has gone', () => {
    const { host, hear, handled } = seen();
    const pressed: string[] = [];
    hear({ kind: 'back' });
    const stops = ['a', 'b', 'c'].map((name) => host.onBack(() => void pressed.push(name)));
    stops[1]?.();
    hear({ kind: 'back' });
    stops[2]?.();
    hear({ kind: 'back' });
    for (const _ of [1, 2]) stops[0]?.();
    hear({ kind: 'back' });
    expect([pressed, handled]).toEqual([
      ['c', 'a'],
      [true, false],
    ]);
    host.onBack(() => {})();
    expect(handled).toEqual([true, false, true, false]);
  });

  test('keeps its surroundings the same until they change, and lets nobody write in them', () => {
    const { host, hear } = seen();
    const before = host.surroundings;
    hear({ kind: 'back' });
    expect(host.surroundings).toBe(before);
    hear({ kind: 'surroundings', surroundings: { ...SURROUNDINGS, language: 'en' } });
    expect([host.surroundings.language, before.language, Object.isFrozen(host.surroundings)]).toEqual(['en', 'vi', true]);
    expect(() => Object.assign(host, { version: 9 })).toThrow(TypeError);
  });

  test('tells its end to who listens then, and is closed by the mini-app', () => {
    const { host, hear, connection } = seen();
    const [gone, there] = [vi.fn(), vi.fn()];
    host.onEnd(gone)();
    host.onEnd(there);
    hear({ kind: 'end', reason: 'rate' });
    host.close();
    expect([gone.mock.calls.length, there.mock.calls.length, connection.close.mock.calls.length]).toEqual([0, 1, 1]);
  });
});

test('an error says which operation, and what the member or the developer can do', () => {
  expect(new HostTooOldError('offers.claim', 8)).toMatchObject({
    minimumHost: 8,
    message: expect.stringMatching(/offers\.claim.*8.*update/),
  });
  expect(new UnknownOperationError('offers.burn').message).toContain('offers.burn');
  expect(new NoHostError().message).toContain('chung dev');
});
