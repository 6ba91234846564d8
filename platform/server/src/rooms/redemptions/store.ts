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
  code_hint: string | null;
  code_position: bigint | null;
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
  vat_minor, vat_basis_points, cashback, code_hint, code_position, idempotency_key, claimed_at, claimed_day::text AS claimed_day,
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
  codeHint: row.code_hint,
  codePosition: row.code_position,
  idempotencyKey: row.idempotency_key,
  claimedAt: row.claimed_at,
  claimedDay: row.claimed_day,
  expiresAt: row.expires_at,
  updatedAt: row.updated_at,
});

export interface NewRedemption {
  readonly offerId: OfferId;
  readonly id: RedemptionId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly memberRef: string;
  readonly clientId: string;
  readonly state: 'RESERVED' | 'REDEEMED';
  readonly termsVersion: number;
  readonly offerTitle: { readonly vi: string; readonly en: string };
  readonly partnerName: string;
  readonly contractVersion: number;
  readonly feeMinor: bigint;
  readonly vatMinor: bigint;
  readonly vatBasisPoints: number;
  readonly cashback: Cashback | null;
  readonly eligibility: unknown;
  readonly idempotencyKey: string;
  /** Minutes from the database's now; null for an instant offer. */
  readonly holdMinutes: number | null;
  readonly timeZone: string;
  readonly window: { readonly startsAt: string; readonly endsAt: string };
}

/** What an insert met: made, the key was there before, or the database's clock is outside the offer's window. */
export type InsertOutcome = { readonly made: RedemptionRow } | { readonly made: null };

/**
 * The claim's first write. A second request with the key waits here until the first commits. The window is judged by the
 * clock of this very statement, so a slow request cannot claim after the end.
 *
 * The unique constraint cannot see a key's use on another offer (it must contain the distribution column), and neither can a
 * statement whose snapshot is older than the other's commit. So a member's claims with one key queue at a lock first.
 */
export async function insertRedemption(tx: Tx, claim: NewRedemption): Promise<InsertOutcome> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${claim.memberId}/${claim.idempotencyKey}`]);
  const [row] = await tx.query<Row>(
    `INSERT INTO chung.redemptions (offer_id, id, member_id, partner_id, member_ref, client_id, state, terms_version, offer_title, partner_name,
       contract_version, fee_minor, vat_minor, vat_basis_points, cashback, eligibility, idempotency_key, claimed_day, expires_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, (now() AT TIME ZONE $18)::date,
            now() + make_interval(mins => $19)
      WHERE now() >= $20::timestamptz AND now() < $21::timestamptz
        AND NOT EXISTS (SELECT 1 FROM chung.redemptions WHERE member_id = $3 AND idempotency_key = $17)
     ON CONFLICT (offer_id, member_id, idempotency_key) DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      claim.offerId,
      claim.id,
      claim.memberId,
      claim.partnerId,
      claim.memberRef,
      claim.clientId,
      claim.state,
      claim.termsVersion,
      JSON.stringify(claim.offerTitle),
      claim.partnerName,
      claim.contractVersion,
      claim.feeMinor,
      claim.vatMinor,
      claim.vatBasisPoints,
      claim.cashback && JSON.stringify(claim.cashback),
      JSON.stringify(claim.eligibility),
      claim.idempotencyKey,
      claim.timeZone,
      claim.holdMinutes,
      claim.window.startsAt,
      claim.window.endsAt,
    ],
  );
  return { made: row ? fromRow(row) : null };
}

/** A member's earlier use of a key, on this or another offer. */
export async function findByKey(on: Reader, memberId: MemberId, key: string): Promise<RedemptionRow | null> {
  const [row] = await on.query<Row>(`SELECT ${COLUMNS} FROM chung.redemptions WHERE member_id = $1 AND idempotency_key = $2 LIMIT 1`, [
    memberId,
    key,
  ]);
  return row ? fromRow(row) : null;
}

/**
 * Counts one use against the limit of the offer's whole life and of the day; false when either is reached. The day is counted
 * also where it has no limit: terms may get one later, and giving back must find what was counted.
 */
