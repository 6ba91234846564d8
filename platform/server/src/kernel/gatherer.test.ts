import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from './errors.ts';
import { createGatherer, type GathererOptions } from './gatherer.ts';

interface Item {
  readonly group: string;
  readonly name: string;
}

/** A gatherer whose batches wait until they are let through; `batches` is what it was given, in order. */
function stage(changes: Partial<GathererOptions<Item, string>> = {}) {
  const batches: string[][] = [];
  const waiting: (() => void)[] = [];
  const gatherer = createGatherer<Item, string>({
    lanes: 1,
    maxBatch: 10,
    maxWaiting: 100,
    maxWaitMs: 1_000,
    groupOf: (item) => item.group,
    run: async (items) => {
      batches.push(items.map((item) => item.name));
      await new Promise<void>((resolve) => waiting.push(resolve));
      return items.map((item) => `done ${item.name}`);
    },
    ...changes,
  });
  const letThrough = async () => {
    waiting.shift()?.();
    await tick();
    await tick();
  };
  return { gatherer, batches, letThrough };
}

const named = (group: string, count: number): Item[] => Array.from({ length: count }, (_, index) => ({ group, name: `${group}${index}` }));
const again = (code: string) => Object.assign(new Error(code), { code });

describe('a batch', () => {
  test('is what came in the same tick, then what arrived while the last one ran', async () => {
    const { gatherer, batches, letThrough } = stage();
    const first = named('a', 2).map((item) => gatherer.submit(item));
    await tick();
    const second = named('b', 3).map((item) => gatherer.submit(item));
    await letThrough();
    expect(await Promise.all(first)).toEqual(['done a0', 'done a1']);
    await letThrough();
    expect(await Promise.all(second)).toHaveLength(3);
    expect(batches).toEqual([
      ['a0', 'a1'],
      ['b0', 'b1', 'b2'],
    ]);
  });

  test('goes ahead of the answer to the last one when enough wait, never more than two at once', async () => {
    const { gatherer, batches, letThrough } = stage({ ahead: 3 });
    const all = named('a', 1).map((item) => gatherer.submit(item));
    await tick();
    all.push(...named('b', 2).map((item) => gatherer.submit(item)));
    await tick();
    expect(batches).toEqual([['a0']]);
    all.push(...named('c', 1).map((item) => gatherer.submit(item)));
    await tick();
    expect(batches).toEqual([['a0'], ['b0', 'c0', 'b1']]);
    all.push(...named('d', 5).map((item) => gatherer.submit(item)));
    await tick();
    expect(batches).toHaveLength(2);
    for (let round = 0; round < 3; round++) await letThrough();
    expect(await Promise.all(all)).toHaveLength(9);
    expect(batches).toHaveLength(3);
  });

  test('takes one of each group in turn, so that a flood of one offer keeps nobody waiting', async () => {
    const { gatherer, batches, letThrough } = stage({ maxBatch: 4 });
    const all = [...named('hot', 10), ...named('cold', 1)].map((item) => gatherer.submit(item));
    await tick();
    expect(batches[0]).toEqual(['hot0', 'cold0', 'hot1', 'hot2']);
    for (let round = 0; round < 3; round++) await letThrough();
    expect(await Promise.all(all)).toHaveLength(11);
  });

  test('never holds two items of one identity: the second sees what the first did', async () => {
    const { gatherer, batches, letThrough } = stage({ identityOf: (item) => item.name });
    const twice = [1, 2].map(() => gatherer.submit({ group: 'a', name: 'same' }));
    const other = gatherer.submit({ group: 'a', name: 'other' });
    await tick();
    await letThrough();
    await letThrough();
    await Promise.all([...twice, other]);
    expect(batches).toEqual([['same', 'other'], ['same']]);
  });

  test('leaves out whom a batch under way holds, also when it goes ahead, and takes them with the next', async () => {
    const { gatherer, batches, letThrough } = stage({ identityOf: (item) => item.name, ahead: 1 });
    const first = gatherer.submit({ group: 'a', name: 'same' });
    await tick();
    const alone = gatherer.submit({ group: 'a', name: 'same' });
    await tick();
    expect(batches).toEqual([['same']]);
    const other = gatherer.submit({ group: 'a', name: 'other' });
    await tick();
    expect(batches).toEqual([['same'], ['other']]);
    for (let round = 0; round < 3; round++) await letThrough();
    expect(await Promise.all([first, alone, other])).toEqual(['done same', 'done same', 'done other']);
    expect(batches).toEqual([['same'], ['other'], ['same']]);
    expect(gatherer.waiting).toBe(0);
  });

  test('answers every item exactly once, whatever the groups, sizes and identities', async () => {
    const items = fc.array(fc.record({ group: fc.constantFrom('a', 'b', 'c'), name: fc.constantFrom('x', 'y', 'z', 'w') }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3 }), async (all, maxBatch, lanes) => {
        const seen: Item[] = [];
        const underWay = new Set<string>();
        const gatherer = createGatherer<Item, Item>({
          lanes,
          maxBatch,
          ahead: 4,
          maxWaiting: 100,
          maxWaitMs: 10_000,
          groupOf: (item) => item.group,
          identityOf: (item) => item.group + item.name,
          run: async (batch) => {
            expect(batch.length).toBeLessThanOrEqual(maxBatch);
            expect(new Set(batch.map((item) => item.group + item.name)).size).toBe(batch.length);
            for (const { group, name } of batch) {
              expect(underWay.has(group + name)).toBe(false);
              underWay.add(group + name);
            }
            await tick();
            for (const { group, name } of batch) underWay.delete(group + name);
            seen.push(...batch);
            return batch;
          },
        });
        expect(await Promise.all(all.map((item) => gatherer.submit(item)))).toEqual(all);
        expect(new Set(seen)).toEqual(new Set(all));
        expect(seen).toHaveLength(all.length);
        expect(gatherer.waiting).toBe(0);
      }),
    );
  });
});

