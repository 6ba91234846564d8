import type { EventId, PartnerId, WebhookAttempt, WebhookEndpointId, WebhookReplay, WebhookReplayId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import type { AttemptRecord } from './delivery.ts';
import type { Position } from './endpoint.ts';
import type { EndpointRef } from './store.ts';

interface AttemptRow {
  partner_id: PartnerId;
  endpoint_id: WebhookEndpointId;
  id: string;
  event_id: EventId;
  event_type: string;
  cause: WebhookAttempt['cause'];
  attempt: number;
  delivered: boolean;
  status: number | null;
  error: string | null;
  latency_ms: number;
  excerpt: string | null;
  next_try_at: Date | null;
  at: Date;
}

export async function insertAttempt(db: Db, row: AttemptRecord): Promise<void> {
  await db.query(
    `INSERT INTO chung.webhook_attempts
       (partner_id, endpoint_id, id, event_id, event_type, cause, attempt, delivered, status, error, latency_ms, excerpt, next_try_at, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[row.partnerId, row.endpointId, row.id, row.eventId, row.eventType, row.cause, row.attempt],
      ...[row.delivered, row.status, row.error, row.latencyMs, row.excerpt, row.nextTryAt, row.at],
    ],
  );
}

export interface AttemptFilter {
  readonly before: string | null;
  readonly delivered: boolean | null;
  readonly eventId: EventId | null;
  readonly limit: number;
}

/** Newest first. */
export async function selectAttempts(
  db: Db,
  { partnerId, id }: EndpointRef,
  { before, delivered, eventId, limit }: AttemptFilter,
): Promise<readonly AttemptRecord[]> {
  // The failed ones have an index of their own, which a parameter in the place of the condition would not find.
  const outcome = delivered === null ? '' : delivered ? 'AND delivered' : 'AND NOT delivered';
  const rows = await db.query<AttemptRow>(
    `SELECT * FROM chung.webhook_attempts
      WHERE partner_id = $1 AND endpoint_id = $2 AND ($3::uuid IS NULL OR id < $3) AND ($4::uuid IS NULL OR event_id = $4) ${outcome}
      ORDER BY id DESC LIMIT $5`,
    [partnerId, id, before, eventId, limit],
  );
  return rows.map((row) => ({
    partnerId: row.partner_id,
    endpointId: row.endpoint_id,
    id: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    cause: row.cause,
    attempt: row.attempt,
    delivered: row.delivered,
    status: row.status,
    error: row.error,
    latencyMs: row.latency_ms,
    excerpt: row.excerpt,
    nextTryAt: row.next_try_at,
    at: row.at,
  }));
}

interface ReplayRow {
  id: WebhookReplayId;
  event_id: EventId | null;
  from_at: Date;
  until_at: Date;
  state: WebhookReplay['state'];
  delivered: number;
  requested_at: Date;
}

const shownReplay = (row: ReplayRow): WebhookReplay => ({
  id: row.id,
  eventId: row.event_id,
  from: row.from_at.toISOString(),
  until: row.until_at.toISOString(),
  state: row.state,
  delivered: row.delivered,
  requestedAt: row.requested_at.toISOString(),
});

export interface NewReplay {
  readonly id: WebhookReplayId;
  readonly eventId: EventId | null;
  readonly from: Date;
  readonly until: Date;
  readonly after: Position;
  readonly end: Position;
}

export async function insertReplay(tx: Tx, { partnerId, id }: EndpointRef, replay: NewReplay): Promise<WebhookReplay> {
  const [row] = await tx.query<ReplayRow>(
    `INSERT INTO chung.webhook_replays
       (partner_id, endpoint_id, id, event_id, from_at, until_at, cursor_txid, cursor_id, end_txid, end_id, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7::xid8, $8, $9::xid8, $10, 'running') RETURNING *`,
    [
      ...[partnerId, id, replay.id, replay.eventId, replay.from, replay.until],
      ...[replay.after.txid, replay.after.id, replay.end.txid, replay.end.id],
    ],
  );
  if (!row) throw new Error('INSERT … RETURNING answered no row');
  return shownReplay(row);
}

export async function countRunningReplays(tx: Tx, { partnerId, id }: EndpointRef): Promise<number> {
  const [row] = await tx.query<{ running: number }>(
    `SELECT count(*)::int AS running FROM chung.webhook_replays WHERE partner_id = $1 AND endpoint_id = $2 AND state = 'running'`,
    [partnerId, id],
  );
  return row?.running ?? 0;
}

/** Newest first. */
export async function selectReplays(
  db: Db,
  { partnerId, id }: EndpointRef,
  { before, limit }: { before: string | null; limit: number },
): Promise<readonly WebhookReplay[]> {
  const rows = await db.query<ReplayRow>(
    `SELECT * FROM chung.webhook_replays WHERE partner_id = $1 AND endpoint_id = $2 AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`,
    [partnerId, id, before, limit],
  );
  return rows.map(shownReplay);
}

/** An event of a partner between two transaction ids. */
export async function findEventBetween(
  on: Tx,
  { partnerId, eventId, fromTxid, untilTxid }: { partnerId: PartnerId; eventId: EventId; fromTxid: string; untilTxid: string },
): Promise<{ at: Position; occurredAt: Date } | null> {
  const [row] = await on.query<{ txid: string; id: string; occurred_at: Date }>(
    `SELECT txid::text AS txid, id, occurred_at FROM chung.outbox
      WHERE partner_id = $1 AND txid >= $3::xid8 AND txid <= $4::xid8 AND id = $2`,
    [partnerId, eventId, fromTxid, untilTxid],
  );
  return row ? { at: { txid: row.txid, id: row.id }, occurredAt: row.occurred_at } : null;
}

/** Partners with events; the retention goes through them one by one. */
export async function selectPartnersWithEvents(db: Db): Promise<readonly PartnerId[]> {
  const rows = await db.query<{ id: PartnerId }>(
    `SELECT p.id FROM chung.partners p WHERE EXISTS (SELECT FROM chung.outbox o WHERE o.partner_id = p.id)`,
  );
  return rows.map(({ id }) => id);
}

/** Takes away a partner's oldest events, at most that many; the function holds the rule of what may go. */
export async function deletePassedEvents(
  db: Db,
  partnerId: PartnerId,
  { before, atMost }: { before: Date; atMost: number },
): Promise<number> {
  const [row] = await db.query<{ gone: number }>('SELECT chung.delete_passed_events($1, $2, $3) AS gone', [partnerId, before, atMost]);
  return row?.gone ?? 0;
}

/** Old lines of the log, at most that many. Ids are UUIDv7, so those made before a moment are below it. */
export async function deleteOldAttempts(db: Db, { belowId, atMost }: { belowId: string; atMost: number }): Promise<number> {
  const rows = await db.query(
    `DELETE FROM chung.webhook_attempts a USING (
       SELECT partner_id, endpoint_id, id FROM chung.webhook_attempts WHERE id < $1 LIMIT $2
     ) o WHERE a.partner_id = o.partner_id AND a.endpoint_id = o.endpoint_id AND a.id = o.id RETURNING 1 AS gone`,
    [belowId, atMost],
  );
  return rows.length;
}

export async function deleteOldReplays(db: Db, before: Date): Promise<void> {
  await db.query(`DELETE FROM chung.webhook_replays WHERE state <> 'running' AND requested_at < $1`, [before]);
}
