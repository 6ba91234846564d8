import type { BodyOf, changeWebhook, WebhookEndpoint } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EndpointRecord } from './endpoint.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import type { WebhookPorts } from './ports.ts';
import { withKeys } from './read-endpoints.ts';
import { deleteEndpoint, type EndpointRef, pauseEndpoint, resumeEndpoint, updateEndpoint } from './store.ts';

/** Changes what is given. A new address takes effect within a second or two, and goes on at the same place. */
export async function changeEndpoint(
  ports: WebhookPorts,
  tx: Tx,
  { ref, body }: { ref: EndpointRef; body: BodyOf<typeof changeWebhook> },
): Promise<WebhookEndpoint> {
  const url = body.url === undefined ? undefined : parseEndpointUrl(body.url, ports.allowedHosts).href;
  return shown(ports, tx, await updateEndpoint(tx, ref, { ...body, url }));
}

export async function pauseByPartner(ports: WebhookPorts, tx: Tx, ref: EndpointRef): Promise<WebhookEndpoint> {
  return shown(ports, tx, await pauseEndpoint(tx, ref, { reason: 'partner' }));
}

/** Also for an endpoint that is failing: it is tried again at once. */
export async function resumeByPartner(
  ports: WebhookPorts,
  tx: Tx,
  { ref, skipFailing }: { ref: EndpointRef; skipFailing: boolean },
): Promise<WebhookEndpoint> {
  return shown(ports, tx, await resumeEndpoint(tx, ref, { skipFailing }));
}

/** The only way an endpoint goes. Its log stays until the retention takes it. */
export async function deleteByPartner(tx: Tx, ref: EndpointRef): Promise<void> {
  if (!(await deleteEndpoint(tx, ref))) throw new DomainError('not_found');
}

async function shown(ports: WebhookPorts, tx: Tx, endpoint: EndpointRecord | null): Promise<WebhookEndpoint> {
  if (!endpoint) throw new DomainError('not_found');
  return withKeys(ports, tx, endpoint);
}
