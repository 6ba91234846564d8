// What a host can say, and the limits of both ends, at the bound and one beyond. `bridge.test.ts` has what a mini-app can say.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppMessage, BRIDGE_LIMITS, BridgeHello, BridgeStart, HostMessage, readBridgeMessage, Surroundings } from './bridge.ts';

const surroundings = { language: 'vi', theme: 'dark', safeArea: { top: 44, right: 0, bottom: 34, left: 0 }, visible: true };
const read = (value: unknown) => readBridgeMessage(HostMessage, JSON.stringify(value), BRIDGE_LIMITS.charactersFromHost);
const state = { kind: 'state', hostVersion: 3, granted: ['openid'], surroundings };
const reply = (outcome: unknown) => ({ kind: 'reply', id: 1, outcome });

describe('a message of a host', () => {
  test.each([
    state,
    reply({ status: 200, value: { items: [] } }),
    reply({ status: 200 }),
    reply({ status: 403, scope: 'offers:read' }),
    reply({ status: 426, minimumHost: 8 }),
    reply({ status: 501 }),
    reply({ status: 'refused', problem: { status: 409, code: 'offer_sold_out' }, retryAfterSeconds: 1.5 }),
    reply({ status: 'unreachable', timedOut: true }),
    { kind: 'answer', id: 7, decision: 'refused' },
    { kind: 'scopes', granted: [] },
    { kind: 'surroundings', surroundings },
    { kind: 'back' },
    { kind: 'end', reason: 'rate' },
  ])('is read as it was written: %j', (message) => expect(read(message)).toEqual(message));

  test.each([
    ['an outcome that there is not', reply({ status: 302, location: 'https://evil.example' })],
    ['a status as text', reply({ status: '200', value: 1 })],
    ['a 403 that does not say for which scope', reply({ status: 403 })],
    ['a 426 that does not say from which host on', reply({ status: 426 })],
    ['a refusal without its problem', reply({ status: 'refused', retryAfterSeconds: null })],
    ['a refusal whose problem has no code', reply({ status: 'refused', problem: { status: 409 }, retryAfterSeconds: null })],
    ['a number that no call has', { ...reply({ status: 501 }), id: 0 }],
    ['a decision that is neither', { kind: 'answer', id: 1, decision: 'later' }],
    ['scopes that are not names', { kind: 'scopes', granted: [''] }],
    ['65 scopes', { kind: 'scopes', granted: Array.from({ length: 65 }, (_, index) => `s${index}`) }],
    ['an end for a reason that there is not', { kind: 'end', reason: 'bored' }],
    ['the start of a third language', { ...state, surroundings: { ...surroundings, language: 'fr' } }],
    ['a message of the other end', { kind: 'call', id: 1, operation: 'offers.list' }],
  ])('is none with %s', (_what, message) => expect(read(message)).toBeNull());

  test('of a newer host is taken without what this version does not know', () => {
    const newer = { ...state, mood: 'good', surroundings: { ...surroundings, fold: 'half' } };
    expect(read(newer)).toEqual(state);
    const problem = { status: 409, code: 'offer_sold_out', hint: 'x' };
    expect(read(reply({ status: 'refused', problem, retryAfterSeconds: null, more: 1 }))).toEqual(
      reply({ status: 'refused', problem: { status: 409, code: 'offer_sold_out' }, retryAfterSeconds: null }),
    );
  });

  test('of a newer mini-app is not: what the host does not know could be what it must not do', () => {
    const text = JSON.stringify({ kind: 'cancel', id: 1, force: true });
    expect(readBridgeMessage(AppMessage, text, BRIDGE_LIMITS.charactersFromApp)).toBeNull();
  });
});

describe('the limits', () => {
  const app = (value: unknown, most: number = BRIDGE_LIMITS.charactersFromApp) =>
    readBridgeMessage(AppMessage, JSON.stringify(value), most);

  test('of a text are counted in characters: the last one that fits is read and one more is not', () => {
    const text = JSON.stringify({ kind: 'cancel', id: 1 });
    expect(readBridgeMessage(AppMessage, text, text.length)).toEqual({ kind: 'cancel', id: 1 });
    expect(readBridgeMessage(AppMessage, text, text.length - 1)).toBeNull();
  });

  test.each([
    ['a scope', 64, (length: number) => ({ kind: 'ask', id: 1, scope: 'x'.repeat(length) })],
    ['an operation', 128, (length: number) => ({ kind: 'call', id: 1, operation: 'x'.repeat(length) })],
    ['a key', 200, (length: number) => ({ kind: 'call', id: 1, operation: 'o', idempotencyKey: 'x'.repeat(length) })],
  ])('of the name of %s: %i signs', (_what, most, message) => {
    expect([0, 1, most, most + 1].map((length) => app(message(length)) !== null)).toEqual([false, true, true, false]);
  });

  test('of an inset: from nothing to the height of any screen', () => {
    const inset = (top: number) => Surroundings.safeParse({ ...surroundings, safeArea: { ...surroundings.safeArea, top } }).success;
    expect([-1, 0, 0.5, 4_096, 4_097, Number.NaN, Number.POSITIVE_INFINITY].map(inset)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('of a call’s number: every whole one from 1 on that JSON carries exactly', () => {
    const numbers = [1, 2 ** 53 - 1, 2 ** 53, -1, 0.1];
    expect(numbers.map((id) => app({ kind: 'cancel', id }) !== null)).toEqual([true, true, false, false, false]);
  });
});

describe('the first words', () => {
  test('name 1 to 16 versions', () => {
    const hello = (versions: unknown) => BridgeHello.safeParse({ kind: 'chung.hello', versions }).success;
    const many = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect([hello(many(0)), hello([1]), hello(many(16)), hello(many(17)), hello([1.5]), hello(1)]).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('of one end are not those of the other, so that no page answers itself', () => {
    const [hello, start] = [
      { kind: 'chung.hello', versions: [1], version: 1 },
      { kind: 'chung.start', version: 1, versions: [1] },
    ];
    expect([BridgeHello.safeParse(start).success, BridgeStart.safeParse(hello).success]).toEqual([false, false]);
    expect([BridgeHello.safeParse(hello).success, BridgeStart.safeParse(start).success]).toEqual([true, true]);
  });
});

test('what a mini-app sends as data stays data: no name of a prototype gets a meaning', () => {
  const text = '{"kind":"call","id":1,"operation":"offers.list","query":{"__proto__":{"limit":100},"constructor":"x"}}';
  const message = readBridgeMessage(AppMessage, text, 1_000);
  if (message?.kind !== 'call') throw new Error('it is a call');
  expect(Reflect.get(message.query ?? {}, 'limit')).toBeUndefined();
  expect(Reflect.get({}, 'limit')).toBeUndefined();
});

test('what one end reads it reads again the same: reading adds nothing and loses nothing', () => {
  const fields = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue());
  const call = fc.record(
    {
      ...{ kind: fc.constant('call'), id: fc.integer({ min: 1 }), operation: fc.stringMatching(/^[a-z]{1,9}\.[a-z]{1,9}$/) },
      ...{ query: fields, params: fields, body: fc.jsonValue(), idempotencyKey: fc.uuid() },
    },
    { requiredKeys: ['kind', 'id', 'operation'] },
  );
  fc.assert(
    fc.property(call, (message) => {
      const once = readBridgeMessage(AppMessage, JSON.stringify(message), 100_000);
      expect(once).toEqual(JSON.parse(JSON.stringify(message)));
      expect(readBridgeMessage(AppMessage, JSON.stringify(once), 100_000)).toEqual(once);
    }),
  );
});
