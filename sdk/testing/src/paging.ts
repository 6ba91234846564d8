import { refusal } from './refusal.ts';

interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

interface ListSettings<Item> {
  /** Of which list a cursor is; in another one it is as good as forged. */
  readonly list: string;
  readonly query: PageQuery;
  /** What the list is ordered by; unlike for every two items. */
  readonly position: (item: Item) => string;
}

interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/**
 * A page of a list in memory. A cursor is the place of the last item that was shown, so that what comes or goes meanwhile shifts nothing.
 * `order` is how the list stands: by rising or by falling position.
 */
export function pageOf<Item>(all: readonly Item[], order: 'rising' | 'falling', { list, query, position }: ListSettings<Item>): Page<Item> {
  const after = placeOf(query.cursor, list);
  const isBehind = (item: Item) => after === null || (order === 'rising' ? position(item) > after : position(item) < after);
  const rest = all.filter(isBehind);
  const items = rest.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = rest.length > items.length && last !== undefined;
  return { items, nextCursor: hasMore ? cursorOf(position(last), list) : null };
}

/** A page of a list that never ends: its cursor is where the next page begins once there is more. */
export function endlessPage<Item>(
  all: readonly Item[],
  { list, query, position }: ListSettings<Item>,
): { readonly items: Item[]; readonly nextCursor: string } {
  const { items } = pageOf(all, 'rising', { list, query, position });
  const last = items.at(-1);
  return { items, nextCursor: last === undefined ? (query.cursor ?? cursorOf('', list)) : cursorOf(position(last), list) };
}

/** Behind an item, or before the first one (`''`). */
export const cursorOf = (position: string, list: string): string => btoa(encodeURIComponent(`${list}\n${position}`));

function placeOf(cursor: string | undefined, list: string): string | null {
  if (cursor === undefined) return null;
  const [of, place] = decoded(cursor).split('\n');
  if (of !== list || place === undefined) throw refusal('invalid_cursor');
  return place;
}

function decoded(cursor: string): string {
  try {
    return decodeURIComponent(atob(cursor));
  } catch {
    throw refusal('invalid_cursor');
  }
}
