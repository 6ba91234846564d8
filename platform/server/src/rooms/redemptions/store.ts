import type { EventId, MemberId, OfferId, PartnerId, RedemptionId, RedemptionState } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { outboxHorizon } from '../../kernel/outbox.ts';
import type { Cashback, RedemptionRow } from './redemption.ts';

type Reader = Pick<Db, 'query'> | Tx;

interface Row {
  offer_id: OfferId;
  id: RedemptionId;
  member_id: MemberId;
  partner_id: PartnerId;
  member_ref: string;
  state: RedemptionState;
  terms_version: number;
  offer_title: { vi: string; en: string };
  partner_name: string;
  fee_minor: bigint;
  vat_minor: bigint;
  vat_basis_points: number;
  cashback: Cashback | null;
  reversed_basis_points: number;
  code_hint: string | null;
  code_position: bigint | null;
  cost_minor: bigint;
  idempotency_key: string;
  claimed_at: Date;
  claimed_day: string;
  expires_at: Date | null;
  updated_at: Date;
}

// A hold is over when its time is, not when the sweeper has come by: nobody is shown a code or a QR that no counter would take.
const LAPSED = `state = 'RESERVED' AND expires_at <= now()`;
const STATE = `CASE WHEN ${LAPSED} THEN 'EXPIRED' ELSE state END`;

const COLUMNS = `offer_id, id, member_id, partner_id, member_ref, ${STATE} AS state, terms_version, offer_title, partner_name, fee_minor,
  vat_minor, vat_basis_points, cashback, reversed_basis_points, code_hint, code_position, cost_minor, idempotency_key, claimed_at, claimed_day::text AS claimed_day,
  CASE WHEN ${LAPSED} THEN NULL ELSE expires_at END AS expires_at, updated_at`;

const fromRow = (row: Row): RedemptionRow => ({
  offerId: row.offer_id,
  id: row.id,
  memberId: row.member_id,
  partnerId: row.partner_id,
  memberRef: row.member_ref,
  state: row.state,
  termsVersion: row.terms_version,
  offerTitle: row.offer_title,
  partnerName: row.partner_name,
  feeMinor: row.fee_minor,
  vatMinor: row.vat_minor,
  vatBasisPoints: row.vat_basis_points,
  cashback: row.cashback,
  reversedBasisPoints: row.reversed_basis_points,
  codeHint: row.code_hint,
  codePosition: row.code_position,
  costMinor: row.cost_minor,
  idempotencyKey: row.idempotency_key,
  claimedAt: row.claimed_at,
  claimedDay: row.claimed_day,
  expiresAt: row.expires_at,
  updatedAt: row.updated_at,
});

/** One redemption by its whole key. */
export async function findRedemption(on: Reader, of: { offerId: OfferId; id: RedemptionId }): Promise<RedemptionRow | null> {
  const [row] = await on.query<Row>(`SELECT ${COLUMNS} FROM chung.redemptions WHERE offer_id = $1 AND id = $2`, [of.offerId, of.id]);
  return row ? fromRow(row) : null;
}

/** A member's earlier use of a key, on this or another offer. */
export async function findByKey(on: Reader, memberId: MemberId, key: string): Promise<RedemptionRow | null> {
  const [row] = await on.query<Row>(
    `SELECT ${COLUMNS} FROM chung.redemptions
      WHERE (offer_id, id) = (SELECT k.offer_id, k.redemption_id FROM chung.claim_keys k WHERE k.member_id = $1 AND k.idempotency_key = $2)`,
    [memberId, key],
  );
  return row ? fromRow(row) : null;
}

export interface Move {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly reason: string | null;
  /** Added to what was reversed before; the sum stays below the whole. */
  readonly partBasisPoints: number;
}

/**
 * The conditional update behind every arrow; what was not in a state the arrow starts from is not among the rows.
 *
 * Readers page events by transaction id, and ids are given out at a transaction's first write: one that began earlier may come
 * to a row later. It would tell its event before those of the state it starts from, so it is run again with a younger id.
 */
export async function moveStates(
  tx: Tx,
  arrow: { from: readonly RedemptionState[]; to: RedemptionState; hold: string },
  moves: readonly Move[],
): Promise<RedemptionRow[]> {
  const [offerIds, ids, reasons] = [moves.map((move) => move.offerId), moves.map((move) => move.id), moves.map((move) => move.reason)];
  const rows = await tx.query<Row>(
    `UPDATE chung.redemptions
        SET state = $4, expires_at = NULL, updated_at = now(), reason = coalesce(m.why, reason), event_txid = pg_current_xact_id(),
            reversed_basis_points = reversed_basis_points + m.part
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $7::integer[]) AS m (of_offer, of_id, why, part)
      WHERE offer_id = m.of_offer AND id = m.of_id AND state = ANY ($5) AND event_txid <= pg_current_xact_id()
        AND reversed_basis_points + m.part < 10000
        AND CASE $6 WHEN 'must-last' THEN expires_at > now() WHEN 'must-have-lapsed' THEN expires_at <= now() ELSE true END
     RETURNING ${COLUMNS}`,
    [offerIds, ids, reasons, arrow.to, arrow.from, arrow.hold, moves.map((move) => move.partBasisPoints)],
  );
  if (rows.length < moves.length) await retryIfOvertaken(tx, { offerIds, ids, from: arrow.from });
  return rows.map(fromRow);
}

