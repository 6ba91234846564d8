import type { DrawTicket, OfferId } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';

export interface LotteryRow {
  readonly offerId: OfferId;
  readonly state: 'OPEN' | 'CLOSED' | 'DRAWN';
  readonly commitment: Buffer;
  readonly sealedSeed: Buffer;
  readonly entriesFrom: Date;
  readonly entriesUntil: Date;
  readonly digest: Buffer | null;
  readonly tickets: number | null;
  readonly seed: Buffer | null;
  readonly units: number | null;
  readonly committedAt: Date;
  readonly closedAt: Date | null;
  readonly drawnAt: Date | null;
}

const COLUMNS = `offer_id AS "offerId", state, commitment, sealed_seed AS "sealedSeed", entries_from AS "entriesFrom",
  entries_until AS "entriesUntil", digest, tickets, seed, units, committed_at AS "committedAt", closed_at AS "closedAt", drawn_at AS "drawnAt"`;

/** What takes part: before the draw everyone who is in, afterwards everyone who was ranked, whatever became of them. */
const TAKES_PART = `ticket IS NOT NULL AND (state = 'ENTERED' OR rank IS NOT NULL)`;

/** Keeps the first seed for ever: only the times may change, and only while entries are open. */
export async function putLottery(
  tx: Tx,
  lottery: { offerId: OfferId; commitment: Buffer; sealedSeed: Buffer; entriesFrom: string; entriesUntil: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO chung.lotteries AS l (offer_id, commitment, sealed_seed, entries_from, entries_until) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (offer_id) DO UPDATE SET entries_from = excluded.entries_from, entries_until = excluded.entries_until WHERE l.state = 'OPEN'`,
    [lottery.offerId, lottery.commitment, lottery.sealedSeed, lottery.entriesFrom, lottery.entriesUntil],
  );
}

export async function findLottery(on: Tx, offerId: OfferId): Promise<LotteryRow | null> {
  const [row] = await on.query<LotteryRow>(`SELECT ${COLUMNS} FROM chung.lotteries WHERE offer_id = $1`, [offerId]);
  return row ?? null;
}

/** A lottery whose entries are over, locked for this node: others skip it, and whoever still enters is waited for. */
export async function lockToClose(tx: Tx): Promise<LotteryRow | null> {
  const [row] = await tx.query<LotteryRow>(
    `SELECT ${COLUMNS} FROM chung.lotteries l
      WHERE l.state = 'OPEN' AND l.entries_until <= now() AND EXISTS (SELECT 1 FROM chung.offers o WHERE o.id = l.offer_id AND o.state = 'published')
      ORDER BY l.entries_until LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return row ?? null;
}

export async function findToDraw(on: Tx): Promise<LotteryRow | null> {
  const [row] = await on.query<LotteryRow>(`SELECT ${COLUMNS} FROM chung.lotteries WHERE state = 'CLOSED' ORDER BY entries_until LIMIT 1`);
  return row ?? null;
}

/** In byte order, after one ticket. */
export async function ticketsAfter(on: Tx, page: { offerId: OfferId; after: string; limit: number }): Promise<readonly DrawTicket[]> {
  const rows = await on.query<{ ticket: string; rank: bigint | null }>(
    `SELECT ticket, rank FROM chung.queue_entries WHERE offer_id = $1 AND ${TAKES_PART} AND ticket > $2 ORDER BY ticket LIMIT $3`,
    [page.offerId, page.after, page.limit],
  );
  return rows.map(({ ticket, rank }) => ({ ticket, rank: rank === null ? null : Number(rank) }));
}

export async function closeEntries(tx: Tx, closed: { offerId: OfferId; digest: Buffer; tickets: number }): Promise<void> {
  await tx.query(
    `UPDATE chung.lotteries SET state = 'CLOSED', digest = $2, tickets = $3, closed_at = now() WHERE offer_id = $1 AND state = 'OPEN'`,
    [closed.offerId, closed.digest, closed.tickets],
  );
}

/** False when another node has drawn it. */
export async function drawRows(on: Tx, draw: { offerId: OfferId; inner: Buffer; outer: Buffer; seed: Buffer }): Promise<boolean> {
  const [row] = await on.query<{ drawn: boolean }>('SELECT chung.draw_lottery($1, $2, $3, $4) AS drawn', [
    draw.offerId,
    draw.inner,
    draw.outer,
    draw.seed,
  ]);
  return row?.drawn === true;
}
