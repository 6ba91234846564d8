import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  AppMessage,
  BRIDGE_LIMITS,
  type BridgeOperationId,
  BridgeOutcome,
  type BridgeProblem,
  HostMessage,
  readBridgeMessage,
} from './bridge.ts';
import { ERROR_CODES, ERRORS, Problem } from './errors.ts';

describe('a message of a mini-app', () => {
  const read = (value: unknown) => readBridgeMessage(AppMessage, JSON.stringify(value), BRIDGE_LIMITS.charactersFromApp);

  test.each([
    { kind: 'call', id: 1, operation: 'offers.list', query: { q: 'x' } },
    { kind: 'call', id: 2, operation: 'offers.claim', params: { offerId: 'o' }, body: {}, idempotencyKey: 'k' },
    { kind: 'cancel', id: 1 },
    { kind: 'ask', id: 3, scope: 'redemptions:claim' },
    { kind: 'back', handled: true },
  ])('is read as it was written: %j', (message) => expect(read(message)).toEqual(message));

  test.each([
    { kind: 'call', id: 0, operation: 'offers.list' },
    { kind: 'call', id: 1.5, operation: 'offers.list' },
    { kind: 'call', id: '1', operation: 'offers.list' },
    { kind: 'call', id: 1 },
    { kind: 'call', id: 1, operation: 'offers.list', url: 'https://evil.example' },
    { kind: 'call', id: 1, operation: 'offers.list', query: 'q=x' },
    { kind: 'fetch', id: 1, url: '/v1/me' },
    { kind: 'reply', id: 1, outcome: { status: 200 } },
    { kind: 'back' },
    [],
    null,
    'call',
  ])('is none: %j', (message) => expect(read(message)).toBeNull());

  test('is text of a bounded length, and nothing else', () => {
    const message = { kind: 'cancel', id: 1 };
    for (const other of [message, new Map(), null, undefined, 5, new ArrayBuffer(8)])
      expect(readBridgeMessage(AppMessage, other, 1_000)).toBeNull();
    expect(readBridgeMessage(AppMessage, `${JSON.stringify(message)}${' '.repeat(1_000)}`, 1_000)).toBeNull();
    expect(readBridgeMessage(AppMessage, '['.repeat(60_000), 65_536)).toBeNull();
  });

  test('neither end ever throws while reading', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), (data) => {
        for (const schema of [AppMessage, HostMessage]) expect(() => readBridgeMessage(schema, data, 10_000)).not.toThrow();
      }),
    );
  });
});

test('every problem of the platform travels unharmed', () => {
  for (const code of ERROR_CODES) {
    const { status, title } = ERRORS[code];
    const problem: BridgeProblem = { type: 't', title: title.vi, status, code, docs: 'd', request_id: 'r' };
    const outcome = { status: 'refused', problem, retryAfterSeconds: null } as const;
    expect(BridgeOutcome.parse(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
    expect(Problem.parse(problem)).toEqual(problem);
  }
  expectTypeOf<BridgeProblem>().toExtend<Partial<Problem>>();
});

test('the ids of the bridge are those of members and public readings', () => {
  expectTypeOf<'offers.claim' | 'provinces.list' | 'me.get'>().toExtend<BridgeOperationId>();
  expectTypeOf<'partner.balance.get'>().not.toExtend<BridgeOperationId>();
  expectTypeOf<'partners.register'>().not.toExtend<BridgeOperationId>();
});
