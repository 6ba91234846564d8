import type { PartnerEvent, PartnerId } from '@chung/contracts';
import { OUTBOX_SPREAD_MS, outboxHorizon, outboxPlaceAt } from '../../kernel/outbox.ts';
import type { RedemptionPorts } from './ports.ts';
import { selectEvents } from './store.ts';

const START = ['0', '00000000-0000-0000-0000-000000000000'] as const;

interface EventsQuery {
  readonly cursor?: string | undefined;
  readonly from?: string | undefined;
  readonly limit: number;
}

/** A partner's events, oldest first. The cursor is never null: it is where the next page will begin once there is more. */
export async function listEvents(
  ports: RedemptionPorts,
  partnerId: PartnerId,
  query: EventsQuery,
): Promise<{ items: PartnerEvent[]; nextCursor: string }> {
  const cursors = ports.cursors.ofList('events');
  const [txid = START[0], id = START[1]] = cursors.decode(query.cursor) ?? (await startOf(ports, partnerId, query.from));
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

/** Where a reader begins who has no cursor yet: `now` at what no transaction has told yet, a moment with the spread before it. */
async function startOf({ db }: RedemptionPorts, partnerId: PartnerId, from: string | undefined): Promise<readonly string[]> {
  if (from === undefined) return START;
  if (from === 'now') return [await outboxHorizon(db), START[1]];
  return [await outboxPlaceAt(db, partnerId, new Date(Date.parse(from) - OUTBOX_SPREAD_MS)), START[1]];
}
