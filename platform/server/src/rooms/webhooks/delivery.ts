import type { EventId, PartnerId, WebhookAttempt, WebhookEndpointId } from '@chung/contracts';
import { isDelivered, type TryResult } from './relay/sender.ts';

/** An event as the outbox keeps it; `data` stays the JSON text it is, because every endpoint is sent the same bytes. */
export interface StoredEvent {
  readonly id: EventId;
  readonly txid: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: string;
}

/** A row of the delivery log. */
export interface AttemptRecord {
  readonly partnerId: PartnerId;
  readonly endpointId: WebhookEndpointId;
  readonly id: string;
  readonly eventId: EventId;
  readonly eventType: string;
  readonly cause: WebhookAttempt['cause'];
  readonly attempt: number;
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly latencyMs: number;
  readonly excerpt: string | null;
  readonly nextTryAt: Date | null;
  readonly at: Date;
}

/** The body of a delivery: type, timestamp, data of Standard Webhooks, and the id once more for whoever keeps the body alone. */
export const payloadOf = ({ id, type, occurredAt, data }: StoredEvent): string =>
  `{"type":${JSON.stringify(type)},"timestamp":"${occurredAt.toISOString()}","data":${data},"id":"${id}"}`;

/** One line of the log from what came back. */
export function attemptOf(
  about: Omit<AttemptRecord, 'delivered' | 'status' | 'error' | 'latencyMs' | 'excerpt'>,
  result: TryResult,
): AttemptRecord {
  const { status, error, latencyMs, excerpt } = result;
  return { ...about, delivered: isDelivered(result), status, error: error ?? refusalOf(status), latencyMs, excerpt };
}

/** Words for the answers that are refused by rule and not by the receiver's trouble. */
function refusalOf(status: number | null): string | null {
  return status !== null && status >= 300 && status < 400 ? 'REDIRECT_NOT_FOLLOWED' : null;
}

export const shownAttempt = (row: AttemptRecord): WebhookAttempt => ({
  id: row.id,
  eventId: row.eventId,
  eventType: row.eventType,
  cause: row.cause,
  attempt: row.attempt,
  delivered: row.delivered,
  status: row.status,
  error: row.error,
  latencyMs: row.latencyMs,
  responseExcerpt: row.excerpt,
  nextTryAt: row.nextTryAt?.toISOString() ?? null,
  at: row.at.toISOString(),
});
