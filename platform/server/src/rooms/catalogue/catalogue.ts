import type { listOffers as listOperation, MemberOffer, OfferId, QueryOf } from '@chung/contracts';
import type { Page } from '../../kernel/page.ts';
import { findOffer } from './get-offer.ts';
import { listOffers } from './list-offers.ts';
import type { CatalogueDeps, Viewer } from './viewer.ts';

export interface Catalogue {
  /** Newest first; never an offer that `get` would refuse. */
  list(viewer: Viewer, query: QueryOf<typeof listOperation>): Promise<Page<MemberOffer>>;
  /** Throws `not_found`, or `not_eligible` with the reasons. */
  get(viewer: Viewer, offerId: OfferId): Promise<MemberOffer>;
}

export function createCatalogue(deps: CatalogueDeps): Catalogue {
  return {
    list: (viewer, query) => listOffers(deps, viewer, query),
    get: (viewer, offerId) => findOffer(deps, viewer, offerId),
  };
}
