import {
  type BodyOf,
  type EventId,
  type replayWebhook,
  WEBHOOK_REPLAY_DAYS,
  type WebhookReplay,
  type WebhookReplayId,
} from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { OUTBOX_SPREAD_MS, outboxPlaceAt } from '../../kernel/outbox.ts';
import { type EndpointRecord, FIRST_ID, isBehind, LAST_ID, type Position } from './endpoint.ts';
import { countRunningReplays, findEventBetween, insertReplay } from './log-store.ts';
import type { WebhookPorts } from './ports.ts';
import { requireEndpoint } from './read-endpoints.ts';
import type { EndpointRef } from './store.ts';

const RUNNING_MAX = 3;
const DAY_MS = 86_400_000;

type Period = { readonly from: Date; readonly until: Date };

/**
 * Sends events again that the endpoint has already passed, under their own ids. It runs beside the endpoint's stream and cannot hold it
 * up. What the endpoint has not passed yet is left to that stream, so that a replay never brings an event before its turn.
 */
export async function replayEvents(
  { now }: WebhookPorts,
  tx: Tx,
  { ref, body }: { ref: EndpointRef; body: BodyOf<typeof replayWebhook> },
): Promise<WebhookReplay> {
  const endpoint = await requireEndpoint(tx, ref);
  if ((await countRunningReplays(tx, ref)) >= RUNNING_MAX)
    throw new DomainError('conflict', {
      detail: { vi: 'Đang có nhiều lượt gửi lại; hãy chờ.', en: 'Several replays are running; wait for one to end.' },
    });
  const id = newId<WebhookReplayId>();
  const oldest = new Date(now().getTime() - WEBHOOK_REPLAY_DAYS * DAY_MS);
  if ('eventId' in body) {
    const { after, at, occurredAt } = await placeOfEvent(tx, endpoint, { eventId: body.eventId, oldest });
    return insertReplay(tx, ref, { id, eventId: body.eventId, from: occurredAt, until: occurredAt, after, end: at });
  }
  const period = { from: new Date(body.from), until: new Date(body.until) };
  assertPeriod(period, oldest);
  const { partnerId } = ref;
  const after = { txid: await outboxPlaceAt(tx, partnerId, new Date(period.from.getTime() - OUTBOX_SPREAD_MS)), id: FIRST_ID };
  const end = { txid: await outboxPlaceAt(tx, partnerId, new Date(period.until.getTime() + OUTBOX_SPREAD_MS)), id: LAST_ID };
  return insertReplay(tx, ref, { id, eventId: null, ...period, after, end: isBehind(end, endpoint.cursor) ? end : endpoint.cursor });
}

function assertPeriod({ from, until }: Period, oldest: Date): void {
  const problem = (path: string, message: string) => new DomainError('validation_failed', { fields: [{ path, code: 'custom', message }] });
  if (from < oldest) throw problem('from', `At most ${WEBHOOK_REPLAY_DAYS} days back.`);
  if (until <= from) throw problem('until', 'Must be after `from`.');
}

async function placeOfEvent(
  tx: Tx,
  endpoint: EndpointRecord,
  { eventId, oldest }: { eventId: EventId; oldest: Date },
): Promise<{ after: Position; at: Position; occurredAt: Date }> {
  const { partnerId } = endpoint;
  // The id tells its own time, so that no index over all events is needed to find one.
  const made = timeOf(eventId);
  const fromTxid = await outboxPlaceAt(tx, partnerId, new Date(made.getTime() - OUTBOX_SPREAD_MS));
  const untilTxid = await outboxPlaceAt(tx, partnerId, new Date(made.getTime() + OUTBOX_SPREAD_MS));
  const found = made < oldest ? null : await findEventBetween(tx, { partnerId, eventId, fromTxid, untilTxid });
  if (!found) throw new DomainError('not_found');
  if (isBehind(endpoint.cursor, found.at))
    throw new DomainError('conflict', { detail: { vi: 'Sự kiện này chưa đến lượt gửi.', en: 'The event has not had its turn yet.' } });
  return { after: { txid: found.at.txid, id: FIRST_ID }, ...found };
}

/** Milliseconds in the first 48 bits (RFC 9562 §5.7). */
const timeOf = (id: string): Date => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
