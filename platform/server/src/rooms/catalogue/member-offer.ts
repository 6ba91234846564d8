import type { EligibilityReason, MemberOffer, OfferDraft, OfferId, PartnerId } from '@chung/contracts';

/** What both the list and a single look-up bring together. */
interface Shown {
  readonly offerId: OfferId;
  readonly partner: { readonly id: PartnerId; readonly slug: string; readonly name: string };
  readonly terms: OfferDraft;
  readonly soldOut: boolean;
  readonly reasons: EligibilityReason[];
}

/** What a member sees: no stock figures, no funding, no rule data, but why it is for them. */
export function memberOfferOf(offer: Shown, usedByMember: number): MemberOffer {
  const { partner, terms } = offer;
  return {
    id: offer.offerId,
    partner: { id: partner.id, slug: partner.slug, name: partner.name },
    title: terms.title,
    summary: terms.summary,
    terms: terms.terms,
    category: terms.category,
    benefit: terms.benefit,
    regularPriceMinor: terms.regularPriceMinor,
    currency: terms.currency,
    window: terms.window,
    fulfilment: terms.fulfilment,
    codes: terms.codes,
    allocation: terms.allocation,
    soldOut: offer.soldOut,
    limits: terms.limits,
    usedByMember,
    whyForMe: offer.reasons,
  };
}
