import { draftOf, inDays } from '../../harness/partner-rooms.ts';
import { byLottery, withList } from '../../harness/queue-stage.ts';
import type { Scenario } from './scenario.ts';
import { claim, idOf, published } from './stage.ts';

const body = {};

export const queueScenarios: readonly Scenario[] = [
  {
    title: 'a waiting list: a unit that comes back is kept for the next, lapses, and is given up',
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf(withList({ stock: 1 })));
      const params = { offerId };
      await call('minh', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.get', { params });
      await call('minh', 'offers.queue.leave', { params });
      const held = idOf(await call('lan', 'offers.claim', { params, body }));
      await call('lan', 'offers.queue.join', { params, body });
      await call('hoa', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.join', { params, body });
      await call('lan', 'redemptions.cancel', { params: { redemptionId: held }, body });
      await call('minh', 'offers.queue.get', { params });
      await call('lan', 'offers.claim', { params, body });
      await call('lan', 'offers.queue.join', { params, body });
      await call('partner', 'partner.offers.get', { params });
      await stage.promisesLapse(offerId);
      await call('minh', 'offers.queue.get', { params });
      await call('lan', 'offers.queue.get', { params });
      await call('lan', 'offers.get', { params });
      await call('lan', 'offers.claim', { params, body });
      await call('lan', 'offers.queue.get', { params });
      await call('lan', 'offers.queue.leave', { params });
      await call('minh', 'offers.queue.leave', { params });
      await call('minh', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.leave', { params });
      await call('minh', 'offers.queue.leave', { params });
      await call('minh', 'offers.queue.get', { params });
    },
  },
  {
    title: 'a waiting list: who has used up their limit is skipped, and a hold that lapses serves the next',
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf(withList({ stock: 2, limits: { perMember: 1, perMemberPerDay: null } })));
      const params = { offerId };
      const used = idOf(await claim(stage.as('minh'), offerId));
      await call('partner', 'partner.redemptions.confirm', { params: { redemptionId: used }, body });
      const held = idOf(await claim(stage.as('lan'), offerId));
      await call('lan', 'offers.queue.join', { params, body });
      await stage.holdLapses(held);
      await call('lan', 'redemptions.get', { params: { redemptionId: held } });
      await call('lan', 'offers.queue.join', { params, body });
      await call('partner', 'partner.offers.change', { params, body: { stock: 1 } });
      await call('partner', 'partner.offers.get', { params });
    },
  },
  {
    title: 'a list that is off takes nobody, and one of a draft is not there',
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf({ stock: 1 }));
      const params = { offerId };
      await call('lan', 'offers.claim', { params, body });
      await call('minh', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.get', { params });
      const draft = idOf(await call('partner', 'partner.offers.create', { body: draftOf(withList()) }));
      await call('minh', 'offers.queue.join', { params: { offerId: draft }, body });
      const later = await published(stage, draftOf(withList({ window: { startsAt: inDays(2), endsAt: inDays(3) } })));
      await call('minh', 'offers.queue.join', { params: { offerId: later }, body });
      await call('anybody', 'offers.queue.join', { params, body });
      await call('partner', 'offers.queue.join', { params, body });
    },
  },
  {
    title: 'a lottery: entries, the freeze, the draw, and claims by winners alone',
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf(byLottery({ stock: 2, window: { startsAt: inDays(-1), endsAt: inDays(30) } })));
      const params = { offerId };
      await call('anybody', 'draws.get', { params });
      await call('anybody', 'draws.tickets.list', { params });
      await call('lan', 'offers.claim', { params, body });
      await call('lan', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.leave', { params });
      await call('minh', 'offers.queue.join', { params, body });
      await call('hoa', 'offers.queue.join', { params, body });
      await stage.entriesEnd(offerId);
      await call('anybody', 'draws.get', { params });
      const page = await call('anybody', 'draws.tickets.list', { params, query: { limit: 1 } });
      await call('anybody', 'draws.tickets.list', { params, query: { limit: 1, cursor: page.body['nextCursor'] } });
      await call('anybody', 'draws.tickets.list', { params, query: { cursor: 'forged' } });
      await call('lan', 'offers.queue.join', { params, body });
      await call('lan', 'offers.claim', { params, body });
      await call('lan', 'offers.queue.join', { params, body });
      await call('minh', 'offers.queue.leave', { params });
      await call('minh', 'offers.claim', { params, body });
      await call('partner', 'partner.offers.get', { params });
      const plain = await published(stage, draftOf());
      await call('anybody', 'draws.get', { params: { offerId: plain } });
    },
  },
];
