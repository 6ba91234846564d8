import { EVENT_TYPES, type EventId, type WebhookAttempt } from '@chung/contracts';
import { newId } from '../../kernel/ids.ts';
import { attemptOf, payloadOf, shownAttempt } from './delivery.ts';
import { sealContext } from './endpoint.ts';
import { insertAttempt } from './log-store.ts';
import type { WebhookPorts } from './ports.ts';
import { requireEndpoint } from './read-endpoints.ts';
import { createSender } from './relay/sender.ts';
import { signedHeaders, signerOf } from './signing.ts';
import { type EndpointRef, selectKeys } from './store.ts';

/**
 * Sends one event of type `webhook.test.v1` now, also to a paused endpoint, and answers what came of it. It is tried once and stands in
 * the log, but not among the partner's events. No transaction is open while the receiver is asked.
 */
export async function sendTestEvent(ports: WebhookPorts, ref: EndpointRef): Promise<WebhookAttempt> {
  const { db, vault, resolver, allowedHosts, now, timeouts } = ports;
  const endpoint = await requireEndpoint(db, ref);
  const at = now();
  const keys = (await selectKeys(db, { ...ref, ids: [ref.id], at })).get(ref.id) ?? [];
  const data = EVENT_TYPES['webhook.test.v1'].parse({ endpointId: ref.id, message: 'Xin chào từ Chung / Hello from Chung' });
  const event = { id: newId<EventId>(), type: 'webhook.test.v1', txid: '0', occurredAt: at, data: JSON.stringify(data) };
  const payload = payloadOf(event);
  const signers = keys.map(({ id, sealed }) => signerOf(vault.open(sealed, sealContext(id))));
  const sender = createSender(endpoint.url, { resolver, allowedHosts, now, ...(timeouts && { timeouts }) });
  try {
    const result = await sender.send({ headers: await signedHeaders(signers, { id: event.id, payload, at }), payload });
    const about = { partnerId: ref.partnerId, endpointId: ref.id, eventId: event.id, eventType: event.type, at };
    const attempt = attemptOf({ ...about, id: newId<string>(), cause: 'test', attempt: 1, nextTryAt: null }, result);
    await insertAttempt(db, attempt);
    return shownAttempt(attempt);
  } finally {
    sender.close();
  }
}
