import type { Cursors } from './cursor.ts';

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/**
 * Makes a page from `limit + 1` rows: the extra row only tells that there is more.
 * `position` gives the sort key of a row, the same columns that the query compares with.
 */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  options: { limit: number; cursors: Cursors; position: (row: Row) => readonly string[]; item: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  const more = rows.length > options.limit && last !== undefined;
  return { items: shown.map(options.item), nextCursor: more ? options.cursors.encode(options.position(last)) : null };
}
