import type { OfferDraft, OfferId, OfferState, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import type { ContractTerms, Partners } from '../partners/index.ts';
import { findOfferHead } from './store.ts';
import type { TermsCache } from './terms-cache.ts';

/** All a claim needs to know before it writes. The write guards again: this read decides nothing about stock. */
export interface OfferForClaim {
  readonly id: OfferId;
  readonly partnerId: PartnerId;
  readonly partnerSlug: string;
  readonly partnerName: string;
  readonly partnerActive: boolean;
  /** `published` is the only state that can be claimed; the window is checked against `at`. */
  readonly state: OfferState;
  readonly termsVersion: number;
  /** `stock` in it is what was written with this version, not what is left. */
  readonly terms: OfferDraft;
  /** Null only for a partner that was never approved. */
  readonly contract: ContractTerms | null;
  readonly soldOut: boolean;
  /** The database's clock at this read. */
  readonly at: Date;
}

/** Two small reads by key; the terms come from memory after the first time. */
export async function offerForClaim(
  on: Tx,
  { partners, terms }: { partners: Partners; terms: TermsCache },
  offerId: OfferId,
): Promise<OfferForClaim | null> {
  const head = await findOfferHead(on, offerId);
  if (!head) return null;
  const standing = await partners.standingAt(on, head.partnerId, head.at);
  if (!standing) throw new Error(`partner ${head.partnerId} of offer ${offerId} is missing`);
  const termsOf = await terms.load(on, [{ offerId, version: head.termsVersion }]);
  return {
    id: offerId,
    partnerId: head.partnerId,
    partnerSlug: standing.partner.slug,
    partnerName: standing.partner.name,
    partnerActive: standing.partner.status === 'active',
    state: head.state,
    termsVersion: head.termsVersion,
    terms: termsOf(offerId, head.termsVersion),
    contract: standing.contract,
    soldOut: head.soldOut,
    at: head.at,
  };
}
