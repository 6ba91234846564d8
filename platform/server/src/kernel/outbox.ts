import { EVENT_TYPES, type EventData, type EventId, type EventType, type PartnerId } from '@chung/contracts';
import type { Db, Tx } from './db.ts';
import { newId } from './ids.ts';

/**
 * Adds an event in the transaction of what it tells, so that no event is lost and none comes before its commit.
 * `shardId` keeps the row on the shard of that transaction (the offer's id for redemptions, else the partner's).
 */
export async function appendEvent<Type extends EventType>(
  tx: Tx,
  event: { type: Type; shardId: string; partnerId: PartnerId; data: EventData<Type> },
): Promise<EventId> {
  const id = newId<EventId>();
  const data = EVENT_TYPES[event.type].parse(event.data);
  await tx.query(
    `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid) VALUES ($1, $2, $3, $4, $5, pg_current_xact_id())`,
    [event.shardId, id, event.partnerId, event.type, JSON.stringify(data)],
  );
  return id;
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
