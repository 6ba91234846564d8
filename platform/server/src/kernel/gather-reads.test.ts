import { expect, test } from 'vitest';
import { gatherReads } from './gather-reads.ts';

/** A table of which each read can be held back. */
function slowTable(rows: Readonly<Record<string, string>>) {
  const reads: (readonly string[])[] = [];
  const gates: (() => void)[] = [];
  const table = { ...rows };
  const find = gatherReads<string, string>(async (keys) => {
    reads.push(keys);
    const seen = keys.map((key) => table[key] ?? null);
    await new Promise<void>((open) => gates.push(open));
    if (keys.includes('broken')) throw new Error('a bad key');
    return seen;
  });
  const openNext = async () => {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  };
  return { find, reads, openNext, table };
}

test('what is asked while a read runs goes with the next one, and each gets its own answer', async () => {
  const { find, reads, openNext } = slowTable({ a: '1', b: '2', c: '3' });
  const first = find('a');
  await new Promise((resolve) => setImmediate(resolve));
  const others = Promise.all(['b', 'nobody', 'c', 'b'].map(find));
  await openNext();
  expect(await first).toBe('1');
  await openNext();
  expect(await others).toEqual(['2', null, '3', '2']);
  expect(reads).toEqual([['a'], ['b', 'nobody', 'c', 'b']]);
});

test('an answer is never older than its question', async () => {
  const { find, openNext, table } = slowTable({ a: 'granted' });
  const before = find('a');
  await new Promise((resolve) => setImmediate(resolve));
  // Withdrawn after the first read looked and before it answered.
  table['a'] = 'withdrawn';
  const after = find('a');
  await openNext();
  expect(await before).toBe('granted');
  await openNext();
  expect(await after).toBe('withdrawn');
});

test('one bad key fails alone', async () => {
  const { find, openNext } = slowTable({ a: '1', b: '2' });
  const asked = Promise.allSettled([find('a'), find('broken'), find('b')]);
  for (let read = 0; read < 5; read++) await openNext();
  expect((await asked).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual(['1', 'a bad key', '2']);
});

test('a burst beyond what one statement takes is split', async () => {
  const { find, reads, openNext } = slowTable({});
  const asked = Promise.all(Array.from({ length: 1200 }, (_, i) => find(`k${i}`)));
  for (let read = 0; read < 3; read++) await openNext();
  expect(await asked).toHaveLength(1200);
  expect(reads.map((keys) => keys.length)).toEqual([500, 500, 200]);
});
