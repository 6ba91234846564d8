import type { OfferId, QueueEntry } from '@chung/contracts';
import { DomainError } from '../../../kernel/errors.ts';
import type { MemberPrincipal } from '../../../kernel/principal.ts';
import { entryView } from './queue-entry.ts';
import type { QueuePorts } from './queue-ports.ts';
import { findEntry, placeOf } from './queue-store.ts';

/** The member's own entry, for the member app or for an app of the offer's partner; who never joined has none. */
export async function readOwnEntry(ports: QueuePorts, principal: MemberPrincipal, offerId: OfferId): Promise<QueueEntry> {
  const [found, offer] = await Promise.all([findEntry(ports.db, offerId, principal.memberId), ports.offers.offerForClaim(offerId)]);
  const hidden = principal.partnerId !== null && offer?.partnerId !== principal.partnerId;
  if (!found || !offer || hidden) throw new DomainError('not_found');
  const place = found.entry.state === 'WAITING' ? await placeOf(ports.db, found.entry) : null;
  return entryView({ ...found, place, endsAt: offer.terms.window.endsAt });
}
