import { changeOffer, createOffer, getPartnerOffer, listPartnerOffers, uploadCodes } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import { on, type Route } from '../../kernel/route.ts';
import type { Offers } from './offers.ts';
import { partnerOfferOf } from './partner-offer.ts';

/** Whose offers is always the token's partner, never a parameter. */
export function offersRoutes(offers: Offers): Route[] {
  return [
    on(listPartnerOffers, async ({ principal, query }) => {
      const page = await offers.list(principal.partnerId, query);
      return { ...page, items: page.items.map(partnerOfferOf) };
    }),
    on(getPartnerOffer, async ({ principal, params }) => {
      const offer = await offers.find({ partnerId: principal.partnerId, offerId: params.offerId });
      if (!offer) throw new DomainError('not_found');
      return partnerOfferOf(offer);
    }),
    on(createOffer, async ({ tx, principal, body }) =>
      partnerOfferOf(await offers.create(tx, { partnerId: principal.partnerId, draft: body })),
    ),
    on(changeOffer, async ({ tx, principal, params, body }) =>
      partnerOfferOf(await offers.change(tx, { partnerId: principal.partnerId, offerId: params.offerId, change: body })),
    ),
    on(uploadCodes, ({ principal, params, stream }) =>
      offers.uploadCodes({ partnerId: principal.partnerId, offerId: params.offerId, stream }),
    ),
  ];
}
