import type { MemberOffer, listOffers as operation, QueryOf } from '@chung/contracts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { memberOfferOf } from './member-offer.ts';
import type { CatalogueDeps, Viewer } from './viewer.ts';

/** The offers that are for this member, newest first. A member who left the directory sees none. */
export async function listOffers(deps: CatalogueDeps, viewer: Viewer, query: QueryOf<typeof operation>): Promise<Page<MemberOffer>> {
  const cursors = deps.cursors.ofList('offers');
  const before = cursors.decode(query.cursor)?.[0] ?? null;
  const facts = await deps.members.factsOf(viewer.memberId);
  if (!facts) return { items: [], nextCursor: null };
  const { q, category, kind, limit } = query;
  const found = await deps.offers.findForMember({ facts, partnerId: viewer.partnerId, q, category, kind, before, limit: limit + 1 });
  const page = pageFrom(found, { limit, cursors, position: (offer) => [offer.listingId], item: (offer) => offer });
  // Asked for what is shown only; the extra row of the page is not.
  const used = await deps.usageOf(
    viewer.memberId,
    page.items.map((offer) => offer.offerId),
  );
  return { ...page, items: page.items.map((offer) => memberOfferOf(offer, used.get(offer.offerId) ?? 0)) };
}
