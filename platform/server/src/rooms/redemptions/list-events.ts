import type { PartnerEvent, PartnerId } from '@chung/contracts';
import type { RedemptionPorts } from './ports.ts';
import { selectEvents } from './store.ts';

const START = ['0', '00000000-0000-0000-0000-000000000000'] as const;

/** A partner's events, oldest first. The cursor is never null: it is where the next page will begin once there is more. */
export async function listEvents(
  ports: RedemptionPorts,
  partnerId: PartnerId,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: PartnerEvent[]; nextCursor: string }> {
  const cursors = ports.cursors.ofList('events');
  const [txid = START[0], id = START[1]] = cursors.decode(query.cursor) ?? START;
  const rows = await selectEvents(ports.db, { partnerId, after: { txid, id }, limit: query.limit });
  const last = rows.at(-1);
  return {
    items: rows.map((row) => ({
      id: row.id,
      type: row.type,
      occurredAt: row.occurred_at.toISOString(),
      data: row.data,
    })),
    nextCursor: cursors.encode(last ? [last.txid, last.id] : [txid, id]),
  };
}
