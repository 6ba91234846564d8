import type { OfferCategory, OfferDraft, OfferId, OfferKind, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { type EligibilityFilter, filterOf, type MemberFacts } from './eligibility.ts';
import { searchTextOf } from './search-text.ts';

/** A row of the catalogue before its terms are looked up. */
export interface ListingHead {
  readonly id: string;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly termsVersion: number;
  /** Not told by the board, which does not know the stock. */
  readonly soldOut?: boolean;
  /** The database's clock at this read; the board tells its own. */
  readonly at?: Date;
}

/** Shows an offer in the catalogue, or shows its new terms; a new listing comes first in it. */
export async function putListing(
  tx: Tx,
  listing: { offerId: OfferId; partnerId: PartnerId; partnerName: string; termsVersion: number; terms: OfferDraft },
): Promise<void> {
  const { terms } = listing;
  const filter = filterOf(terms);
  await tx.query('DELETE FROM chung.offer_listings WHERE offer_id = $1', [listing.offerId]);
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
  await newVersion(tx);
}

/** Out of the catalogue at the commit; nothing happens if it was not in it. */
export async function removeListing(tx: Tx, offerId: OfferId): Promise<void> {
  const gone = await tx.query('DELETE FROM chung.offer_listings WHERE offer_id = $1 RETURNING offer_id', [offerId]);
  if (gone.length > 0) await newVersion(tx);
}

/** Seen by all servers at the commit. Publications wait here for one another, which reviewers do not notice; no claim comes by. */
async function newVersion(tx: Tx): Promise<void> {
  await tx.query(`UPDATE chung.catalogue_version SET version = $1 WHERE name = 'listings'`, [newId()]);
}

// $1 verified, $2 province, $3 units, $4 role, $5 birth year, $6 partner, $7 category, $8 kind, $9 patterns, $10 before, $11 limit.
// An unknown fact compares as null and so fails the condition, as the exact rule does.
const FOR_MEMBER = `
  SELECT l.id, l.offer_id, l.partner_id, l.terms_version, s.held + s.redeemed + s.promised >= s.stock AS sold_out, now() AS at
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
  readonly category?: OfferCategory | undefined;
  readonly kind?: OfferKind | undefined;
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
    id: row.id,
    offerId: row.offer_id,
    partnerId: row.partner_id,
    termsVersion: row.terms_version,
    soldOut: row.sold_out,
    at: row.at,
  }));
}

/** A row of the catalogue as it stays until it is taken out: changed terms are another row. */
export interface Listing {
  readonly id: string;
  readonly offerId: OfferId;
  readonly partnerId: PartnerId;
  readonly termsVersion: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly category: string;
  readonly kind: string;
  readonly filter: EligibilityFilter;
}

export interface ListingsState {
  readonly version: string;
  /** The database's clock. */
  readonly at: Date;
}

/** Which state the listings are in; one row, read for every burst of pages. */
export async function readListingsState(on: Tx): Promise<ListingsState> {
  const [row] = await on.query<ListingsState>(`SELECT version, now() AS at FROM chung.catalogue_version WHERE name = 'listings'`);
  if (!row) throw new Error('the version of the listings is gone');
  return row;
}

/** The newest listings, by id, with the state they are in: one statement, so that both are of one moment. */
export async function readListingIds(on: Tx, limit: number): Promise<ListingsState & { readonly ids: readonly string[] }> {
  // One text: ten thousand rows of one column each would be ten thousand objects, at each change of the catalogue.
  const [row] = await on.query<ListingsState & { ids: string | null }>(
    `SELECT v.version, now() AS at, (SELECT string_agg(l.id::text, ' ' ORDER BY l.id DESC)
                                       FROM (SELECT id FROM chung.offer_listings ORDER BY id DESC LIMIT $1) AS l) AS ids
       FROM chung.catalogue_version AS v WHERE v.name = 'listings'`,
    [limit],
  );
  if (!row) throw new Error('the version of the listings is gone');
  return { version: row.version, at: row.at, ids: row.ids ? row.ids.split(' ') : [] };
}

interface ListingRow {
  id: string;
  offer_id: OfferId;
  partner_id: PartnerId;
  terms_version: number;
  starts_at: Date;
  ends_at: Date;
  category: string;
  kind: string;
  verified_only: boolean;
  province_codes: string[] | null;
  unit_codes: string[] | null;
  roles: string[] | null;
  at_least_years: number | null;
  below_years: number | null;
}

/** In no order; one that was taken out meanwhile is not among them. */
export async function findListingsById(on: Tx, ids: readonly string[]): Promise<readonly Listing[]> {
  const rows = await on.query<ListingRow>(
    `SELECT id, offer_id, partner_id, terms_version, starts_at, ends_at, category, kind, verified_only, province_codes, unit_codes, roles,
            at_least_years, below_years
       FROM chung.offer_listings WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return rows.map((row) => ({
    id: row.id,
    offerId: row.offer_id,
    partnerId: row.partner_id,
    termsVersion: row.terms_version,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
    category: row.category,
    kind: row.kind,
    filter: {
      verifiedOnly: row.verified_only,
      provinceCodes: row.province_codes,
      unitCodes: row.unit_codes,
      roles: row.roles,
      atLeastYears: row.at_least_years,
      belowYears: row.below_years,
    },
  }));
}

/** Which of these have no unit left. */
export async function findSoldOut(on: Tx, offerIds: readonly OfferId[]): Promise<ReadonlySet<OfferId>> {
  const rows = await on.query<{ offer_id: OfferId }>(
    `SELECT offer_id FROM chung.offer_stock WHERE offer_id = ANY($1::uuid[]) AND held + redeemed + promised >= stock`,
    [offerIds],
  );
  return new Set(rows.map((row) => row.offer_id));
}
