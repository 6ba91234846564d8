import type { OfferId } from '@chung/contracts';
import { pageOf } from '../paging.ts';
import type { Plays } from '../plays.ts';
import { refusal } from '../refusal.ts';
import { participantsOf, publicDraw } from '../state/lottery.ts';
import type { FakeLottery } from '../state/records.ts';
import type { Store } from '../state/state.ts';

/** Lotteries, for anyone to check: `checkDraw` of `@chung/client/draw` recomputes them. */
export function drawPlays(store: Store): Plays<'draws.get' | 'draws.tickets.list'> {
  const lotteryOf = (id: OfferId): FakeLottery => {
    const lottery = store.lotteries.get(id);
    if (!lottery) throw refusal('not_found');
    return lottery;
  };
  return {
    'draws.get': ({ params }) => publicDraw(lotteryOf(params.offerId)),
    'draws.tickets.list': ({ params, query }) => {
      const { offer, state } = lotteryOf(params.offerId);
      // Before the close there is no list: one that still grows could be watched for who enters when.
      if (state === 'OPEN') throw refusal('wrong_state');
      const tickets = participantsOf(store, offer).map(({ ticket, rank }) => ({ ticket, rank }));
      return pageOf(tickets, 'rising', { list: `draws.tickets/${offer.id}`, query, position: ({ ticket }) => ticket });
    },
  };
}
