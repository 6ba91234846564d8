import type { OfferId, PartnerOffer, PartnerRedemption, RedemptionId, RedemptionState } from '@chung/contracts';
import { FAKE_PARTNER } from './fixtures.ts';
import { liveOf, redemptionFields } from './member-plays.ts';
import { type Plays, pageOf } from './plays.ts';
import type { FakeReceipts } from './receipts.ts';
import { refusal } from './refusal.ts';
import type { FakeOffer, FakeRedemption, Store } from './store.ts';

type PartnerId =
  | 'partner.profile.get'
  | 'partner.offers.list'
  | 'partner.offers.get'
  | 'partner.redemptions.list'
  | 'partner.redemptions.lookup'
  | 'partner.redemptions.confirm'
  | 'partner.redemptions.fulfil'
  | 'partner.redemptions.reverse'
  | 'partner.events.list';

/** The operations of the partner's backend, over the store. */
export function partnerPlays(store: Store, receipts: FakeReceipts): Plays<PartnerId> {
  const redemptionOf = (id: RedemptionId): FakeRedemption => {
    const redemption = store.redemptions.get(id);
    if (!redemption) throw refusal('not_found');
    return redemption;
  };
  const inState = (redemption: FakeRedemption, from: readonly RedemptionState[]): FakeRedemption => {
    if (redemption.state === 'EXPIRED') throw refusal('reservation_expired');
    if (!from.includes(redemption.state)) throw refusal('wrong_state');
    return redemption;
  };
  const offerOf = (id: OfferId): FakeOffer => {
    const offer = store.offers.get(id);
    if (!offer) throw refusal('not_found');
    return offer;
  };
  return {
    'partner.profile.get': () => FAKE_PARTNER,
    'partner.offers.list': ({ query }) => {
      const all = query.state && query.state !== 'published' ? [] : [...store.offers.values()].toReversed();
      const { items, nextCursor } = pageOf(all, query);
      return { items: items.map((offer) => partnerOffer(store, offer)), nextCursor };
    },
    'partner.offers.get': ({ params }) => partnerOffer(store, offerOf(params.offerId)),
    'partner.redemptions.list': ({ query }) => {
      const all = [...store.redemptions.values()].toReversed();
      const wanted = all.filter(
        ({ state, offer }) => (!query.state || state === query.state) && (!query.offerId || offer.id === query.offerId),
      );
      const { items, nextCursor } = pageOf(wanted, query);
      return { items: items.map(partnerRedemption), nextCursor };
    },
    'partner.redemptions.lookup': ({ body }) => {
      const byCode = [...store.redemptions.values()].find(({ code }) => code === body.presented);
      return partnerRedemption(byCode ?? redemptionOf(shown(receipts, body.presented, store)));
    },
    'partner.redemptions.confirm': ({ params, body }) => {
      const redemption = inState(redemptionOf(params.redemptionId), ['RESERVED']);
      if (body.presented !== undefined && shown(receipts, body.presented, store) !== redemption.id) throw refusal('receipt_invalid');
      store.move(redemption, 'REDEEMED');
      return partnerRedemption(redemption);
    },
    'partner.redemptions.fulfil': ({ params }) => {
      const redemption = inState(redemptionOf(params.redemptionId), ['REDEEMED']);
      store.move(redemption, 'FULFILLED');
      return partnerRedemption(redemption);
    },
    'partner.redemptions.reverse': ({ params, body }) => {
      const redemption = inState(redemptionOf(params.redemptionId), ['REDEEMED', 'FULFILLED', 'PARTLY_REVERSED']);
      reverse(store, redemption, body);
      return partnerRedemption(redemption);
    },
    'partner.events.list': ({ query }) => {
      const { items, next } = pageOf(store.events, query);
      return { items, nextCursor: next };
    },
  };
}

function reverse(
  store: Store,
  redemption: FakeRedemption,
  { reason, partBasisPoints }: { reason: string; partBasisPoints?: number | undefined },
) {
  if (partBasisPoints === undefined) return store.move(redemption, 'REVERSED', { reason });
  const whole = redemption.reversedBasisPoints + partBasisPoints;
  // The last part is taken back by leaving the share out.
  if (whole >= 10_000) throw refusal('part_too_large');
  redemption.reversedBasisPoints = whole;
  store.move(redemption, 'PARTLY_REVERSED', { reason, partBasisPoints, reversedBasisPoints: whole });
}

/** The redemption that a presentation is of. */
function shown(receipts: FakeReceipts, presented: string, store: Store): RedemptionId {
  const taken = receipts.take(presented, store.clock.now());
  if (taken === 'invalid') throw refusal('receipt_invalid');
  if (taken === 'used') throw refusal('receipt_already_used');
  const redemption = [...store.redemptions.values()].find(({ id }) => id === taken.redemptionId);
  if (!redemption || redemption.state !== taken.state) throw refusal('receipt_already_used');
  return redemption.id;
}

function partnerOffer(store: Store, offer: FakeOffer): PartnerOffer {
  const live = liveOf(store, offer);
  const held = live.filter(({ state }) => state === 'RESERVED').length;
  const { stock, codes } = offer.terms;
  return {
    ...offer.terms,
    id: offer.id,
    partnerId: FAKE_PARTNER.id,
    state: 'published',
    termsVersion: 1,
    counts: {
      stock,
      available: stock - live.length,
      held,
      redeemed: live.length - held,
      codes: codes === 'pool' ? { total: stock, free: stock - live.length } : null,
    },
    createdAt: offer.createdAt,
    updatedAt: offer.createdAt,
    lastDecision: null,
  };
}

const partnerRedemption = (one: FakeRedemption): PartnerRedemption => ({
  ...redemptionFields(one),
  memberRef: one.member.ref,
  codeHint: one.code?.slice(-4) ?? null,
});
