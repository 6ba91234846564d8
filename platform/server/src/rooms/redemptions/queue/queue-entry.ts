import type { MemberId, OfferId, QueueEntry, QueueEntryState } from '@chung/contracts';

/** An entry as this room works with it. */
export interface EntryRow {
  readonly offerId: OfferId;
  readonly id: string;
  readonly memberId: MemberId;
  readonly state: QueueEntryState;
  readonly rank: number | null;
  readonly ticket: string | null;
  readonly joinedAt: Date;
  readonly promisedUntil: Date | null;
}

/** States that may still get a unit; a member has at most one such entry in an offer. */
const LIVE: readonly QueueEntryState[] = ['ENTERED', 'WAITING', 'PROMISED'];

interface Seen {
  readonly entry: EntryRow;
  /** Place in line; null unless WAITING. */
  readonly place: number | null;
  /** The database's clock. */
  readonly at: Date;
  /** When the offer ends. */
  readonly endsAt: string;
}

/**
 * The entry as its member sees it. By the clock and not by what a job has come round to: a promise that ran out is no promise, and
 * after the offer's end nobody waits any more.
 */
export function entryView({ entry, place, at, endsAt }: Seen): QueueEntry {
  const state = stateAt(entry, at, endsAt);
  return {
    offerId: entry.offerId,
    state,
    joinedAt: entry.joinedAt.toISOString(),
    place: state === 'WAITING' ? place : null,
    promisedUntil: state === 'PROMISED' ? (entry.promisedUntil?.toISOString() ?? null) : null,
    ticket: entry.ticket,
    rank: entry.rank,
  };
}

function stateAt({ state, promisedUntil }: EntryRow, at: Date, endsAt: string): QueueEntryState {
  if (promisedUntil !== null && promisedUntil <= at) return 'LAPSED';
  return LIVE.includes(state) && at.getTime() >= Date.parse(endsAt) ? 'CLOSED' : state;
}
