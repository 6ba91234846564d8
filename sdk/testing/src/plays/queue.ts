import type { OfferId, QueueEntry, QueueEntryState } from '@chung/contracts';
import { isHidden, type MemberCaller, memberOf, type Plays } from '../plays.ts';
import { refusal } from '../refusal.ts';
import { newTicket } from '../state/lottery.ts';
import { isLiveEntry, lineOf, promote } from '../state/queue.ts';
import type { FakeEntry, FakeOffer } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { hasEnded, isOpen, unitsOf, usedBy } from '../state/units.ts';
import { knownOffer } from './claims.ts';
import { assertEligible } from './offers.ts';

const PLACE_MAX = 10_001;

/** Waiting lists and lotteries, as a member takes part in them. */
export function queuePlays(store: Store): Plays<'offers.queue.join' | 'offers.queue.get' | 'offers.queue.leave'> {
  return {
    'offers.queue.join': ({ params, caller: given }) => {
      const caller = memberOf(given);
      const offer = openOffer(store, params.offerId, caller);
      join(store, offer, caller);
      return entryView(store, ownEntry(store, params.offerId, caller));
    },
    'offers.queue.get': ({ params, caller }) => entryView(store, ownEntry(store, params.offerId, memberOf(caller))),
    'offers.queue.leave': ({ params, caller }) => {
      leave(store, ownEntry(store, params.offerId, memberOf(caller)));
      return undefined;
    },
  };
}

function openOffer(store: Store, id: OfferId, caller: MemberCaller): FakeOffer {
  const offer = knownOffer(store, id, caller);
  const isThere = offer.state === 'published' && offer.partner.status === 'active';
  if (!isThere || !isOpen(offer.terms, store.now())) throw refusal('offer_not_open');
  assertEligible(store, offer, caller);
  return offer;
}

/** A member has one place in an offer's queue: a repeat takes no second one. */
function join(store: Store, offer: FakeOffer, { member }: MemberCaller): void {
  const own = store.entriesOf(offer).filter((entry) => entry.member.id === member.id);
  const { allocation, limits } = offer.terms;
  // A place taken before the list was switched off is still told.
  if (allocation.mode === 'first_come' && allocation.waitingList === 'off') {
    if (own.length === 0) throw refusal('queue_closed');
    return;
  }
  if (own.some(isLiveEntry)) return;
  const kind = allocation.mode === 'lottery' ? 'lottery' : 'waiting';
  if (kind === 'lottery') assertEntriesOpen(store, offer);
  else {
    const { available, budgetLeftMinor } = unitsOf(store, offer);
    if (usedBy(store, offer, member) >= limits.perMember) throw refusal('limit_reached');
    if (budgetLeftMinor <= 0) throw refusal('queue_closed');
    if (available > 0) throw refusal('offer_not_sold_out');
  }
  store.entries.push({
    id: store.newId(),
    offer,
    member,
    kind,
    acceptMinutes: allocation.acceptMinutes,
    joinedAt: store.now().toISOString(),
    ticket: kind === 'lottery' ? newTicket() : null,
    state: kind === 'lottery' ? 'ENTERED' : 'WAITING',
    rank: null,
    promisedUntil: null,
  });
}

function assertEntriesOpen(store: Store, offer: FakeOffer): void {
  const lottery = store.lotteries.get(offer.id);
  const now = store.now().getTime();
  const isIn = lottery?.state === 'OPEN' && Date.parse(lottery.entriesFrom) <= now && now < Date.parse(lottery.entriesUntil);
  if (!isIn) throw refusal('queue_closed');
}

/** The member's live entry, else their last; another partner's app finds none. */
function ownEntry(store: Store, id: OfferId, caller: MemberCaller): FakeEntry {
  const offer = store.offers.get(id);
  const own = offer ? store.entriesOf(offer).filter((entry) => entry.member.id === caller.member.id) : [];
  const entry = own.findLast(isLiveEntry) ?? own.at(-1);
  if (!entry || isHidden(caller, entry.offer.partner.id)) throw refusal('not_found');
  return entry;
}

/** Gives the place up; a unit that was kept goes to the next. The list of a lottery is frozen from its close to its draw. */
function leave(store: Store, entry: FakeEntry): void {
  if (entry.state === 'LEFT') return;
  const lottery = store.lotteries.get(entry.offer.id);
  const isFrozen = entry.state === 'ENTERED' && lottery && store.now().getTime() >= Date.parse(lottery.entriesUntil);
  if (!isLiveEntry(entry) || isFrozen) throw refusal('wrong_state');
  const wasPromised = entry.state === 'PROMISED';
  Object.assign(entry, { state: 'LEFT', promisedUntil: null });
  if (wasPromised) promote(store, entry.offer);
}

function entryView(store: Store, entry: FakeEntry): QueueEntry {
  const state = stateAt(store, entry);
  return {
    offerId: entry.offer.id,
    state,
    joinedAt: entry.joinedAt,
    place: state === 'WAITING' ? Math.min(lineOf(store, entry.offer).indexOf(entry) + 1, PLACE_MAX) : null,
    promisedUntil: state === 'PROMISED' ? (entry.promisedUntil?.toISOString() ?? null) : null,
    ticket: entry.ticket,
    rank: entry.rank,
  };
}

/** By the clock: a promise that ran out is none, and after the offer's end nobody waits any more. */
function stateAt(store: Store, entry: FakeEntry): QueueEntryState {
  if (entry.promisedUntil !== null && entry.promisedUntil <= store.now()) return 'LAPSED';
  return isLiveEntry(entry) && hasEnded(entry.offer.terms, store.now()) ? 'CLOSED' : entry.state;
}
