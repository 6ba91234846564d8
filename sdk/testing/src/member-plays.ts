import type { MemberOffer, OfferId, Redemption, RedemptionId } from '@chung/contracts';
import { reasonsFor } from './eligibility.ts';
import { FAKE_PARTNER, type FakeMember, PROVINCES } from './fixtures.ts';
import { memberOf, type Plays, pageOf } from './plays.ts';
import type { FakeReceipts } from './receipts.ts';
import { refusal } from './refusal.ts';
import { type FakeOffer, type FakeRedemption, isLive, partnerName, type Store } from './store.ts';

type MemberId =
  | 'offers.list'
  | 'offers.get'
  | 'offers.claim'
  | 'redemptions.list'
  | 'redemptions.get'
  | 'redemptions.receipt'
  | 'redemptions.cancel'
  | 'me.get'
  | 'provinces.list';

/** The operations of members, over the store. */
export function memberPlays(store: Store, receipts: FakeReceipts): Plays<MemberId> {
  const offers = () => [...store.offers.values()].toReversed();
  const own = (member: FakeMember, id: RedemptionId) => {
    const redemption = store.redemptions.get(id);
    // Another member's is not there, rather than forbidden: nobody learns that it exists.
    if (redemption?.member.id !== member.id) throw refusal('not_found');
    return redemption;
  };
  return {
    'offers.list': ({ query, caller }) => {
      const member = memberOf(caller);
      const wanted = offers().filter(
        ({ terms }) =>
          (!query.category || terms.category === query.category) &&
          (!query.kind || terms.benefit.kind === query.kind) &&
          (!query.q || JSON.stringify(terms.title).toLowerCase().includes(query.q.toLowerCase())),
      );
      const forMember = wanted.filter((offer) => isFor(store, offer, member));
      const { items, nextCursor } = pageOf(forMember, query);
      return { items: items.map((offer) => memberOffer(store, offer, member)), nextCursor };
    },
    'offers.get': ({ params, caller }) => memberOffer(store, offerFor(store, params.offerId, memberOf(caller)), memberOf(caller)),
    'offers.claim': ({ params, caller }) => claimed(store, params.offerId, memberOf(caller)),
    'redemptions.list': ({ query, caller }) => {
      const member = memberOf(caller);
      const all = [...store.redemptions.values()].toReversed();
      const wanted = all.filter((one) => one.member.id === member.id && (!query.state || one.state === query.state));
      const { items, nextCursor } = pageOf(wanted, query);
      return { items: items.map(memberRedemption), nextCursor };
    },
    'redemptions.get': ({ params, caller }) => memberRedemption(own(memberOf(caller), params.redemptionId)),
    'redemptions.receipt': ({ params, caller }) => {
      const redemption = own(memberOf(caller), params.redemptionId);
      if (!isLive(redemption)) throw refusal('wrong_state');
      return receipts.issue(redemption, store.clock.now());
    },
    'redemptions.cancel': ({ params, caller }) => {
      const redemption = own(memberOf(caller), params.redemptionId);
      if (redemption.state === 'EXPIRED') throw refusal('reservation_expired');
      if (redemption.state !== 'RESERVED') throw refusal('wrong_state');
      store.move(redemption, 'RELEASED');
      return memberRedemption(redemption);
    },
    'me.get': ({ caller }) => {
      const { ref, profile, membership, age, contact } = memberOf(caller);
      const { scopes } = caller;
      return {
        id: ref,
        ...(scopes.has('member.profile:read') && { profile }),
        ...(scopes.has('member.membership:read') && { membership }),
        ...(scopes.has('member.age:read') && { age }),
        ...(scopes.has('member.contact:read') && { contact }),
      };
    },
    'provinces.list': () => ({ items: PROVINCES }),
  };
}

const isFor = (store: Store, { terms }: FakeOffer, member: FakeMember): boolean =>
  reasonsFor(member, terms.eligibility.all, store.clock.now()).every(({ holds }) => holds);

function offerFor(store: Store, id: OfferId, member: FakeMember): FakeOffer {
  const offer = store.offers.get(id);
  if (!offer) throw refusal('not_found');
  const broken = reasonsFor(member, offer.terms.eligibility.all, store.clock.now()).filter(({ holds }) => !holds);
  if (broken.length > 0) throw refusal('not_eligible', { reasons: broken.map(({ fact, text }) => ({ fact, message: text.en })) });
  return offer;
}

function claimed(store: Store, id: OfferId, member: FakeMember): Redemption {
  const offer = offerFor(store, id, member);
  const { window, limits, stock } = offer.terms;
  const now = store.clock.now();
  if (now < new Date(window.startsAt) || now >= new Date(window.endsAt)) throw refusal('offer_not_open');
  const live = liveOf(store, offer);
  const ofMember = live.filter((one) => one.member.id === member.id);
  const today = now.toISOString().slice(0, 10);
  const isToday = ofMember.filter(({ claimedAt }) => claimedAt.startsWith(today)).length;
  if (ofMember.length >= limits.perMember || isToday >= (limits.perMemberPerDay ?? Number.POSITIVE_INFINITY))
    throw refusal('limit_reached');
  if (live.length >= stock) throw refusal('offer_sold_out');
  return memberRedemption(store.claim(member, offer));
}

export const liveOf = (store: Store, offer: FakeOffer): FakeRedemption[] =>
  [...store.redemptions.values()].filter((one) => one.offer.id === offer.id && isLive(one));

function memberOffer(store: Store, offer: FakeOffer, member: FakeMember): MemberOffer {
  const { title, summary, terms, category, benefit, regularPriceMinor, currency, window, fulfilment, codes, allocation, limits } =
    offer.terms;
  const live = liveOf(store, offer);
  return {
    id: offer.id,
    partner: { id: FAKE_PARTNER.id, slug: FAKE_PARTNER.slug, name: FAKE_PARTNER.name },
    ...{ title, summary, terms, category, benefit, regularPriceMinor, currency, window, fulfilment, codes, allocation, limits },
    soldOut: live.length >= offer.terms.stock,
    usedByMember: live.filter((one) => one.member.id === member.id).length,
    whyForMe: reasonsFor(member, offer.terms.eligibility.all, store.clock.now()),
  };
}

/** What both views of a redemption say. */
export function redemptionFields({ id, offer, state, claimedAt, expiresAt, updatedAt, reversedBasisPoints }: FakeRedemption) {
  return {
    id,
    offerId: offer.id,
    offerTitle: offer.terms.title,
    state,
    termsVersion: 1,
    claimedAt,
    expiresAt: state === 'RESERVED' && expiresAt ? expiresAt.toISOString() : null,
    updatedAt,
    ...(state === 'PARTLY_REVERSED' && { reversedBasisPoints }),
  };
}

const memberRedemption = (one: FakeRedemption): Redemption => ({ ...redemptionFields(one), partner: partnerName, code: one.code });
