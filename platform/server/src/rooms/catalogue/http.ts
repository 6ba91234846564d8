import { getOffer, listOffers } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import type { Catalogue } from './catalogue.ts';

/** The principal is the viewer: who looks and through whose app is never a parameter. */
export function catalogueRoutes(catalogue: Catalogue): Route[] {
  return [
    on(listOffers, ({ principal, query }) => catalogue.list(principal, query)),
    on(getOffer, ({ principal, params }) => catalogue.get(principal, params.offerId)),
  ];
}
