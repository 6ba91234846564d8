import { EVENT_TYPES, type EventData, type EventId, type EventType, type PartnerId } from '@chung/contracts';
import type { Tx } from './db.ts';
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
