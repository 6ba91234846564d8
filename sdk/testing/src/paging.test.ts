// Pages of lists in memory: everything once, whatever the size of a page and whatever comes or goes between two.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorOf, endlessPage, pageOf } from './paging.ts';

const position = (item: string) => item;
const query = (limit: number, cursor?: string | null) => ({ limit, ...(cursor && { cursor }) });

/** All pages of a list one after the other; between two of them `meanwhile` may change it. */
function walk(first: readonly string[], order: 'rising' | 'falling', limit: number, meanwhile = (items: readonly string[]) => items) {
  const pages: string[][] = [];
  let items = first;
  let cursor: string | null = null;
  do {
    const page: ReturnType<typeof pageOf<string>> = pageOf(items, order, { list: 'things', query: query(limit, cursor), position });
    pages.push(page.items);
    cursor = page.nextCursor;
    items = meanwhile(items);
  } while (cursor !== null);
  return pages;
}

const places = fc.uniqueArray(fc.stringMatching(/^[a-zđ]{1,4}$/), { maxLength: 30 }).map((all) => all.toSorted((a, b) => (a < b ? -1 : 1)));
const size = fc.integer({ min: 1, max: 12 });

describe('pages', () => {
  test.each(['rising', 'falling'] as const)(
    'of a list that is %s hold every item once, in its order, and none is empty but the only one',
    (order) => {
      fc.assert(
        fc.property(places, size, (rising, limit) => {
          const items = order === 'rising' ? rising : rising.toReversed();
          const pages = walk(items, order, limit);
          expect(pages.flat()).toEqual(items);
          expect(pages).toHaveLength(Math.max(1, Math.ceil(items.length / limit)));
          expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
        }),
      );
    },
  );

  test('go on behind an item that is gone meanwhile', () => {
    const { nextCursor } = pageOf(['a', 'b', 'c', 'd'], 'rising', { list: 'things', query: query(2), position });
    expect(pageOf(['a', 'c', 'd'], 'rising', { list: 'things', query: query(2, nextCursor), position }).items).toEqual(['c', 'd']);
  });

  test('show nothing twice when newer items come on top', () => {
    let newer = 0;
    const pages = walk(['m5', 'm4', 'm3', 'm2', 'm1'], 'falling', 2, (items) => [`z${++newer}`, ...items]);
    expect(pages.flat()).toEqual(['m5', 'm4', 'm3', 'm2', 'm1']);
  });

  test('end where exactly as many are left as fit', () => {
    expect(pageOf(['a', 'b'], 'rising', { list: 'things', query: query(2), position })).toEqual({ items: ['a', 'b'], nextCursor: null });
    expect(pageOf([], 'rising', { list: 'things', query: query(2), position })).toEqual({ items: [], nextCursor: null });
  });
});

test.each([
  ['of another list', cursorOf('b', 'others')],
  ['of a list whose name only begins alike', cursorOf('b', 'things-2')],
  ['that is no base64', '%%%'],
  ['that is base64 of something else', btoa('nonsense')],
  ['that is base64 of a broken escape', btoa('%E0%A4%A')],
  ['that is empty', ''],
])('a cursor %s is refused', (_what, cursor) => {
  const page = () => pageOf(['a', 'b'], 'rising', { list: 'things', query: { limit: 1, cursor }, position });
  expect(page).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
});

describe('a list that never ends', () => {
  const read = (items: readonly string[], limit: number, cursor?: string) =>
    endlessPage(items, { list: 'events', query: query(limit, cursor), position });

  test('always has a cursor, and at its end it stays where it is', () => {
    const begin = read([], 2);
    expect(begin.items).toEqual([]);
    const first = read(['a', 'b', 'c'], 2, begin.nextCursor);
    const second = read(['a', 'b', 'c'], 2, first.nextCursor);
    const third = read(['a', 'b', 'c'], 2, second.nextCursor);
    expect([first.items, second.items, third.items]).toEqual([['a', 'b'], ['c'], []]);
    expect(third.nextCursor).toBe(second.nextCursor);
    expect(read(['a', 'b', 'c', 'd'], 2, third.nextCursor).items).toEqual(['d']);
  });

  test('misses nothing and shows nothing twice, however it grows while it is read', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 20 }), size, (growth, limit) => {
        const items: string[] = [];
        const seen: string[] = [];
        let cursor: string | undefined;
        for (const more of [...growth, ...growth.map(() => 0), 0]) {
          for (let i = 0; i < more; i++) items.push(String(items.length).padStart(4, '0'));
          const page = read(items, limit, cursor);
          seen.push(...page.items);
          cursor = page.nextCursor;
        }
        expect(seen).toEqual(items.slice(0, seen.length));
        expect(read(items, 1_000, cursor).items).toEqual(items.slice(seen.length));
      }),
    );
  });
});
