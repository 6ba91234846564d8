import type { LooseInput } from './request.ts';
import type { Page, PagesOptions } from './types.ts';

const MAXIMUM_PAGES = 1_000;

/**
 * Walks a list page by page and yields its items. Ends on the last page, and also when the cursor stops moving:
 * an endless list (events) answers its own cursor again when nothing is new.
 */
export async function* walkPages(
  read: (input: LooseInput) => Promise<unknown>,
  query: Readonly<Record<string, unknown>> = {},
  options: PagesOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  let cursor: string | null = null;
  for (let count = 0; count < (options.maximumPages ?? MAXIMUM_PAGES); count += 1) {
    // Every list of the registry answers this shape; `ListId` lets no other operation in.
    const page = (await read({ query: { ...query, ...(cursor ? { cursor } : {}) }, signal: options.signal })) as Page;
    yield* page.items;
    if (page.nextCursor === null || page.nextCursor === cursor) return;
    cursor = page.nextCursor;
  }
}
