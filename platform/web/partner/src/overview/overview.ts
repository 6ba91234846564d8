import type { PartnerOffer } from '@chung/contracts';

type Step = 'approved' | 'written' | 'submitted' | 'published' | 'redeemed';

/** Fewer free codes than this share of what can still be claimed is worth a word. */
const FEW_CODES = 20;

/** The way from an approved partner to the first redemption, and how far it has been walked. */
export function stepsDone(offers: readonly PartnerOffer[], redemptionCount: number): { step: Step; isDone: boolean; href?: string }[] {
  const isPast = (...states: PartnerOffer['state'][]) => offers.some((offer) => states.includes(offer.state));
  const draft = offers.find((offer) => offer.state === 'draft' || offer.state === 'refused');
  return [
    { step: 'approved', isDone: true },
    { step: 'written', isDone: offers.length > 0, href: '/offers/new' },
    { step: 'submitted', isDone: isPast('submitted', 'published', 'paused', 'ended'), href: draft ? `/offers/${draft.id}` : '/offers' },
    { step: 'published', isDone: isPast('published', 'paused', 'ended') },
    { step: 'redeemed', isDone: redemptionCount > 0, href: '/counter' },
  ];
}

/** Offers that wait for the partner: refused ones, and live ones whose codes run out. */
export function attentionOn(offers: readonly PartnerOffer[]): { offer: PartnerOffer; why: 'refused' | 'codes' }[] {
  return offers.flatMap((offer): { offer: PartnerOffer; why: 'refused' | 'codes' }[] => {
    if (offer.state === 'refused') return [{ offer, why: 'refused' }];
    const { codes, available } = offer.counts;
    const isLow = offer.state === 'published' && codes !== null && codes.free < Math.min(FEW_CODES, available);
    return isLow ? [{ offer, why: 'codes' }] : [];
  });
}
