import type { listOffers as listOperation, MemberOffer, OfferId, QueryOf } from '@chung/contracts';
import type { ReadyReply } from '../../kernel/route.ts';
import { findOffer } from './get-offer.ts';
import { listOffers } from './list-offers.ts';
import { createOfferPages } from './offer-pages.ts';
import type { CatalogueDeps, Viewer } from './viewer.ts';

export interface Catalogue {
  /** Newest first; never an offer that `get` would refuse. */
  list(viewer: Viewer, query: QueryOf<typeof listOperation>): Promise<ReadyReply>;
  /** Throws `not_found`, or `not_eligible` with the reasons. */
  get(viewer: Viewer, offerId: OfferId): Promise<MemberOffer>;
}

export function createCatalogue(deps: CatalogueDeps): Catalogue {
  const pages = createOfferPages();
  return {
    list: (viewer, query) => listOffers({ ...deps, pages }, viewer, query),
    get: (viewer, offerId) => findOffer(deps, viewer, offerId),
  };
}