export async function countUse(
  tx: Tx,
  use: { offerId: OfferId; memberId: MemberId; day: string; perMember: number; perDay: number | null },
): Promise<boolean> {
  const counted = await tx.query(
    `INSERT INTO chung.redemption_usage AS u (offer_id, member_id, day, used)
     SELECT $1, $2, d.day, 1 FROM (VALUES ('-infinity'::date), ($3::date)) AS d (day) ORDER BY d.day
     ON CONFLICT (offer_id, member_id, day) DO UPDATE SET used = u.used + 1
      WHERE u.used < CASE WHEN u.day = '-infinity' THEN $4::integer ELSE coalesce($5::integer, u.used + 1) END
     RETURNING 1`,
    [use.offerId, use.memberId, use.day, use.perMember, use.perDay],
  );
  return counted.length === 2;
}

/** Gives the use back in both counts. */
export async function uncountUse(tx: Tx, use: { offerId: OfferId; memberId: MemberId; day: string }): Promise<void> {
  await tx.query(
    `UPDATE chung.redemption_usage SET used = used - 1 WHERE offer_id = $1 AND member_id = $2 AND day IN ('-infinity', $3::date) AND used > 0`,
    [use.offerId, use.memberId, use.day],
  );
}

export async function setCode(tx: Tx, of: { offerId: OfferId; id: RedemptionId; position: bigint; hint: string }): Promise<void> {
  await tx.query('UPDATE chung.redemptions SET code_hint = $3, code_position = $4 WHERE offer_id = $1 AND id = $2', [
    of.offerId,
    of.id,
    of.hint,
    of.position,
  ]);
}

/**
 * The conditional update behind every arrow; null when the redemption was not in a state the arrow starts from.
 *
 * Readers page events by transaction id, and ids are given out at a transaction's first write: one that began earlier may come
 * to this row later. It would tell its event before those of the state it starts from, so it is run again with a younger id.
 */
export async function moveState(
  tx: Tx,
  move: { offerId: OfferId; id: RedemptionId; from: readonly RedemptionState[]; to: RedemptionState; hold: string; reason: string | null },
): Promise<RedemptionRow | null> {
  const [row] = await tx.query<Row>(
    `UPDATE chung.redemptions
        SET state = $4, expires_at = NULL, updated_at = now(), reason = coalesce($6, reason), event_txid = pg_current_xact_id()
      WHERE offer_id = $1 AND id = $2 AND state = ANY ($3) AND event_txid <= pg_current_xact_id()
        AND CASE $5 WHEN 'must-last' THEN expires_at > now() WHEN 'must-have-lapsed' THEN expires_at <= now() ELSE true END
     RETURNING ${COLUMNS}`,
    [move.offerId, move.id, move.from, move.to, move.hold, move.reason],
  );
  if (!row) await retryIfOvertaken(tx, move);
  return row ? fromRow(row) : null;
}

async function retryIfOvertaken(tx: Tx, { offerId, id, from }: { offerId: OfferId; id: RedemptionId; from: readonly RedemptionState[] }) {
  const overtaken = await tx.query(
    'SELECT 1 FROM chung.redemptions WHERE offer_id = $1 AND id = $2 AND state = ANY ($3) AND event_txid > pg_current_xact_id()',
    [offerId, id, from],
  );
  if (overtaken.length > 0) throw Object.assign(new Error(`redemption ${id} was moved by a younger transaction`), { code: '40001' });
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
      ORDER BY (${STATE}) IN ('RESERVED', 'REDEEMED', 'FULFILLED') DESC, id DESC LIMIT 1`,
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

/** The hold that lapsed first, locked for this sweeper; others skip it. */
export async function lockLapsed(tx: Tx): Promise<{ offerId: OfferId; id: RedemptionId } | null> {
  const [row] = await tx.query<{ offer_id: OfferId; id: RedemptionId }>(
    `SELECT offer_id, id FROM chung.redemptions WHERE ${LAPSED} ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return row ? { offerId: row.offer_id, id: row.id } : null;
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

/** How often a member has used each offer; holds count as used. */
export async function usageOf(db: Db, memberId: MemberId, offerIds: readonly OfferId[]): Promise<ReadonlyMap<OfferId, number>> {
  const rows = await db.query<{ offer_id: OfferId; used: number }>(
    `SELECT offer_id, used FROM chung.redemption_usage WHERE member_id = $1 AND offer_id = ANY ($2) AND day = '-infinity'`,
    [memberId, offerIds],
  );
  return new Map(rows.map((row) => [row.offer_id, row.used]));
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
