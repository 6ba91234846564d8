import type { OfferCategory, OfferDraft, OfferId, OfferKind, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { filterOf, type MemberFacts } from './eligibility.ts';
import { searchTextOf } from './search-text.ts';

/** A row of the catalogue before its terms are looked up. */
export interface ListingHead {
  readonly listingId: string;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly termsVersion: number;
  readonly soldOut: boolean;
  /** The database's clock at this read. */
  readonly at: Date;
}

/** Shows an offer in the catalogue, or shows its new terms; a new listing comes first in it. */
export async function putListing(
  tx: Tx,
  listing: { offerId: OfferId; partnerId: PartnerId; partnerName: string; termsVersion: number; terms: OfferDraft },
): Promise<void> {
  const { terms } = listing;
  const filter = filterOf(terms);
  await removeListing(tx, listing.offerId);
  await tx.query(
    `INSERT INTO chung.offer_listings (offer_id, id, partner_id, terms_version, starts_at, ends_at, category, kind, verified_only,
                                       province_codes, unit_codes, roles, at_least_years, below_years, search_text)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      listing.offerId,
      newId(),
      listing.partnerId,
      listing.termsVersion,
      terms.window.startsAt,
      terms.window.endsAt,
      terms.category,
      terms.benefit.kind,
      filter.verifiedOnly,
      filter.provinceCodes,
      filter.unitCodes,
      filter.roles,
      filter.atLeastYears,
      filter.belowYears,
      searchTextOf([terms.title.vi, terms.title.en, terms.summary.vi, terms.summary.en, listing.partnerName]),
    ],
  );
}

/** Out of the catalogue at the commit; nothing happens if it was not in it. */
export async function removeListing(tx: Tx, offerId: OfferId): Promise<void> {
  await tx.query('DELETE FROM chung.offer_listings WHERE offer_id = $1', [offerId]);
}

// $1 verified, $2 province, $3 units, $4 role, $5 birth year, $6 partner, $7 category, $8 kind, $9 patterns, $10 before, $11 limit.
// An unknown fact compares as null and so fails the condition, as the exact rule does.
const FOR_MEMBER = `
  SELECT l.id, l.offer_id, l.partner_id, l.terms_version, s.held + s.redeemed >= s.stock AS sold_out, now() AS at
    FROM chung.offer_listings l JOIN chung.offer_stock s ON s.offer_id = l.offer_id
   WHERE l.starts_at <= now() AND l.ends_at > now()
     AND (NOT l.verified_only OR $1::boolean)
     AND (l.province_codes IS NULL OR $2::text = ANY(l.province_codes))
     AND (l.unit_codes IS NULL OR l.unit_codes && $3::text[])
     AND (l.roles IS NULL OR $4::text = ANY(l.roles))
     AND (l.at_least_years IS NULL OR extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - $5::integer >= l.at_least_years)
     AND (l.below_years IS NULL OR extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - $5::integer < l.below_years)
     AND ($6::uuid IS NULL OR l.partner_id = $6)
     AND ($7::text IS NULL OR l.category = $7)
     AND ($8::text IS NULL OR l.kind = $8)
     AND l.search_text LIKE ALL($9::text[])
     AND ($10::uuid IS NULL OR l.id < $10)
   ORDER BY l.id DESC LIMIT $11`;

export interface ListingQuery {
  readonly facts: MemberFacts;
  /** Only this partner's offers; null for all. */
  readonly partnerId: PartnerId | null;
  readonly category: OfferCategory | undefined;
  readonly kind: OfferKind | undefined;
  readonly patterns: readonly string[];
  /** The last listing of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Newest first, what a member may see as far as SQL can tell; the exact rule is evaluated on the few rows that come out. */
export async function findListings(on: Tx, query: ListingQuery): Promise<readonly ListingHead[]> {
  const { facts } = query;
  const rows = await on.query<{ id: string; offer_id: OfferId; partner_id: PartnerId; terms_version: number; sold_out: boolean; at: Date }>(
    FOR_MEMBER,
    [
      facts.verified,
      facts.provinceCode,
      facts.unitPath,
      facts.role,
      facts.birthYear,
      query.partnerId,
      query.category ?? null,
      query.kind ?? null,
      query.patterns,
      query.before,
      query.limit,
    ],
  );
  return rows.map((row) => ({
    listingId: row.id,
    offerId: row.offer_id,
    partnerId: row.partner_id,
    termsVersion: row.terms_version,
    soldOut: row.sold_out,
    at: row.at,
  }));
}
