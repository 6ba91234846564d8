import { endlessPage } from '../paging.ts';
import { type Plays, partnerOf } from '../plays.ts';
import type { Store } from '../state/state.ts';

/** A partner's events, oldest first. */
export function eventPlays(store: Store): Plays<'partner.events.list'> {
  return {
    'partner.events.list': ({ query, caller }) => {
      const own = store.events.filter(({ partnerId }) => partnerId === partnerOf(caller));
      return endlessPage(own, { list: 'events', query, position: ({ id }) => id });
    },
  };
}
