import type { EventId, WebhookAttempt, WebhookReplay } from '@chung/contracts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { shownAttempt } from './delivery.ts';
import { selectAttempts, selectReplays } from './log-store.ts';
import type { WebhookPorts } from './ports.ts';
import { requireEndpoint } from './read-endpoints.ts';
import type { EndpointRef } from './store.ts';

interface AttemptQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly outcome?: 'delivered' | 'failed' | undefined;
  readonly eventId?: EventId | undefined;
}

export async function listAttempts({ db, cursors }: WebhookPorts, ref: EndpointRef, query: AttemptQuery): Promise<Page<WebhookAttempt>> {
  await requireEndpoint(db, ref);
  const places = cursors.ofList('webhook-attempts');
  const rows = await selectAttempts(db, ref, {
    before: places.decode(query.cursor)?.[0] ?? null,
    delivered: query.outcome === undefined ? null : query.outcome === 'delivered',
    eventId: query.eventId ?? null,
    limit: query.limit + 1,
  });
  return pageFrom(rows, { limit: query.limit, cursors: places, position: ({ id }) => [id], item: shownAttempt });
}

export async function listReplays(
  { db, cursors }: WebhookPorts,
  ref: EndpointRef,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<WebhookReplay>> {
  await requireEndpoint(db, ref);
  const places = cursors.ofList('webhook-replays');
  const rows = await selectReplays(db, ref, { before: places.decode(cursor)?.[0] ?? null, limit: limit + 1 });
  return pageFrom(rows, { limit, cursors: places, position: ({ id }) => [id], item: (replay) => replay });
}
