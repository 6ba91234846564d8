import type { PartnerOffer } from '@chung/contracts';
import type { Offer } from './offer.ts';

/** The offer as its partner and the reviewer see it. */
export function partnerOfferOf(offer: Offer): PartnerOffer {
  const { stock, held, redeemed, promised } = offer.units;
  return {
    id: offer.id,
    partnerId: offer.partnerId,
    state: offer.state,
    termsVersion: offer.termsVersion,
    ...offer.terms,
    counts: { stock, available: stock - held - redeemed - promised, held, redeemed, codes: offer.codes },
    createdAt: offer.createdAt.toISOString(),
    updatedAt: offer.updatedAt.toISOString(),
    // Copied, because what is read is not to be written to and the reply's type is.
    lastDecision: offer.lastDecision && { ...offer.lastDecision, reasons: [...offer.lastDecision.reasons] },
  };
}