describe('a failure', () => {
  test('that asks for another try gets one, and nobody hears of it', async () => {
    let tries = 0;
    const { gatherer } = stage({
      run: async (items) => {
        tries += 1;
        if (tries < 3) throw again('40P01');
        return items.map(() => 'done');
      },
    });
    expect(await gatherer.submit({ group: 'a', name: 'a' })).toBe('done');
    expect(tries).toBe(3);
  });

  test('that its maker knows to pass next time gets another try, told which one it is', async () => {
    const attempts: number[] = [];
    const { gatherer } = stage({
      isAgain: (error) => error instanceof Error && error.message === '23505',
      run: async (items, attempt) => {
        attempts.push(attempt);
        if (attempt === 1) throw again('23505');
        return items.map(() => 'done');
      },
    });
    expect(await gatherer.submit({ group: 'a', name: 'a' })).toBe('done');
    expect(attempts).toEqual([1, 2]);
  });

  test('of one item is that item’s alone', async () => {
    const { gatherer } = stage({
      run: async (items) => {
        if (items.some((item) => item.name === 'a3')) throw again('22P02');
        return items.map((item) => item.name);
      },
    });
    const outcomes = await Promise.allSettled(named('a', 8).map((item) => gatherer.submit(item)));
    expect(outcomes.map((outcome) => outcome.status === 'fulfilled')).toEqual([true, true, true, false, true, true, true, true]);
  });

  test('of the database is everyone’s at once, and the next batch is tried again', async () => {
    let runs = 0;
    const { gatherer } = stage({
      run: async (items) => {
        runs += 1;
        if (runs === 1) throw new DomainError('unavailable');
        return items.map(() => 'done');
      },
    });
    const outcomes = await Promise.allSettled(named('a', 5).map((item) => gatherer.submit(item)));
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    expect(runs).toBe(1);
    expect(await gatherer.submit({ group: 'a', name: 'later' })).toBe('done');
  });

  test('to answer all items is an error for those without an answer', async () => {
    const { gatherer } = stage({ run: async () => ['only one'] });
    const outcomes = await Promise.allSettled(named('a', 2).map((item) => gatherer.submit(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('too much', () => {
  test('is refused at once with the time to wait, and what was there before is served', async () => {
    const { gatherer, letThrough } = stage({ maxWaiting: 5 });
    const first = named('a', 5).map((item) => gatherer.submit(item));
    await expect(gatherer.submit({ group: 'b', name: 'b' })).rejects.toMatchObject({
      code: 'unavailable',
      extras: { retryAfterSeconds: 1 },
    });
    await tick();
    await letThrough();
    expect(await Promise.all(first)).toHaveLength(5);
  });

  test('is known by the time of the last batches: a queue that cannot be served in time takes nobody more', async () => {
    let clock = 0;
    const { gatherer, letThrough } = stage({ now: () => clock, maxBatch: 1 });
    const slow = gatherer.submit({ group: 'a', name: 'slow' });
    await tick();
    clock += 600;
    await letThrough();
    await slow;
    const held = gatherer.submit({ group: 'b', name: 'b' });
    await expect(gatherer.submit({ group: 'c', name: 'c' })).rejects.toMatchObject({ extras: { retryAfterSeconds: 2 } });
    await tick();
    await letThrough();
    expect(await held).toBe('done b');
  });

  test('is forgotten by asking again: after a batch slower than anybody may wait, one is let in and shows that all is well', async () => {
    let clock = 0;
    const { gatherer, letThrough } = stage({ now: () => clock });
    const stuck = gatherer.submit({ group: 'a', name: 'stuck' });
    await tick();
    clock += 60_000;
    await letThrough();
    await stuck;
    const next = gatherer.submit({ group: 'a', name: 'next' });
    await tick();
    await letThrough();
    expect(await next).toBe('done next');
  });

  test('is not what one slow lone batch makes of it: a batch of a thousand takes no longer than one of one', async () => {
    let clock = 0;
    const { gatherer, letThrough } = stage({ now: () => clock, maxBatch: 500, maxWaiting: 2_000 });
    const slow = gatherer.submit({ group: 'a', name: 'slow' });
    await tick();
    clock += 150;
    await letThrough();
    await slow;
    const flood = named('b', 1_000).map((item) => gatherer.submit(item));
    await tick();
    await letThrough();
    await letThrough();
    expect(await Promise.all(flood)).toHaveLength(1_000);
  });

  test('what waited too long is refused instead of being written for nobody', async () => {
    let clock = 0;
    const { gatherer, batches, letThrough } = stage({ now: () => clock });
    const first = gatherer.submit({ group: 'a', name: 'first' });
    await tick();
    const late = expect(gatherer.submit({ group: 'a', name: 'late' })).rejects.toMatchObject({ code: 'unavailable' });
    clock += 1_001;
    await letThrough();
    expect(await first).toBe('done first');
    await late;
    expect(batches).toEqual([['first']]);
  });
});
