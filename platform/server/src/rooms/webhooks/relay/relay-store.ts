import type { EventId, PartnerId, WebhookEndpointId, WebhookReplayId } from '@chung/contracts';
import type { Db } from '../../../kernel/db.ts';
import type { StoredEvent } from '../delivery.ts';
import type { EndpointRecord, KeyRecord, Position } from '../endpoint.ts';
import { ENDPOINT_COLUMNS, type EndpointRow, endpointOf, KEY_COLUMNS, type KeyRow, keyOf } from '../store.ts';
import type { OutcomeBatch } from './outcomes.ts';

/** Says that this process lives, keeps its leases, and answers which endpoints it has and what its share of all is. */
export async function keepLeases(db: Db, relayId: string, leaseSeconds: number): Promise<{ held: ReadonlySet<string>; share: number }> {
  await db.query(
    `INSERT INTO chung.webhook_relays (id, seen_until) VALUES ($1, now() + make_interval(secs => $2))
     ON CONFLICT (id) DO UPDATE SET seen_until = EXCLUDED.seen_until`,
    [relayId, leaseSeconds],
  );
  // Renewed in the last two thirds only: an idle platform of many endpoints writes little.
  const [row] = await db.query<{ held: readonly string[]; active: number; relays: number }>(
    `WITH kept AS (
       UPDATE chung.webhook_endpoints SET lease_until = now() + make_interval(secs => $2)
        WHERE lease_owner = $1 AND state = 'active' AND lease_until < now() + make_interval(secs => $2 * 2 / 3)
     )
     SELECT coalesce(array_agg(id::text) FILTER (WHERE lease_owner = $1), '{}') AS held, count(*)::int AS active,
            (SELECT count(*)::int FROM chung.webhook_relays WHERE seen_until > now()) AS relays
       FROM chung.webhook_endpoints WHERE state = 'active'`,
    [relayId, leaseSeconds],
  );
  if (!row) throw new Error('an aggregate answered no row');
  return { held: new Set(row.held), share: Math.ceil(row.active / Math.max(1, row.relays)) };
}

/** Takes up to `limit` endpoints that nobody delivers to. Two processes at once take different ones (SKIP LOCKED). */
export async function takeEndpoints(
  db: Db,
  { relayId, leaseSeconds, limit }: { relayId: string; leaseSeconds: number; limit: number },
): Promise<void> {
  await db.query(
    `UPDATE chung.webhook_endpoints e SET lease_owner = $1, lease_until = now() + make_interval(secs => $2)
       FROM (SELECT partner_id, id FROM chung.webhook_endpoints
              WHERE state = 'active' AND (lease_until IS NULL OR lease_until < now())
              LIMIT $3 FOR UPDATE SKIP LOCKED) f
      WHERE e.partner_id = f.partner_id AND e.id = f.id`,
    [relayId, leaseSeconds, limit],
  );
}

/** Gives up leases, all or those named. */
export async function releaseLeases(db: Db, relayId: string, endpointIds: readonly string[] | null): Promise<void> {
  await db.query(
    `UPDATE chung.webhook_endpoints SET lease_owner = NULL, lease_until = NULL
      WHERE lease_owner = $1 AND ($2::uuid[] IS NULL OR id = ANY ($2))`,
    [relayId, endpointIds],
  );
}

export async function removeRelay(db: Db, relayId: string): Promise<void> {
  await db.query('DELETE FROM chung.webhook_relays WHERE id = $1 OR seen_until < now()', [relayId]);
}

