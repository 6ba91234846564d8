import { EVENT_TYPES, type EventData, type EventId, type EventType, type PartnerId } from '@chung/contracts';
import type { Db, Tx } from './db.ts';
import { newId } from './ids.ts';

type EventOf<Type extends EventType> = { type: Type; shardId: string; partnerId: PartnerId; data: EventData<Type> };
/** An event to add, with the data its type asks for. `shardId`: the offer's id for redemptions, else the partner's. */
export type NewEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/**
 * Adds an event in the transaction of what it tells, so that no event is lost and none comes before its commit.
 * `shardId` keeps the row on the shard of that transaction.
 */
export async function appendEvent<Type extends EventType>(tx: Tx, event: EventOf<Type>): Promise<EventId> {
  const [id] = await insertEvents(tx, [event]);
  if (id === undefined) throw new Error('an event was added without an id');
  return id;
}

/** Adds several in one statement. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await insertEvents(tx, events);
}

async function insertEvents(
  tx: Tx,
  events: readonly { type: EventType; shardId: string; partnerId: PartnerId; data: unknown }[],
): Promise<EventId[]> {
  const ids = events.map(() => newId<EventId>());
  await tx.query(
    `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid)
     SELECT e.shard_id, e.id, e.partner_id, e.type, e.data, pg_current_xact_id()
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::jsonb[]) AS e (shard_id, id, partner_id, type, data)`,
    [
      events.map((event) => event.shardId),
      ids,
      events.map((event) => event.partnerId),
      events.map((event) => event.type),
      events.map((event) => JSON.stringify(EVENT_TYPES[event.type].parse(event.data))),
    ],
  );
  return ids;
}

const MARK = 'chung: writes no events';
/** The statement by which a long transaction says that it will add no event. */
export const WRITES_NO_EVENTS = `SET LOCAL application_name = '${MARK}'`;

/**
 * Below which transaction all events are there: no running transaction can still add one there. Ask this first and read the
 * events in a later statement: one that commits in between is then seen by the later snapshot.
 *
 * The snapshot's own xmin would do, but waits for every transaction of the whole cluster, such as an import's COPY of minutes.
 * `age` counts from the next transaction id, which is never below the snapshot's xmax: the horizon errs to the safe side.
 */
export async function outboxHorizon(db: Pick<Db, 'query'>): Promise<string> {
  const [row] = await db.query<{ horizon: string }>(
    `SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - coalesce(max(age(backend_xid)), 0))::text AS horizon
       FROM pg_stat_activity
      WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND application_name <> $1`,
    [MARK],
  );
  if (!row) throw new Error('the outbox horizon answered no row');
  return row.horizon;
}

/** Order is by transaction, time by its start: events of one moment may stand this far apart (a transaction's length, clocks of two nodes). */
export const OUTBOX_SPREAD_MS = 60_000;

/**
 * The transaction id from which on a partner's events occurred at or after a moment, give or take the spread above; by halving, because time
 * has no index: one more would cost every claim something, and this costs one question forty look-ups.
 */
export async function outboxPlaceAt(db: Pick<Db, 'query'>, partnerId: PartnerId, at: Date): Promise<string> {
  let low = 0n;
  let high = BigInt(await outboxHorizon(db));
  while (low < high) {
    const middle = (low + high) / 2n;
    const event = await firstEventFrom(db, partnerId, String(middle));
    if (event && event.occurredAt < at) low = BigInt(event.txid) + 1n;
    else high = middle;
  }
  return String(low);
}

async function firstEventFrom(
  db: Pick<Db, 'query'>,
  partnerId: PartnerId,
  txid: string,
): Promise<{ txid: string; occurredAt: Date } | null> {
  const [row] = await db.query<{ txid: string; occurred_at: Date }>(
    `SELECT txid::text AS txid, occurred_at FROM chung.outbox WHERE partner_id = $1 AND txid >= $2::xid8 ORDER BY txid, id LIMIT 1`,
    [partnerId, txid],
  );
  return row ? { txid: row.txid, occurredAt: row.occurred_at } : null;
}
