import type { MemberOffer, OfferId } from '@chung/contracts';
import { isEligible, reasonsFor } from '../eligibility.ts';
import { pageOf } from '../paging.ts';
import { isHidden, type MemberCaller, memberOf, type Plays } from '../plays.ts';
import { refusal } from '../refusal.ts';
import type { FakeOffer } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { isOpen, unitsOf, usedBy } from '../state/units.ts';

const WORDS_MAX = 8;

/** The catalogue, as a member sees it. */
export function offerPlays(store: Store): Plays<'offers.list' | 'offers.get'> {
  return {
    'offers.list': ({ query, caller: given }) => {
      const caller = memberOf(given);
      const at = store.now();
      const matches = matcherOf(query.q);
      const wanted = [...store.offers.values()].filter(
        (offer) =>
          isListed(offer, at) &&
          !isHidden(caller, offer.partner.id) &&
          (!query.category || offer.terms.category === query.category) &&
          (!query.kind || offer.terms.benefit.kind === query.kind) &&
          matches(offer) &&
          isEligible(reasonsFor(caller.member, offer.terms.eligibility.all, at)),
      );
      const newestFirst = wanted.toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
      const { items, nextCursor } = pageOf(newestFirst, 'falling', { list: 'offers', query, position: placeOf });
      return { items: items.map((offer) => memberOffer(store, offer, caller)), nextCursor };
    },
    'offers.get': ({ params, caller }) => memberOffer(store, visibleOffer(store, params.offerId, memberOf(caller)), memberOf(caller)),
  };
}

const placeOf = ({ listing }: FakeOffer): string => listing ?? '';

const isListed = (offer: FakeOffer, at: Date): boolean =>
  offer.state === 'published' && offer.partner.status === 'active' && isOpen(offer.terms, at);

function visibleOffer(store: Store, id: OfferId, caller: MemberCaller): FakeOffer {
  const offer = store.offers.get(id);
  if (!offer || isHidden(caller, offer.partner.id) || !isListed(offer, store.now())) throw refusal('not_found');
  assertEligible(store, offer, caller);
  return offer;
}

/** Which condition a member misses is a fact about them: a partner's app is told only with the scope that opens such facts. */
export function assertEligible(store: Store, offer: FakeOffer, { member, partnerId, scopes }: MemberCaller): void {
  const missed = reasonsFor(member, offer.terms.eligibility.all, store.now()).filter(({ holds }) => !holds);
  if (missed.length === 0) return;
  const mayKnow = partnerId === null || scopes.has('member.membership:read');
  throw refusal('not_eligible', mayKnow ? { reasons: missed } : {});
}

function memberOffer(store: Store, offer: FakeOffer, { member }: MemberCaller): MemberOffer {
  const { id, partner, terms } = offer;
  const units = unitsOf(store, offer);
  return {
    ...terms,
    id,
    partner: { id: partner.id, slug: partner.slug, name: partner.name },
    soldOut: units.available <= 0,
    usedByMember: usedBy(store, offer, member),
    whyForMe: reasonsFor(member, terms.eligibility.all, store.now()),
  };
}

/** Each word of a query must begin a word of the offer; Vietnamese marks do not matter. */
function matcherOf(query: string | undefined): (offer: FakeOffer) => boolean {
  if (!query) return () => true;
  const words = folded(query).split(' ').filter(Boolean).slice(0, WORDS_MAX);
  // A query of signs alone asks for something, and nothing has it.
  if (words.length === 0) return () => false;
  return ({ terms: { title, summary }, partner }) => {
    const text = ` ${folded([title.vi, title.en, summary.vi, summary.en, partner.name].join(' '))}`;
    return words.every((word) => text.includes(` ${word}`));
  };
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
