import type { listOffers as operation, QueryOf } from '@chung/contracts';
import { pageFrom } from '../../kernel/page.ts';
import type { ReadyReply } from '../../kernel/route.ts';
import type { OfferPages } from './offer-pages.ts';
import type { CatalogueDeps, Viewer } from './viewer.ts';

/** The offers that are for this member, newest first, as the answer's bytes. A member who left the directory sees none. */
export async function listOffers(
  { pages, ...deps }: CatalogueDeps & { readonly pages: OfferPages },
  viewer: Viewer,
  query: QueryOf<typeof operation>,
): Promise<ReadyReply> {
  const cursors = deps.cursors.ofList('offers');
  const before = cursors.decode(query.cursor)?.[0] ?? null;
  const facts = await deps.members.factsOf(viewer.memberId);
  if (!facts) return pages.ready({ items: [], nextCursor: null }, new Map());
  const { q, category, kind, limit } = query;
  const found = await deps.offers.findForMember({ facts, partnerId: viewer.partnerId, q, category, kind, before, limit: limit + 1 });
  const page = pageFrom(found, { limit, cursors, position: (offer) => [offer.listingId], item: (offer) => offer });
  // Asked for what is shown only; the extra row of the page is not.
  const used = await deps.usageOf(
    viewer.memberId,
    page.items.map((offer) => offer.offerId),
  );
  return pages.ready(page, used);
}
