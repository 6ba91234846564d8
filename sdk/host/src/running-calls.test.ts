// The calls under way: each answered once, to the call that has the number, whatever happens meanwhile and in whatever order.
import type { BridgeOutcome, Scope } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowListOf } from './allow-list.ts';
import { runningCalls } from './running-calls.ts';

interface Waiting {
  readonly signal: AbortSignal;
  readonly finish: (value: unknown) => void;
}

/** Calls whose ends are in the test's hand, by the order in which they reached the platform. */
function bench(callsAtOnce = 3) {
  const granted = new Set<Scope>(['openid', 'offers:read']);
  const waiting: Waiting[] = [];
  const replies: [id: number, outcome: BridgeOutcome][] = [];
  const calls = runningCalls({
    allowed: allowListOf([{ id: 'offers.list' }, { id: 'me.get' }, { id: 'provinces.list' }]),
    hostVersion: 1,
    granted: () => granted,
    invoke: (_id, { signal }) => new Promise((resolve) => waiting.push({ signal, finish: resolve })),
    callsAtOnce,
    reply: (id, outcome) => void replies.push([id, outcome]),
  });
  const begin = (id: number, operation = 'offers.list') => calls.begin({ kind: 'call', id, operation });
  const finish = async (nth: number, value: unknown = nth) => {
    waiting[nth]?.finish(value);
    await settled();
  };
  return { calls, granted, waiting, replies, begin, finish };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a call', () => {
  test('is answered when it is done, not in the order in which it was made', async () => {
    const { begin, finish, replies } = bench();
    for (const id of [1, 2, 3]) void begin(id);
    for (const nth of [2, 0, 1]) await finish(nth);
    expect(replies).toEqual([
      [3, { status: 200, value: 2 }],
      [1, { status: 200, value: 0 }],
      [2, { status: 200, value: 1 }],
    ]);
  });

  test('under a number in use is not made; the first has its answer', async () => {
    const { begin, finish, replies, waiting } = bench();
    void begin(1);
    void begin(1, 'me.get');
    await finish(0);
    expect(waiting).toHaveLength(1);
    expect(replies).toEqual([[1, { status: 200, value: 0 }]]);
  });

  test('beyond as many as may run is refused at once, and has room when one is done', async () => {
    const { begin, finish, replies, waiting } = bench(2);
    for (const id of [1, 2, 3]) void begin(id);
    expect(replies).toMatchObject([[3, { status: 'refused', problem: { code: 'rate_limited' }, retryAfterSeconds: 1 }]]);
    await finish(0);
    void begin(3);
    await finish(2);
    expect(waiting).toHaveLength(3);
    expect(replies.slice(1)).toMatchObject([
      [1, { status: 200 }],
      [3, { status: 200 }],
    ]);
  });

  test('that no mini-app may make counts while it is refused, and leaves its number free', async () => {
    const { begin, replies } = bench(1);
    await begin(1, 'nonsense');
    await begin(1, 'nonsense');
    expect(replies).toEqual([
      [1, { status: 501 }],
      [1, { status: 501 }],
    ]);
  });
});

describe('giving up', () => {
  test('aborts the call, answers nothing, and frees its number for another whose answer is its own', async () => {
    const { calls, begin, finish, replies, waiting } = bench();
    void begin(1);
    calls.cancel(1);
    void begin(1);
    expect(waiting.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await finish(0, 'of the first');
    expect(replies).toEqual([]);
    await finish(1, 'of the second');
    expect(replies).toEqual([[1, { status: 200, value: 'of the second' }]]);
  });

  test('of a number that no call has does nothing', () => {
    const { calls, begin, waiting } = bench();
    void begin(1);
    calls.cancel(2);
    calls.cancel(0);
    expect(waiting[0]?.signal.aborted).toBe(false);
  });

  test('of what was withdrawn leaves the rest alone, and each is told', async () => {
    const { calls, granted, begin, finish, replies, waiting } = bench();
    void begin(1, 'offers.list');
    void begin(2, 'me.get');
    void begin(3, 'provinces.list');
    granted.delete('offers:read');
    calls.giveUpWithdrawn();
    expect(waiting.map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    for (const nth of [0, 1, 2]) await finish(nth, { id: 'x' });
    expect(replies).toEqual([
      [1, { status: 403, scope: 'offers:read' }],
      [2, { status: 200, value: { id: 'x' } }],
      [3, { status: 200, value: { id: 'x' } }],
    ]);
  });

  test('of all ends them all without a word', async () => {
    const { calls, begin, finish, replies, waiting } = bench();
    for (const id of [1, 2, 3]) void begin(id);
    calls.cancelAll();
    for (const nth of [0, 1, 2]) await finish(nth);
    expect(waiting.every(({ signal }) => signal.aborted)).toBe(true);
    expect(replies).toEqual([]);
  });
});

type Step = { readonly begin: number } | { readonly cancel: number } | { readonly finish: number };

/** What should be answered, kept in so many words: which call has which number now, and which have come to their end. */
function expecting() {
  const due = new Map<number, number>();
  const done = new Set<number>();
  const replies: [number, BridgeOutcome][] = [];
  let made = 0;
  const take = (one: Step) => {
    if ('begin' in one && !due.has(one.begin)) due.set(one.begin, made++);
    if ('cancel' in one) due.delete(one.cancel);
    if (!('finish' in one) || one.finish >= made || done.has(one.finish)) return;
    done.add(one.finish);
    const id = [...due.keys()].find((number) => due.get(number) === one.finish);
    if (id === undefined) return;
    due.delete(id);
    replies.push([id, { status: 200, value: one.finish }]);
  };
  return { take, replies };
}

test('no number is ever answered twice for one call, nor after it was given up, in any order', async () => {
  const id = fc.integer({ min: 1, max: 4 });
  const step: fc.Arbitrary<Step> = fc.oneof({ weight: 3, arbitrary: fc.record({ begin: id }) }, fc.record({ cancel: id }), {
    weight: 2,
    arbitrary: fc.record({ finish: fc.nat({ max: 12 }) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { calls, begin, finish, replies } = bench(4);
      const expected = expecting();
      for (const one of steps) {
        expected.take(one);
        if ('begin' in one) void begin(one.begin);
        else if ('cancel' in one) calls.cancel(one.cancel);
        else await finish(one.finish);
      }
      expect(replies).toEqual(expected.replies);
    }),
    { numRuns: 60 },
  );
});