/** The endpoints this process holds, without those it has loaded already, and their keys. */
export async function loadHeld(
  db: Db,
  relayId: string,
  known: readonly string[],
): Promise<readonly { endpoint: EndpointRecord; keys: readonly KeyRecord[] }[]> {
  const endpoints = await db.query<EndpointRow>(
    `SELECT ${ENDPOINT_COLUMNS} FROM chung.webhook_endpoints e WHERE e.lease_owner = $1 AND e.state = 'active' AND NOT e.id = ANY ($2::uuid[])`,
    [relayId, known],
  );
  if (endpoints.length === 0) return [];
  const keys = await db.query<KeyRow & { endpoint_id: string }>(
    `SELECT k.endpoint_id, ${KEY_COLUMNS} FROM chung.webhook_keys k WHERE k.endpoint_id = ANY ($1::uuid[]) ORDER BY k.id DESC`,
    [endpoints.map(({ id }) => id)],
  );
  const byEndpoint = Map.groupBy(keys, ({ endpoint_id }) => endpoint_id);
  return endpoints.map((row) => ({ endpoint: endpointOf(row), keys: (byEndpoint.get(row.id) ?? []).map(keyOf) }));
}

export interface RunningReplay {
  readonly id: WebhookReplayId;
  readonly endpointId: WebhookEndpointId;
  readonly eventId: EventId | null;
  readonly from: Date;
  readonly until: Date;
  readonly cursor: Position;
  readonly end: Position;
  readonly attempts: number;
  readonly nextTryAt: Date | null;
  readonly delivered: number;
}

interface ReplayRow {
  id: WebhookReplayId;
  endpoint_id: WebhookEndpointId;
  event_id: EventId | null;
  from_at: Date;
  until_at: Date;
  cursor_txid: string;
  cursor_id: string;
  end_txid: string;
  end_id: string;
  attempts: number;
  next_try_at: Date | null;
  delivered: number;
}

/** Replays of the endpoints that this process holds. */
export async function loadReplays(db: Db, relayId: string): Promise<readonly RunningReplay[]> {
  const rows = await db.query<ReplayRow>(
    `SELECT r.id, r.endpoint_id, r.event_id, r.from_at, r.until_at, r.cursor_txid::text, r.cursor_id, r.end_txid::text, r.end_id,
            r.attempts, r.next_try_at, r.delivered
       FROM chung.webhook_replays r JOIN chung.webhook_endpoints e ON e.partner_id = r.partner_id AND e.id = r.endpoint_id
      WHERE e.lease_owner = $1 AND e.state = 'active' AND r.state = 'running'`,
    [relayId],
  );
  return rows.map((row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    from: row.from_at,
    until: row.until_at,
    cursor: { txid: row.cursor_txid, id: row.cursor_id },
    end: { txid: row.end_txid, id: row.end_id },
    attempts: row.attempts,
    nextTryAt: row.next_try_at,
    delivered: row.delivered,
  }));
}

/** One wish for events: those of a partner behind a position, up to an end. */
export interface PageWish {
  readonly partnerId: PartnerId;
  readonly after: Position;
  readonly end: Position | null;
}

/** A page for each wish, in one statement, below the horizon that was asked for before. */
export async function readPages(
  db: Db,
  { wishes, horizon, limit }: { wishes: readonly PageWish[]; horizon: string; limit: number },
): Promise<readonly (readonly StoredEvent[])[]> {
  const rows = await db.query<{ wish: number; id: EventId; txid: string; type: string; occurred_at: Date; data: string }>(
    `SELECT w.wish, o.id, o.txid::text AS txid, o.type, o.occurred_at, o.data::text AS data
       FROM json_to_recordset($1::json) AS w(wish int, partner_id uuid, txid xid8, id uuid, end_txid xid8, end_id uuid)
      CROSS JOIN LATERAL (
        SELECT * FROM chung.outbox o
         WHERE o.partner_id = w.partner_id AND (o.txid, o.id) > (w.txid, w.id) AND o.txid < $2::xid8
           AND (w.end_txid IS NULL OR (o.txid, o.id) <= (w.end_txid, w.end_id))
         ORDER BY o.txid, o.id LIMIT $3
      ) o ORDER BY w.wish, o.txid, o.id`,
    [JSON.stringify(wishes.map(wishRow)), horizon, limit],
  );
  const pages = wishes.map((): StoredEvent[] => []);
  for (const { wish, id, txid, type, occurred_at, data } of rows) pages[wish]?.push({ id, txid, type, occurredAt: occurred_at, data });
  return pages;
}

