import type { MemberOffer, QueueEntry } from '@chung/contracts';
import { ApiError, useApi } from '@chung/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

/** Whether an offer as it stands now has a line to be in. */
export function hasQueue({ allocation, soldOut }: MemberOffer): boolean {
  return allocation.mode === 'lottery' || (allocation.waitingList === 'on' && soldOut);
}

const LOOK_AGAIN_MS = 15_000;
const SOON_MS = 3_000;

/** When to look again: often while something may change by itself, never when nothing can. */
export function lookAgainMs(entry: QueueEntry | null | undefined, offer: MemberOffer, now: number): number | false {
  const { allocation } = offer;
  if (!entry) return false;
  if (entry.state === 'WAITING') return LOOK_AGAIN_MS;
  // A timer takes no more than 24 days, and nothing is lost by looking in between.
  const until = (instant: string) => Math.min(Math.max(Date.parse(instant) - now, 0) + SOON_MS, 3_600_000);
  if (entry.state === 'ENTERED' && allocation.mode === 'lottery') return until(allocation.entriesUntil);
  if (entry.state === 'PROMISED' && entry.promisedUntil) return until(entry.promisedUntil);
  return false;
}

/** The member's place, or null for who never joined; joining and leaving. */
export function useQueue(offer: MemberOffer) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = ['offers.queue.get', offer.id];
  const params = { offerId: offer.id };
  const entry = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<QueueEntry | null> => {
      try {
        return await api.call('offers.queue.get', { params, signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not_found') return null;
        throw error;
      }
    },
    refetchInterval: (query) => lookAgainMs(query.state.data, offer, Date.now()),
  });
  // Also after a refusal: that a unit is free again, or the line closed, is news about the offer.
  const refresh = () => {
    void queries.invalidateQueries({ queryKey });
    void queries.invalidateQueries({ queryKey: ['offers.get', offer.id] });
  };
  const join = useMutation({
    mutationFn: () => api.call('offers.queue.join', { params }),
    onSuccess: (joined) => queries.setQueryData(queryKey, joined),
    onSettled: refresh,
  });
  const leave = useMutation({ mutationFn: () => api.call('offers.queue.leave', { params }), onSettled: refresh });
  return { entry, join, leave };
}
