import { expect, test } from 'vitest';
import { shareReads } from './share-reads.ts';

/** A read that is slow until it is let through, and tells what it was asked. */
function slowRead() {
  const asked: (readonly string[])[] = [];
  const open: (() => void)[] = [];
  const read = async (keys: readonly string[]) => {
    asked.push(keys);
    await new Promise<void>((resolve) => open.push(resolve));
    return `answer ${asked.length}`;
  };
  const letThrough = async () => {
    open.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { read, asked, letThrough };
}
const tick = () => new Promise((resolve) => setImmediate(resolve));

test('who asks in one tick asks together, each key once', async () => {
  const { read, asked, letThrough } = slowRead();
  const ask = shareReads(read);
  const answers = [ask(['a', 'b']), ask(['b', 'c']), ask([])];
  await tick();
  await letThrough();
  expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 1', 'answer 1']);
  expect(asked).toEqual([['a', 'b', 'c']]);
});

test('who asks while a read runs is not given its answer: something may have changed since it began', async () => {
  const { read, asked, letThrough } = slowRead();
  const ask = shareReads(read);
  const early = ask(['a']);
  await tick();
  const late = [ask(['a']), ask(['b'])];
  await letThrough();
  expect(await early).toBe('answer 1');
  await letThrough();
  expect(await Promise.all(late)).toEqual(['answer 2', 'answer 2']);
  expect(asked).toEqual([['a'], ['a', 'b']]);
});

test('a lone question waits for nobody, again and again', async () => {
  let reads = 0;
  const ask = shareReads(async () => ++reads);
  expect([await ask([]), await ask([]), await ask([])]).toEqual([1, 2, 3]);
});

test('a failed read is told to those who shared it and to nobody after them', async () => {
  let fails = true;
  const ask = shareReads(async () => {
    if (fails) throw new Error('gone');
    return 'there';
  });
  const both = await Promise.allSettled([ask(['a']), ask(['b'])]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await ask(['a'])).toBe('there');
});

test('however many wait behind a slow read, none is refused', async () => {
  const { read, letThrough } = slowRead();
  const ask = shareReads(read);
  void ask(['first']);
  await tick();
  const many = Array.from({ length: 20_000 }, (_, index) => ask([String(index % 7)]));
  await letThrough();
  await letThrough();
  expect(new Set(await Promise.all(many))).toEqual(new Set(['answer 2']));
});
