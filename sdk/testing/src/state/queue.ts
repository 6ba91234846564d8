import type { QueueEntryState } from '@chung/contracts';
import type { FakeEntry, FakeOffer } from './records.ts';
import type { Store } from './state.ts';
import { hasEnded, hasReachedLimit, unitsOf } from './units.ts';

const MINUTE_MS = 60_000;
/** States that may still get a unit; a member has at most one such entry in an offer. */
const LIVE: readonly QueueEntryState[] = ['ENTERED', 'WAITING', 'PROMISED'];
export const isLiveEntry = ({ state }: FakeEntry): boolean => LIVE.includes(state);

/** Who waits, the next first: by rank in a lottery, by the time of joining in a waiting list. */
export const lineOf = (store: Store, offer: FakeOffer): FakeEntry[] =>
  store
    .entriesOf(offer)
    .filter(({ state }) => state === 'WAITING')
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (a.id < b.id ? -1 : 1));

/**
 * Gives free units to the members next in line. A member who has used up their limit is skipped for good, one who has for today keeps the
 * place and is passed over. Without published terms, an open window and a budget there is nothing to promise.
 */
export function promote(store: Store, offer: FakeOffer): void {
  // Nearly every unit that comes back meets an empty line.
  if (!store.entriesOf(offer).some(({ state }) => state === 'WAITING')) return;
  const { available, budgetLeftMinor } = unitsOf(store, offer);
  const endsAt = new Date(offer.terms.window.endsAt);
  if (offer.state !== 'published' || hasEnded(offer.terms, store.now()) || available <= 0 || budgetLeftMinor <= 0) return;
  const line = lineOf(store, offer).map((entry) => ({ entry, limit: hasReachedLimit(store, offer, entry.member) }));
  const next = line.filter(({ limit }) => limit === null).slice(0, available);
  const last = next.at(-1);
  const looked = last ? line.slice(0, line.indexOf(last)) : line;
  for (const { entry, limit } of looked) if (limit === 'for_good') entry.state = 'SKIPPED';
  for (const { entry } of next) {
    const until = new Date(store.now().getTime() + entry.acceptMinutes * MINUTE_MS);
    Object.assign(entry, { state: 'PROMISED', promisedUntil: until < endsAt ? until : endsAt });
  }
}

/** A promise that was not taken up in time; the unit goes to the next. */
export function lapse(store: Store, entry: FakeEntry): void {
  Object.assign(entry, { state: 'LAPSED', promisedUntil: null });
  promote(store, entry.offer);
}

/**
 * Terms were published: entries of a kind that the offer no longer has are closed, promises that nobody could take up meanwhile get their
 * time again, and what is free goes to who waits before anybody else can claim it.
 */
export function reopenQueue(store: Store, offer: FakeOffer): void {
  const { allocation, window } = offer.terms;
  const kept = allocation.mode === 'lottery' ? 'lottery' : allocation.waitingList === 'on' ? 'waiting' : null;
  const endsAt = Date.parse(window.endsAt);
  for (const entry of store.entriesOf(offer).filter(isLiveEntry)) {
    if (entry.kind !== kept) Object.assign(entry, { state: 'CLOSED', promisedUntil: null });
    else if (entry.promisedUntil !== null) {
      const again = Math.min(store.now().getTime() + entry.acceptMinutes * MINUTE_MS, endsAt);
      entry.promisedUntil = new Date(Math.max(entry.promisedUntil.getTime(), again));
    }
  }
  promote(store, offer);
}