const wishRow = ({ partnerId, after, end }: PageWish, wish: number) => ({
  wish,
  partner_id: partnerId,
  txid: after.txid,
  id: after.id,
  end_txid: end?.txid ?? null,
  end_id: end?.id ?? null,
});

/**
 * Log, places and replays in one statement. A place moves only for who holds the lease, or forward while nobody does (the partner has
 * just changed the endpoint, and what was delivered stays delivered). The log is written all the same, because the try was made. Answers the endpoints that are still held.
 */
export async function writeOutcomes(db: Db, relayId: string, { attempts, standings }: OutcomeBatch): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ id: string }>(
    `WITH logged AS (
       INSERT INTO chung.webhook_attempts
         (partner_id, endpoint_id, id, event_id, event_type, cause, attempt, delivered, status, error, latency_ms, excerpt, next_try_at, at)
       SELECT "partnerId", "endpointId", id, "eventId", "eventType", cause, attempt, delivered, status, error, "latencyMs", excerpt, "nextTryAt", at
         FROM json_to_recordset($2::json) AS a("partnerId" uuid, "endpointId" uuid, id uuid, "eventId" uuid, "eventType" text, cause text,
              attempt int, delivered boolean, status int, error text, "latencyMs" int, excerpt text, "nextTryAt" timestamptz, at timestamptz)
     ), replayed AS (
       UPDATE chung.webhook_replays r
          SET cursor_txid = s.cursor_txid, cursor_id = s.cursor_id, attempts = s.attempts, next_try_at = s.next_try_at,
              state = s.state, delivered = s.delivered
         FROM json_to_recordset($4::json) AS s(partner_id uuid, endpoint_id uuid, replay_id uuid, cursor_txid xid8, cursor_id uuid,
              attempts int, next_try_at timestamptz, state text, delivered int)
        WHERE r.partner_id = s.partner_id AND r.endpoint_id = s.endpoint_id AND r.id = s.replay_id AND r.state = 'running'
     ), moved AS (
       UPDATE chung.webhook_endpoints e
          SET cursor_txid = s.cursor_txid, cursor_id = s.cursor_id, failing_txid = s.failing_txid, failing_id = s.failing_id,
              failing_since = s.failing_since, attempts = s.attempts, next_try_at = s.next_try_at, last_error = s.last_error
         FROM json_to_recordset($3::json) AS s(partner_id uuid, endpoint_id uuid, cursor_txid xid8, cursor_id uuid, failing_txid xid8,
              failing_id uuid, failing_since timestamptz, attempts int, next_try_at timestamptz, last_error text)
        WHERE e.partner_id = s.partner_id AND e.id = s.endpoint_id
          AND (e.lease_owner = $1 OR (e.lease_owner IS NULL AND (e.cursor_txid, e.cursor_id) < (s.cursor_txid, s.cursor_id)))
       RETURNING e.id, e.lease_owner
     )
     SELECT id FROM moved WHERE lease_owner = $1`,
    [
      relayId,
      JSON.stringify(attempts),
      JSON.stringify(standings.filter(({ replayId }) => replayId === null).map(standingRow)),
      JSON.stringify(standings.filter(({ replayId }) => replayId !== null).map(standingRow)),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

const standingRow = (standing: OutcomeBatch['standings'][number]) => ({
  partner_id: standing.partnerId,
  endpoint_id: standing.endpointId,
  replay_id: standing.replayId,
  cursor_txid: standing.cursor.txid,
  cursor_id: standing.cursor.id,
  failing_txid: standing.failing?.at.txid ?? null,
  failing_id: standing.failing?.at.id ?? null,
  failing_since: standing.failing?.since ?? null,
  attempts: standing.attempts,
  next_try_at: standing.nextTryAt,
  last_error: standing.lastError,
  state: standing.state,
  delivered: standing.delivered,
});
