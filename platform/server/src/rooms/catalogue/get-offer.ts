import type { MemberOffer, OfferId } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import { isEligible } from '../offers/index.ts';
import { memberOfferOf } from './member-offer.ts';
import { type CatalogueDeps, mayKnowWhy, type Viewer } from './viewer.ts';

/**
 * One offer by its id. What is not published, or is another partner's than the app's, is not there; what is published but not
 * for this member is refused with every condition that they miss, because "why not me?" has an answer.
 */
export async function findOffer(deps: CatalogueDeps, viewer: Viewer, offerId: OfferId): Promise<MemberOffer> {
  const [offer, facts] = await Promise.all([deps.offers.offerForClaim(offerId), deps.members.factsOf(viewer.memberId)]);
  const visible =
    offer?.state === 'published' && offer.partnerActive && (viewer.partnerId === null || viewer.partnerId === offer.partnerId);
  if (!offer || !visible || !facts || !isOpen(offer.terms.window, offer.at)) throw new DomainError('not_found');

  const reasons = deps.offers.evaluateEligibility(offer.terms.eligibility, facts, offer.at);
  if (!isEligible(reasons))
    throw new DomainError(
      'not_eligible',
      mayKnowWhy(viewer) ? { reasons: reasons.filter((reason) => !reason.holds).map(({ fact, text }) => ({ fact, text })) } : {},
    );
  const used = await deps.usageOf(viewer.memberId, [offerId]);
  const partner = { id: offer.partnerId, slug: offer.partnerSlug, name: offer.partnerName };
  return memberOfferOf({ offerId, partner, terms: offer.terms, soldOut: offer.soldOut, reasons }, used.get(offerId) ?? 0);
}

/** Half-open: an offer that ends at midnight is gone at midnight. */
function isOpen(window: { startsAt: string; endsAt: string }, at: Date): boolean {
  return Date.parse(window.startsAt) <= at.getTime() && at.getTime() < Date.parse(window.endsAt);
}
