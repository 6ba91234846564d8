import type { PartnerEvent } from '@chung/contracts';
import { cursorOf, endlessPage } from '../paging.ts';
import { type Plays, partnerOf } from '../plays.ts';
import type { Store } from '../state/state.ts';

/** As the platform: a few events of the minute before a moment may come first. */
const SPREAD_MS = 60_000;

/** A partner's events, oldest first, from where a reader without a cursor begins. */
export function eventPlays(store: Store): Plays<'partner.events.list'> {
  return {
    'partner.events.list': ({ query, caller }) => {
      const own = store.events.filter(({ partnerId }) => partnerId === partnerOf(caller));
      const begins = query.from === undefined ? undefined : cursorOf(passedBy(own, query.from)?.id ?? '', 'events');
      const cursor = query.cursor ?? begins;
      return endlessPage(own, {
        list: 'events',
        query: { limit: query.limit, ...(cursor !== undefined && { cursor }) },
        position: ({ id }) => id,
      });
    },
  };
}

/** The last event that a reader who begins there does not see. */
function passedBy<Event extends PartnerEvent>(events: readonly Event[], from: string): Event | undefined {
  if (from === 'now') return events.at(-1);
  const first = Date.parse(from) - SPREAD_MS;
  return events.findLast(({ occurredAt }) => Date.parse(occurredAt) < first);
}
