import { OfferDraft, type OfferId, type OfferState, type PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { OFFER_MOVES, type Offer, type OfferDecision, type OfferMove } from './offer.ts';

interface OfferRow {
  id: OfferId;
  partner_id: PartnerId;
  state: OfferState;
  version: number;
  terms: unknown;
  stock: number;
  held: number;
  redeemed: number;
  promised: number;
  codes_total: bigint | null;
  codes_taken: bigint | null;
  last_decision: OfferDecision | null;
  created_at: Date;
  updated_at: Date;
}

// A published offer whose window has passed reads as ended; no job has to come by for that to be true.
const STATE = `CASE WHEN o.state = 'published' AND (t.terms #>> '{window,endsAt}')::timestamptz <= now() THEN 'ended' ELSE o.state END`;

const SELECT_OFFER = (source: string, version: string) => `
  SELECT o.id, o.partner_id, ${STATE} AS state, t.version, t.terms, s.stock, s.held, s.redeemed, s.promised,
         p.total AS codes_total, p.taken AS codes_taken, o.last_decision, o.created_at, o.updated_at
    FROM ${source}
    JOIN chung.offer_terms t ON t.offer_id = o.id AND t.version = ${version}
    JOIN chung.offer_stock s ON s.offer_id = o.id
    LEFT JOIN chung.code_pools p ON p.offer_id = o.id`;

const CURRENT = SELECT_OFFER('chung.offers o', 'o.terms_version');
const BY_VERSION = SELECT_OFFER(
  'unnest($1::uuid[], $2::integer[]) AS k (offer_id, version) JOIN chung.offers o ON o.id = k.offer_id',
  'k.version',
);

/** Terms are parsed on the way out too: an old version may lack what a newer schema fills in by default. */
function offerOf(row: OfferRow): Offer {
  const terms = OfferDraft.parse(row.terms);
  const total = Number(row.codes_total ?? 0n);
  return {
    id: row.id,
    partnerId: row.partner_id,
    state: row.state,
    termsVersion: row.version,
    // The stock may have moved since the terms were written; the row that guards claims is the truth.
    terms: { ...terms, stock: row.stock },
    units: { stock: row.stock, held: row.held, redeemed: row.redeemed, promised: row.promised },
    codes: terms.codes === 'pool' ? { total, free: total - Number(row.codes_taken ?? 0n) } : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastDecision: row.last_decision,
  };
}

/** Offer, first terms and stock row; three tables, because they change at three paces. */
export async function insertOffer(tx: Tx, offer: { id: OfferId; partnerId: PartnerId; terms: OfferDraft }): Promise<void> {
  await tx.query('INSERT INTO chung.offers (id, partner_id) VALUES ($1, $2)', [offer.id, offer.partnerId]);
  await insertTerms(tx, { offerId: offer.id, version: 1, terms: offer.terms });
  await tx.query('INSERT INTO chung.offer_stock (offer_id, stock, budget_minor) VALUES ($1, $2, $3)', [
    offer.id,
    offer.terms.stock,
    offer.terms.budgetMinor ?? null,
  ]);
}

export async function insertTerms(tx: Tx, row: { offerId: OfferId; version: number; terms: OfferDraft }): Promise<void> {
  await tx.query('INSERT INTO chung.offer_terms (offer_id, version, terms) VALUES ($1, $2, $3)', [
    row.offerId,
    row.version,
    JSON.stringify(row.terms),
  ]);
}

/** One of the partner's own offers; another partner's is not there. */
export async function findPartnerOffer(on: Tx, partnerId: PartnerId, offerId: OfferId): Promise<Offer | null> {
  const [row] = await on.query<OfferRow>(`${CURRENT} WHERE o.partner_id = $1 AND o.id = $2`, [partnerId, offerId]);
  return row ? offerOf(row) : null;
}

/** The same, holding the offer until the commit, so that two changes at once get two versions. Claims do not wait for it. */
export async function lockPartnerOffer(tx: Tx, partnerId: PartnerId, offerId: OfferId): Promise<Offer | null> {
  await tx.query('SELECT id FROM chung.offers WHERE partner_id = $1 AND id = $2 FOR UPDATE', [partnerId, offerId]);
  return findPartnerOffer(tx, partnerId, offerId);
}

/** Any partner's offers, each with one version of its terms, for reviewers; in one round trip, in no order. */
export async function findOfferVersions(on: Tx, keys: readonly { offerId: OfferId; termsVersion: number }[]): Promise<readonly Offer[]> {
  const rows = await on.query<OfferRow>(BY_VERSION, [keys.map((key) => key.offerId), keys.map((key) => key.termsVersion)]);
  return rows.map(offerOf);
}

/** Newest first; `before` is the last id of the page before. */
export async function listPartnerOffers(
  on: Tx,
  partnerId: PartnerId,
  page: { state: OfferState | undefined; before: string | null; limit: number },
): Promise<readonly Offer[]> {
  const rows = await on.query<OfferRow>(
    `${CURRENT} WHERE o.partner_id = $1 AND ($2::text IS NULL OR ${STATE} = $2) AND ($3::uuid IS NULL OR o.id < $3)
      ORDER BY o.id DESC LIMIT $4`,
    [partnerId, page.state ?? null, page.before, page.limit],
  );
  return rows.map(offerOf);
}

/** The guarded transition of one terms version; false when the offer is in another state or its terms have moved on. */
export async function moveOffer(
  tx: Tx,
  offer: { id: OfferId; termsVersion: number },
  move: { as: OfferMove; newTermsVersion?: number; decision?: OfferDecision },
): Promise<boolean> {
  const { from, to } = OFFER_MOVES[move.as];
  const rows = await tx.query(
    `UPDATE chung.offers SET state = $3, terms_version = $4, last_decision = COALESCE($5, last_decision), updated_at = now()
      WHERE id = $1 AND terms_version = $2 AND state = ANY($6::text[]) RETURNING id`,
    [
      offer.id,
      offer.termsVersion,
      to,
      move.newTermsVersion ?? offer.termsVersion,
      move.decision ? JSON.stringify(move.decision) : null,
      from,
    ],
  );
  return rows.length === 1;
}

/** Only the time: a change of stock is no change of terms. */
export async function touchOffer(tx: Tx, offerId: OfferId): Promise<void> {
  await tx.query('UPDATE chung.offers SET updated_at = now() WHERE id = $1', [offerId]);
}

/** What a claim must know that can change: state, version, and the database's time of this read. */
export async function findOfferHead(
  on: Tx,
  offerId: OfferId,
): Promise<{ partnerId: PartnerId; state: OfferState; termsVersion: number; soldOut: boolean; at: Date } | null> {
  const [row] = await on.query<{ partner_id: PartnerId; state: OfferState; terms_version: number; sold_out: boolean; at: Date }>(
    `SELECT o.partner_id, o.state, o.terms_version, s.held + s.redeemed + s.promised >= s.stock AS sold_out, now() AS at
       FROM chung.offers o JOIN chung.offer_stock s ON s.offer_id = o.id WHERE o.id = $1`,
    [offerId],
  );
  return row ? { partnerId: row.partner_id, state: row.state, termsVersion: row.terms_version, soldOut: row.sold_out, at: row.at } : null;
}

/** Terms of several (offer, version) pairs in one round trip. */
export async function findTerms(
  on: Tx,
  keys: readonly { offerId: OfferId; version: number }[],
): Promise<readonly { offerId: OfferId; version: number; terms: OfferDraft }[]> {
  const rows = await on.query<{ offer_id: OfferId; version: number; terms: unknown }>(
    `SELECT t.offer_id, t.version, t.terms FROM unnest($1::uuid[], $2::integer[]) AS k (offer_id, version)
       JOIN chung.offer_terms t ON t.offer_id = k.offer_id AND t.version = k.version`,
    [keys.map((key) => key.offerId), keys.map((key) => key.version)],
  );
  return rows.map((row) => ({ offerId: row.offer_id, version: row.version, terms: OfferDraft.parse(row.terms) }));
}
