import type { EligibilityReason, OfferCategory, OfferDraft, OfferId, OfferKind, Partner, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import type { Partners } from '../partners/index.ts';
import { evaluateEligibility, isEligible, type MemberFacts, type PlaceNames } from './eligibility.ts';
import { findListings, type ListingHead } from './listing-store.ts';
import { searchPatterns } from './search-text.ts';
import type { TermsCache } from './terms-cache.ts';

/** An offer that is for this member, with why. */
export interface OfferForMember {
  /** Place in the catalogue; newer is greater. */
  readonly listingId: string;
  readonly offerId: OfferId;
  readonly partner: Partner;
  readonly terms: OfferDraft;
  readonly soldOut: boolean;
  readonly reasons: EligibilityReason[];
}

export interface MemberSearch {
  readonly facts: MemberFacts;
  readonly partnerId: PartnerId | null;
  readonly q?: string | undefined;
  readonly category?: OfferCategory | undefined;
  readonly kind?: OfferKind | undefined;
  readonly before: string | null;
  readonly limit: number;
}

/**
 * Up to `limit` offers for the member. SQL leaves out nearly all that do not fit; the few that only the exact rule or the
 * partner's status refuses are dropped here, and the next rows are fetched, so that a page is short only at the end.
 */
export async function findForMember(
  on: Tx,
  deps: { partners: Partners; terms: TermsCache; names: PlaceNames },
  search: MemberSearch,
): Promise<OfferForMember[]> {
  const found: OfferForMember[] = [];
  const patterns = searchPatterns(search.q ?? '');
  // A query of signs alone ("%", "🎁") asks for something, and nothing has it: it must not act as "everything".
  if (patterns.length === 0 && search.q) return [];
  let before = search.before;
  for (;;) {
    const heads = await findListings(on, {
      facts: search.facts,
      partnerId: search.partnerId,
      category: search.category,
      kind: search.kind,
      patterns,
      before,
      limit: search.limit,
    });
    found.push(...(await exactly(on, deps, { heads, facts: search.facts })));
    const last = heads.at(-1);
    if (!last || heads.length < search.limit || found.length >= search.limit) return found.slice(0, search.limit);
    before = last.listingId;
  }
}

async function exactly(
  on: Tx,
  { partners, terms, names }: { partners: Partners; terms: TermsCache; names: PlaceNames },
  { heads, facts }: { heads: readonly ListingHead[]; facts: MemberFacts },
): Promise<OfferForMember[]> {
  const [partnersById, termsOf] = await Promise.all([
    partners.findMany([...new Set(heads.map((head) => head.partnerId))]),
    terms.load(
      on,
      heads.map((head) => ({ offerId: head.offerId, version: head.termsVersion })),
    ),
  ]);
  return heads.flatMap((head) => {
    const partner = partnersById.get(head.partnerId);
    if (partner?.status !== 'active') return [];
    const offer = termsOf(head.offerId, head.termsVersion);
    const reasons = evaluateEligibility(offer.eligibility, facts, { at: head.at, names });
    return isEligible(reasons)
      ? [{ listingId: head.listingId, offerId: head.offerId, partner, terms: offer, soldOut: head.soldOut, reasons }]
      : [];
  });
}
