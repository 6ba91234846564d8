export { EVERYONE, isEligible, type MemberFacts, type PlaceNames } from './eligibility.ts';
export type { MemberSearch, OfferForMember } from './find-for-member.ts';
export { offersRoutes } from './http.ts';
export type { OnCodesLocked } from './look-up-code.ts';
export type { Offer, OfferDecision } from './offer.ts';
export type { OfferForClaim } from './offer-for-claim.ts';
export { createOffers, type Offers } from './offers.ts';
export { partnerOfferOf } from './partner-offer.ts';
