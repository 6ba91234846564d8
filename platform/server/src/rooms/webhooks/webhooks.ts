import { appendEvent } from '../../kernel/outbox.ts';
import type { EndpointRecord } from './endpoint.ts';
import type { WebhookPorts } from './ports.ts';
import { type Relay, startRelay } from './relay/relay.ts';
import { pauseEndpoint } from './store.ts';

/** Begins to deliver in this process; several processes share the endpoints. */
export function startDeliveries(ports: WebhookPorts): Relay {
  return startRelay({ ...ports, rest: (endpoint, reason, relayId) => restEndpoint(ports, { endpoint, reason, relayId }) });
}

/** An endpoint rests with a notice: among the partner's events, and in the audit. Both stand in the transaction of the pause. */
async function restEndpoint(
  { db, audit }: WebhookPorts,
  { endpoint, reason, relayId }: { endpoint: EndpointRecord; reason: 'failing' | 'gone'; relayId: string },
): Promise<void> {
  const { partnerId, id, url } = endpoint;
  await db.tx(async (tx) => {
    const paused = await pauseEndpoint(tx, endpoint, { reason, heldBy: relayId });
    if (!paused) return;
    const data = { endpointId: id, url, reason };
    await appendEvent(tx, { type: 'webhook.endpoint_paused.v1', shardId: partnerId, partnerId, data });
    await audit(tx, { partnerId, action: 'webhook.endpoint.paused', target: `endpoint:${id}`, detail: { reason } });
  });
}
