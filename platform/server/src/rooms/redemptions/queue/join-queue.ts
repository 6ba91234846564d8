import type { OfferId, QueueEntry } from '@chung/contracts';
import { DomainError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { MemberPrincipal } from '../../../kernel/principal.ts';
import { isEligible, type OfferForClaim } from '../../offers/index.ts';
import { newTicket } from './draw.ts';
import type { QueuePorts } from './queue-ports.ts';
import { enterLottery, findEntry, type Joining, type JoinOutcome, joinWaitingList } from './queue-store.ts';
import { readOwnEntry } from './read-queue.ts';

/**
 * Into the waiting list of a sold-out offer, or into a lottery. Eligibility is judged here, so that nobody waits in vain, and again by
 * the claim, because a member's facts may change meanwhile. A repeat answers the place there is.
 */
export async function joinQueue(ports: QueuePorts, principal: MemberPrincipal, offerId: OfferId): Promise<QueueEntry> {
  const offer = await openOffer(ports, principal, offerId);
  const outcome = await join(ports, principal, offer);
  if (outcome !== 'made' && outcome !== 'known') throw new DomainError(outcome);
  return readOwnEntry(ports, principal, offerId);
}

async function openOffer(ports: QueuePorts, principal: MemberPrincipal, offerId: OfferId): Promise<OfferForClaim> {
  const offer = await ports.offers.offerForClaim(offerId);
  const hidden = principal.partnerId !== null && offer?.partnerId !== principal.partnerId;
  if (!offer || hidden || !['published', 'paused', 'ended'].includes(offer.state)) throw new DomainError('not_found');
  const { window, eligibility } = offer.terms;
  const within = offer.at.getTime() >= Date.parse(window.startsAt) && offer.at.getTime() < Date.parse(window.endsAt);
  if (offer.state !== 'published' || !offer.partnerActive || !within) throw new DomainError('offer_not_open');
  const facts = await ports.factsOf(principal.memberId);
  if (!facts) throw new DomainError('not_eligible');
  const reasons = ports.offers.evaluateEligibility(eligibility, facts, offer.at);
  if (isEligible(reasons)) return offer;
  // As at the claim: which condition a member misses is a fact about them.
  const mayKnow = principal.partnerId === null || principal.scopes.includes('member.membership:read');
  throw new DomainError('not_eligible', mayKnow ? { reasons: reasons.filter((reason) => !reason.holds) } : {});
}

async function join(ports: QueuePorts, { memberId }: MemberPrincipal, { id: offerId, terms }: OfferForClaim): Promise<JoinOutcome> {
  const { allocation, limits } = terms;
  const joining: Joining = { offerId, id: newId(), memberId, acceptMinutes: allocation.acceptMinutes };
  if (allocation.mode === 'lottery') return enterLottery(ports.db, { ...joining, ticket: newTicket() });
  // A place taken before the list was switched off is still told.
  if (allocation.waitingList === 'off') return (await findEntry(ports.db, offerId, memberId)) ? 'known' : 'queue_closed';
  return joinWaitingList(ports.db, { ...joining, perMember: limits.perMember });
}
