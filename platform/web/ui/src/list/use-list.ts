import type { Client, ItemOf, ListId, ListQuery } from '@chung/client';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../app/context.tsx';

interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface PageRequest<Id extends ListId> {
  readonly query: ListQuery<Id> | undefined;
  /** Empty for the first page. */
  readonly cursor: string;
  readonly signal: AbortSignal;
}

// The registry proves that a `ListId` takes a cursor and answers a page; TypeScript cannot follow that through the generic id,
// so the callers see the exact types and the body the loose ones.
async function readPage<Id extends ListId>(api: Client, id: Id, request: PageRequest<Id>): Promise<ListPage<ItemOf<Id>>>;
async function readPage(api: Client, id: ListId, { query, cursor, signal }: PageRequest<ListId>): Promise<ListPage<unknown>> {
  return api.call(id, { query: { ...query, ...(cursor ? { cursor } : {}) }, signal });
}

export interface CursorList<Item> {
  readonly items: readonly Item[];
  readonly isPending: boolean;
  /** Also true while another page or filter loads and the old rows still stand. */
  readonly isFetching: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
  /** 1-based. */
  readonly page: number;
  readonly hasNext: boolean;
  readonly next: () => void;
  readonly previous: () => void;
}

/**
 * One page of a cursor list with the way back. Cursors only go forward, so the way back is the trail of cursors taken.
 * A changed filter starts at the first page again.
 */
export function useList<Id extends ListId>(
  id: Id,
  query?: ListQuery<Id>,
  options: { refetchSeconds?: number } = {},
): CursorList<ItemOf<Id>> {
  const api = useApi();
  const filter = JSON.stringify(query ?? {});
  const [walk, setWalk] = useState<{ filter: string; trail: readonly string[] }>({ filter, trail: [] });
  const trail = walk.filter === filter ? walk.trail : [];
  const cursor = trail.at(-1) ?? '';
  const result = useQuery({
    queryKey: [id, 'page', query ?? {}, cursor],
    queryFn: ({ signal }) => readPage(api, id, { query, cursor, signal }),
    placeholderData: keepPreviousData,
    ...(options.refetchSeconds ? { refetchInterval: options.refetchSeconds * 1000 } : {}),
  });
  const nextCursor = result.data?.nextCursor ?? null;
  return {
    items: result.data?.items ?? [],
    isPending: result.isPending,
    isFetching: result.isFetching,
    error: result.error,
    refetch: () => void result.refetch(),
    page: trail.length + 1,
    hasNext: nextCursor !== null,
    next: () => nextCursor !== null && setWalk({ filter, trail: [...trail, nextCursor] }),
    previous: () => setWalk({ filter, trail: trail.slice(0, -1) }),
  };
}

export interface EndlessList<Item> {
  readonly items: readonly Item[];
  readonly isPending: boolean;
  readonly isFetchingMore: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
  readonly hasMore: boolean;
  readonly more: () => void;
}

/** A cursor list that grows downwards, for phones. */
export function useEndlessList<Id extends ListId>(id: Id, query?: ListQuery<Id>): EndlessList<ItemOf<Id>> {
  const api = useApi();
  const result = useInfiniteQuery({
    queryKey: [id, 'endless', query ?? {}],
    queryFn: ({ pageParam, signal }) => readPage(api, id, { query, cursor: pageParam, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  return {
    items: result.data?.pages.flatMap((page) => page.items) ?? [],
    isPending: result.isPending,
    isFetchingMore: result.isFetchingNextPage,
    error: result.error,
    refetch: () => void result.refetch(),
    hasMore: result.hasNextPage,
    more: () => void result.fetchNextPage(),
  };
}
