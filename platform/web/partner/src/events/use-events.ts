import type { PartnerEvent } from '@chung/contracts';
import { useApi } from '@chung/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';

interface Feed {
  /** Newest first, as people read. */
  readonly events: readonly PartnerEvent[];
  readonly cursor: string | null;
}

const KEY = ['partner.events.list', 'feed'];
const SHOWN_MAX = 500;
const POLL_MS = 10_000;

/**
 * The partner's events, kept up to date the way a partner's own system would do it: the list is oldest first and its cursor never
 * ends, so each poll asks only for what came after the last one.
 */
export function useEvents() {
  const api = useApi();
  const queries = useQueryClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }): Promise<Feed> => {
      let { events, cursor } = queries.getQueryData<Feed>(KEY) ?? { events: [], cursor: null };
      for (;;) {
        const page = await api.call('partner.events.list', { query: { limit: 100, ...(cursor ? { cursor } : {}) }, signal });
        events = [...page.items.toReversed(), ...events].slice(0, SHOWN_MAX);
        const isEnd = page.items.length === 0 || page.nextCursor === cursor || page.nextCursor === null;
        cursor = page.nextCursor ?? cursor;
        if (isEnd) return { events, cursor };
      }
    },
    refetchInterval: POLL_MS,
  });
}
