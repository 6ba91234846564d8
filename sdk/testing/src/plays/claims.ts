import type { OfferId } from '@chung/contracts';
import { isHidden, type MemberCaller, memberOf, type Plays } from '../plays.ts';
import { refusal } from '../refusal.ts';
import type { FakeOffer, FakeRedemption } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { costOf, hasReachedLimit, isOpen, unitsOf } from '../state/units.ts';
import { assertEligible } from './offers.ts';
import { memberRedemption } from './redemptions.ts';

/** Claiming a unit. */
export function claimPlays(store: Store): Plays<'offers.claim'> {
  return {
    'offers.claim': ({ params, caller: given, idempotencyKey }) => {
      const caller = memberOf(given);
      const place = `${caller.member.id} ${idempotencyKey}`;
      const earlier = store.claimKeys.get(place);
      // A key answers the redemption that it made, as that is now, for ever; on another offer it is another request.
      if (earlier) return memberRedemption(repeated(earlier, params.offerId, caller));
      const offer = claimableOffer(store, params.offerId, caller);
      assertUnit(store, offer, caller);
      const redemption = store.claim(caller.member, offer);
      store.claimKeys.set(place, redemption);
      return memberRedemption(redemption);
    },
  };
}

function repeated(earlier: FakeRedemption, offerId: OfferId, caller: MemberCaller): FakeRedemption {
  if (earlier.offer.id !== offerId || isHidden(caller, earlier.offer.partner.id)) throw refusal('idempotency_key_reused');
  return earlier;
}

function claimableOffer(store: Store, id: OfferId, caller: MemberCaller): FakeOffer {
  const offer = knownOffer(store, id, caller);
  if (offer.state !== 'published' || offer.partner.status !== 'active') throw refusal('offer_not_open');
  assertEligible(store, offer, caller);
  if (!isOpen(offer.terms, store.now())) throw refusal('offer_not_open');
  return offer;
}

/** An offer that was ever published and is not being rewritten; others are not there, nor is another partner's for an app. */
export function knownOffer(store: Store, id: OfferId, caller: MemberCaller): FakeOffer {
  const offer = store.offers.get(id);
  const isKnown = offer && ['published', 'paused', 'ended'].includes(offer.state) && !isHidden(caller, offer.partner.id);
  if (!isKnown) throw refusal('not_found');
  return offer;
}

/** In the platform's order: what speaks against the offer, then against the member, then what it takes besides a unit. */
function assertUnit(store: Store, offer: FakeOffer, { member }: MemberCaller): void {
  const { terms, pool } = offer;
  const { available, budgetLeftMinor } = unitsOf(store, offer);
  const isPromised = store.entriesOf(offer).some((entry) => entry.member.id === member.id && entry.state === 'PROMISED');
  if (terms.allocation.mode === 'lottery' && !isPromised) throw refusal('offer_by_lottery');
  if (!isPromised && available <= 0) throw refusal('offer_sold_out');
  if (hasReachedLimit(store, offer, member) !== null) throw refusal('limit_reached');
  if (terms.codes === 'pool' && pool.free === 0) throw refusal('codes_exhausted');
  if (costOf(terms) > budgetLeftMinor) throw refusal('offer_sold_out');
}
