import { type MemberId, type OfferId, QUEUE_PLACE_MAX, type QueueEntryState } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';
import type { EntryRow } from './queue-entry.ts';

interface Row {
  offer_id: OfferId;
  id: string;
  member_id: MemberId;
  state: QueueEntryState;
  rank: bigint | null;
  ticket: string | null;
  joined_at: Date;
  promised_until: Date | null;
  at: Date;
}

/** What the database made of a request to join; all but the first two are codes of the refusal. */
export type JoinOutcome = 'made' | 'known' | 'limit_reached' | 'queue_closed' | 'offer_not_sold_out';

export interface Joining {
  readonly offerId: OfferId;
  readonly id: string;
  readonly memberId: MemberId;
  readonly acceptMinutes: number;
}

/** One statement: nothing may be waited for while the stock row is held. */
export async function joinWaitingList(on: Tx, joining: Joining & { perMember: number }): Promise<JoinOutcome> {
  const [row] = await on.query<{ outcome: JoinOutcome }>('SELECT chung.join_waiting_list($1, $2, $3, $4, $5) AS outcome', [
    joining.offerId,
    joining.id,
    joining.memberId,
    joining.acceptMinutes,
    joining.perMember,
  ]);
  return outcomeOf(row);
}

export async function enterLottery(on: Tx, joining: Joining & { ticket: string }): Promise<JoinOutcome> {
  const [row] = await on.query<{ outcome: JoinOutcome }>('SELECT chung.enter_lottery($1, $2, $3, $4, $5) AS outcome', [
    joining.offerId,
    joining.id,
    joining.memberId,
    joining.acceptMinutes,
    joining.ticket,
  ]);
  return outcomeOf(row);
}

function outcomeOf<Outcome>(row: { outcome: Outcome } | undefined): Outcome {
  if (!row) throw new Error('a function of the queue answered no row');
  return row.outcome;
}

/** Null when there was nothing to leave. */
export async function leaveQueueRow(on: Tx, offerId: OfferId, memberId: MemberId): Promise<'left' | 'wrong_state' | null> {
  const [row] = await on.query<{ outcome: 'left' | 'wrong_state' | null }>('SELECT chung.leave_queue($1, $2) AS outcome', [
    offerId,
    memberId,
  ]);
  return outcomeOf(row);
}

/** The member's live entry, else their last; with the database's clock. */
export async function findEntry(on: Tx, offerId: OfferId, memberId: MemberId): Promise<{ entry: EntryRow; at: Date } | null> {
  const [row] = await on.query<Row>(
    `SELECT offer_id, id, member_id, state, rank, ticket, joined_at, promised_until, now() AS at
       FROM chung.queue_entries WHERE member_id = $1 AND offer_id = $2
      ORDER BY state IN ('ENTERED', 'WAITING', 'PROMISED') DESC, id DESC LIMIT 1`,
    [memberId, offerId],
  );
  if (!row) return null;
  const entry: EntryRow = {
    offerId: row.offer_id,
    id: row.id,
    memberId: row.member_id,
    state: row.state,
    rank: row.rank === null ? null : Number(row.rank),
    ticket: row.ticket,
    joinedAt: row.joined_at,
    promisedUntil: row.promised_until,
  };
  return { entry, at: row.at };
}

/** 1 is the next. Counts no further than anyone cares to know: a line of a million must not be read for each who looks. */
export async function placeOf(on: Tx, { offerId, id }: Pick<EntryRow, 'offerId' | 'id'>): Promise<number> {
  const [row] = await on.query<{ before: bigint }>(
    `SELECT count(*) AS before FROM (
       SELECT 1 FROM chung.queue_entries q, (SELECT rank, joined_at, id FROM chung.queue_entries WHERE offer_id = $1 AND id = $2) mine
        WHERE q.offer_id = $1 AND q.state = 'WAITING'
          AND (coalesce(q.rank, 0), q.joined_at, q.id) < (coalesce(mine.rank, 0), mine.joined_at, mine.id)
        LIMIT $3) ahead`,
    [offerId, id, QUEUE_PLACE_MAX],
  );
  return Number(row?.before ?? 0n) + 1;
}

export async function reopenQueueRows(
  tx: Tx,
  offer: { offerId: OfferId; keptKind: 'waiting' | 'lottery' | null; endsAt: string },
): Promise<void> {
  await tx.query('SELECT chung.reopen_queue($1, $2, $3)', [offer.offerId, offer.keptKind, offer.endsAt]);
}

/**
 * Offers in which a promise ran out, or a unit is free although somebody waits (whose turn was passed over for a day). Only such whose
 * terms are published: while nobody can claim, no promise runs out.
 */
export async function offersDue(on: Tx, limit: number): Promise<readonly OfferId[]> {
  const rows = await on.query<{ offer_id: OfferId }>(
    `SELECT DISTINCT due.offer_id FROM (
       SELECT q.offer_id FROM chung.queue_entries q WHERE q.state = 'PROMISED' AND q.promised_until <= now()
       UNION ALL
       SELECT s.offer_id FROM chung.offer_stock s
        WHERE s.held + s.redeemed + s.promised < s.stock
          AND EXISTS (SELECT 1 FROM chung.queue_entries w WHERE w.offer_id = s.offer_id AND w.state = 'WAITING')) due
       JOIN chung.offers o ON o.id = due.offer_id AND o.state = 'published' LIMIT $1`,
    [limit],
  );
  return rows.map((row) => row.offer_id);
}

/** How many promises ran out; null when somebody else has the offer's stock just now. */
export async function lapsePromisesOf(on: Tx, offerId: OfferId): Promise<number | null> {
  const [row] = await on.query<{ outcome: number | null }>('SELECT chung.lapse_promises($1) AS outcome', [offerId]);
  return outcomeOf(row);
}