async function retryIfOvertaken(tx: Tx, of: { offerIds: OfferId[]; ids: RedemptionId[]; from: readonly RedemptionState[] }) {
  const overtaken = await tx.query(
    `SELECT 1 FROM unnest($1::uuid[], $2::uuid[]) AS m (of_offer, of_id) JOIN chung.redemptions ON offer_id = m.of_offer AND id = m.of_id
      WHERE state = ANY ($3) AND event_txid > pg_current_xact_id() LIMIT 1`,
    [of.offerIds, of.ids, of.from],
  );
  if (overtaken.length > 0) throw Object.assign(new Error('a redemption was moved by a younger transaction'), { code: '40001' });
}

export type Owner = { readonly memberId: MemberId } | { readonly partnerId: PartnerId };

const ownedBy = (owner: Owner): readonly [string, string] =>
  'memberId' in owner ? ['member_id', owner.memberId] : ['partner_id', owner.partnerId];

/** One redemption of this owner; another's is as absent as one that does not exist. */
export async function findOwned(on: Reader, owner: Owner, id: RedemptionId): Promise<RedemptionRow | null> {
  const [column, value] = ownedBy(owner);
  const [row] = await on.query<Row>(`SELECT ${COLUMNS} FROM chung.redemptions WHERE id = $1 AND ${column} = $2`, [id, value]);
  return row ? fromRow(row) : null;
}

/** The redemption that holds one of these codes; the same code in two pools: the live one first, then the newest. */
export async function findByCodePlaces(
  on: Reader,
  places: readonly { offerId: OfferId; position: bigint }[],
): Promise<RedemptionRow | null> {
  const [row] = await on.query<Row>(
    `SELECT ${COLUMNS} FROM chung.redemptions
      WHERE (offer_id, code_position) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))
      ORDER BY (${STATE}) IN ('RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED') DESC, id DESC LIMIT 1`,
    [places.map((place) => place.offerId), places.map((place) => place.position)],
  );
  return row ? fromRow(row) : null;
}

export interface ListFilter {
  readonly owner: Owner;
  /** Narrows a member's list to one partner: what a partner's app may see. */
  readonly partnerId: PartnerId | null;
  readonly state: RedemptionState | null;
  readonly offerId: OfferId | null;
  readonly beforeId: string | null;
  readonly limit: number;
}

export async function listOwned(db: Db, filter: ListFilter): Promise<RedemptionRow[]> {
  const [column, value] = ownedBy(filter.owner);
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM chung.redemptions
      WHERE ${column} = $1 AND ($2::uuid IS NULL OR partner_id = $2) AND ($3::text IS NULL OR ${STATE} = $3)
        AND ($4::uuid IS NULL OR offer_id = $4) AND ($5::uuid IS NULL OR id < $5)
      ORDER BY id DESC LIMIT $6`,
    [value, filter.partnerId, filter.state, filter.offerId, filter.beforeId, filter.limit],
  );
  return rows.map(fromRow);
}

/** The holds that lapsed first, locked for this sweeper; others skip them. */
export async function lockLapsed(tx: Tx, limit: number): Promise<{ offerId: OfferId; id: RedemptionId }[]> {
  const rows = await tx.query<{ offer_id: OfferId; id: RedemptionId }>(
    `SELECT offer_id, id FROM chung.redemptions WHERE ${LAPSED} ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows.map((row) => ({ offerId: row.offer_id, id: row.id }));
}

export async function usePresentation(tx: Tx, use: { offerId: OfferId; id: string; redemptionId: RedemptionId }): Promise<boolean> {
  const rows = await tx.query(
    'INSERT INTO chung.presentations (offer_id, id, redemption_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1',
    [use.offerId, use.id, use.redemptionId],
  );
  return rows.length > 0;
}

export async function isPresentationUsed(db: Db, offerId: OfferId, id: string): Promise<boolean> {
  return (await db.query('SELECT 1 FROM chung.presentations WHERE offer_id = $1 AND id = $2', [offerId, id])).length > 0;
}

/** Events of a partner after a position, none from a transaction that may still be overtaken by an older one. */
export async function selectEvents(
  db: Db,
  page: { partnerId: PartnerId; after: { txid: string; id: string }; limit: number },
): Promise<readonly { id: EventId; txid: string; type: string; data: Record<string, unknown>; occurred_at: Date }[]> {
  const horizon = await outboxHorizon(db);
  return db.query(
    `SELECT id, txid::text AS txid, type, data, occurred_at FROM chung.outbox
      WHERE partner_id = $1 AND (txid, id) > ($2::xid8, $3::uuid) AND txid < $5::xid8
      ORDER BY txid, id LIMIT $4`,
    [page.partnerId, page.after.txid, page.after.id, page.limit, horizon],
  );
}
