import { draftOf, inDays } from '../../harness/partner-rooms.ts';
import { hold } from '../../harness/redemption-rooms.ts';
import type { Scenario } from './scenario.ts';
import { claim, codesFor, idOf, published } from './stage.ts';

const body = {};

export const redemptionScenarios: readonly Scenario[] = [
  {
    title: 'a claim at the counter: shown, confirmed, fulfilled, taken back in parts and whole, each with its event and its money',
    play: async (stage, { call }) => {
      const codes = codesFor(2);
      const offerId = await published(
        stage,
        draftOf({ ...hold(30), codes: 'pool', stock: 2, limits: { perMember: 2, perMemberPerDay: null } }),
        { codes },
      );
      const claimed = await claim(stage.as('lan'), offerId);
      const redemptionId = idOf(claimed);
      const params = { redemptionId };
      await call('lan', 'redemptions.get', { params });
      await call('lan', 'redemptions.list', { query: { state: 'RESERVED', limit: 1 } });
      await call('minh', 'redemptions.get', { params });
      const shown = await call('lan', 'redemptions.receipt', { params });
      const { presentation } = shown.body;
      await call('partner', 'partner.redemptions.lookup', { body: { presented: presentation } });
      await call('other', 'partner.redemptions.lookup', { body: { presented: presentation } });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: claimed.body['code'] } });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: String(claimed.body['code']).toLowerCase() } });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: codes[1] } });
      await call('other', 'partner.redemptions.lookup', { body: { presented: claimed.body['code'] } });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: 'a.b.c' } });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: 'x' } });
      await call('other', 'partner.redemptions.confirm', { params, body });
      await call('partner', 'partner.redemptions.confirm', { params, body: { presented: 'a.b.c' } });
      await call('partner', 'partner.redemptions.confirm', { params, body: { presented: presentation } });
      await call('partner', 'partner.redemptions.confirm', { params, body: { presented: presentation } });
      await call('partner', 'partner.redemptions.confirm', { params, body });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: presentation } });
      await call('lan', 'redemptions.cancel', { params, body });
      await call('partner', 'partner.redemptions.fulfil', { params, body });
      await call('partner', 'partner.redemptions.fulfil', { params, body });
      await call('partner', 'partner.balance.get');
      const reason = 'Giao nhầm gói';
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason: 'x' } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason, partBasisPoints: 3_333 } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason, partBasisPoints: 6_667 } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason, partBasisPoints: 1_001 } });
      await call('partner', 'partner.balance.get');
      await call('lan', 'redemptions.get', { params });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason, partBasisPoints: 1 } });
      await call('lan', 'redemptions.get', { params });
      await call('lan', 'redemptions.receipt', { params });
      await call('partner', 'partner.redemptions.lookup', { body: { presented: claimed.body['code'] } });
      await call('partner', 'partner.balance.get');
      await call('partner', 'partner.redemptions.list', { query: { offerId } });
      await call('partner', 'partner.offers.get', { params: { offerId } });
      await call('partner', 'partner.events.list', { query: { limit: 100 } });
      await call('other', 'partner.events.list', { query: { limit: 100 } });
      for (const from of ['1970-01-01T00:00:00Z', '2999-01-01T00:00:00+07:00', 'soon'])
        await call('partner', 'partner.events.list', { query: { limit: 100, from } });
    },
  },
  {
    title: 'a hold that lapses, one that is cancelled, and one that is fulfilled at once',
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf({ ...hold(30), limits: { perMember: 9, perMemberPerDay: null } }));
      const [lapsed, cancelled, fulfilled] = [
        idOf(await claim(stage.as('lan'), offerId)),
        idOf(await claim(stage.as('lan'), offerId)),
        idOf(await claim(stage.as('minh'), offerId)),
      ];
      await call('lan', 'redemptions.cancel', { params: { redemptionId: cancelled }, body });
      await call('lan', 'redemptions.cancel', { params: { redemptionId: cancelled }, body });
      await call('partner', 'partner.redemptions.confirm', { params: { redemptionId: cancelled }, body });
      await call('partner', 'partner.redemptions.fulfil', { params: { redemptionId: fulfilled }, body });
      await stage.holdLapses(lapsed);
      const params = { redemptionId: lapsed };
      await call('lan', 'redemptions.get', { params });
      await call('lan', 'redemptions.cancel', { params, body });
      await call('partner', 'partner.redemptions.confirm', { params, body });
      await call('partner', 'partner.redemptions.fulfil', { params, body });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason: 'không còn' } });
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason: 'không còn', partBasisPoints: 5 } });
      await call('lan', 'redemptions.receipt', { params });
      await call('partner', 'partner.redemptions.list', { query: { offerId, state: 'EXPIRED' } });
    },
  },
  {
    title: 'what refuses a claim, in its order: the offer, the member, the units, the codes, the budget',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      const of = async (changes: Parameters<typeof draftOf>[0], codes?: readonly string[]) => ({
        params: { offerId: await published(stage, draftOf(changes), { ...(codes && { codes }) }) },
        body,
      });
      const scarce = await of({ stock: 1 });
      await call('hoa', 'offers.claim', scarce);
      await call('lan', 'offers.claim', scarce);
      await call('lan', 'offers.claim', scarce);
      await call('minh', 'offers.claim', scarce);
      const daily = await of({ limits: { perMember: 3, perMemberPerDay: 1 } });
      await call('lan', 'offers.claim', daily);
      await call('lan', 'offers.claim', daily);
      const budget = await of({ budgetMinor: 30_000, limits: { perMember: 5, perMemberPerDay: null } });
      await call('lan', 'offers.claim', budget);
      await call('lan', 'offers.claim', budget);
      const forOfficers = await of({
        eligibility: { version: 1, all: [{ fact: 'verified' }, { fact: 'role', in: ['officer', 'secretary'] }] },
      });
      await call('hoa', 'offers.claim', forOfficers);
      const { params } = forOfficers;
      for (const who of ['hoa', 'minh', 'lan'] as const) await call(who, 'offers.get', { params });
      const later = await of({ window: { startsAt: inDays(1), endsAt: inDays(2) } });
      await call('lan', 'offers.claim', later);
      await call('lan', 'offers.get', { params: later.params });
      await call('hoa', 'offers.claim', later);
      const pooled = await of({ codes: 'pool', stock: 1, limits: { perMember: 1, perMemberPerDay: null } }, codesFor(1));
      await call('partner', 'partner.offers.change', { params: pooled.params, body: { stock: 2 } });
      await call('lan', 'offers.claim', { params: { offerId: 'no-id' }, body });
      await call('lan', 'offers.claim', { params: { offerId: '01936b5e-7c00-7000-8000-000000000001' }, body });
      await call('lan', 'offers.claim', { params: scarce.params, body: { extra: 1 } });
    },
  },
  {
    title: 'keys: a claim answers its redemption for ever, an action its reply; another request under a key is refused',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      const offerId = await published(stage, draftOf(hold(30)));
      const another = await published(stage, draftOf(hold(30)));
      const params = { offerId };
      const redemptionId = idOf(await call('lan', 'offers.claim', { params, body, key: 'k-claim' }));
      await call('lan', 'offers.claim', { params, body, key: '"k-claim"' });
      await call('lan', 'offers.claim', { params: { offerId: another }, body, key: 'k-claim' });
      await call('lan', 'redemptions.cancel', { params: { redemptionId }, body, key: 'k-claim' });
      await call('lan', 'redemptions.cancel', { params: { redemptionId }, body, key: 'k-claim' });
      await call('lan', 'offers.claim', { params, body, key: 'k-claim' });
      await call('minh', 'offers.claim', { params, body, key: 'k-claim' });
      await call('anybody', 'offers.claim', { params, body, key: null });
      const act = { params: { redemptionId }, key: 'k-act' };
      await call('partner', 'partner.redemptions.reverse', { ...act, body: { reason: 'x' } });
      await call('partner', 'partner.redemptions.confirm', { params: { redemptionId }, body, key: null });
      await call('partner', 'partner.redemptions.confirm', {
        params: { redemptionId },
        body,
        key: 'hai từ'.normalize('NFD').replace(/[^ -~]/g, ''),
      });
      await call('partner', 'partner.offers.change', { params, body: { stock: 20 }, key: 'k-change' });
      await call('partner', 'partner.offers.change', { params, body: { stock: 20 }, key: 'k-change' });
      await call('partner', 'partner.offers.change', { params, body: { stock: 21 }, key: 'k-change' });
      await call('other', 'partner.offers.change', { params, body: { stock: 21 }, key: 'k-change' });
    },
  },
  {
    title: 'a cashback that two fund: promised, taken back in parts, and to the last đồng',
    play: async (stage, { call }) => {
      const offerId = await published(
        stage,
        draftOf({
          benefit: { kind: 'cashback', cashbackMinor: 9_999, minimumSpendMinor: 0, vestingDays: 7 },
          funding: [
            { by: 'partner', shareBasisPoints: 6_667 },
            { by: 'platform', shareBasisPoints: 3_333 },
          ],
        }),
      );
      const params = { redemptionId: idOf(await call('lan', 'offers.claim', { params: { offerId }, body })) };
      await call('partner', 'partner.balance.get');
      const reason = 'Khách trả hàng';
      for (const partBasisPoints of [1, 3_333, 1_111]) {
        await call('partner', 'partner.redemptions.reverse', { params, body: { reason, partBasisPoints } });
        await call('partner', 'partner.balance.get');
      }
      await call('partner', 'partner.redemptions.reverse', { params, body: { reason } });
      await call('partner', 'partner.balance.get');
      await call('other', 'partner.balance.get');
      await call('partner', 'partner.events.list', { query: { limit: 100 } });
    },
  },
];
