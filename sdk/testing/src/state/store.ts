import { EVENT_TYPES, EventId, type Partner } from '@chung/contracts';
import type { MovableClock } from '../clock.ts';
import { createLedger } from './ledger.ts';
import { addOffer } from './publish.ts';
import type { FakeEntry, FakeEvent } from './records.ts';
import type { Store } from './state.ts';
import { claimUnit, moveRedemption } from './transitions.ts';

/** An empty platform. `partner` is whose events and offers those are of which nobody says whose. */
export function createStore(clock: MovableClock, partner: Partner): Store {
  let last = 0;
  let moment: Date | null = null;
  // UUIDv7 as the platform's: by the clock, and counted so that ids sort as they were made.
  const newId = () => {
    last += 1;
    const time = clock.now().getTime().toString(16).padStart(12, '0');
    const count = last.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
  };
  const entries: FakeEntry[] = [];
  const events: FakeEvent[] = [];
  const now = () => moment ?? clock.now();
  const store: Store = {
    clock,
    partners: new Map([[partner.id, partner]]),
    members: new Map(),
    offers: new Map(),
    redemptions: new Map(),
    claimKeys: new Map(),
    entries,
    lotteries: new Map(),
    submissions: [],
    codeJobs: [],
    events,
    ledger: createLedger(),
    now,
    asAt: (earlier, work) => {
      moment = earlier;
      try {
        work();
      } finally {
        moment = null;
      }
    },
    newId,
    entriesOf: (offer) => entries.filter((entry) => entry.offer === offer),
    addOffer: (terms, owner = partner) => addOffer(store, terms, owner),
    claim: (member, offer) => claimUnit(store, member, offer),
    move: (redemption, to, reversal) => moveRedemption(store, redemption, { to, reversal }),
    emit: (type, data, partnerId = partner.id) => {
      // Held against the contract here, so that no test passes on an event the platform would never send.
      const parsed: Readonly<Record<string, unknown>> = EVENT_TYPES[type].parse(data);
      events.push({ id: EventId.parse(newId()), type, occurredAt: now().toISOString(), data: { ...parsed }, partnerId });
    },
  };
  return store;
}
