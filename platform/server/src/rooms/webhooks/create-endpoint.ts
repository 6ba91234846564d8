import {
  type BodyOf,
  type createWebhook,
  type PartnerId,
  WEBHOOK_ENDPOINTS_MAX,
  type WebhookEndpoint,
  type WebhookEndpointId,
  type WebhookSigning,
} from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { outboxHorizon } from '../../kernel/outbox.ts';
import { FIRST_ID, sealContext } from './endpoint.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import type { WebhookPorts } from './ports.ts';
import { getEndpoint } from './read-endpoints.ts';
import { makeKey } from './signing.ts';
import { type EndpointRef, insertEndpoint, insertKey } from './store.ts';

/** Adds an endpoint. It is sent what happens from now on; what was before can be replayed. */
export async function createEndpoint(
  ports: WebhookPorts,
  tx: Tx,
  { partnerId, body }: { partnerId: PartnerId; body: BodyOf<typeof createWebhook> },
): Promise<WebhookEndpoint> {
  await ports.partners.requireActive(partnerId, tx);
  const url = parseEndpointUrl(body.url, ports.allowedHosts).href;
  const ref = { partnerId, id: newId<WebhookEndpointId>() };
  // Below the horizon everything was told before; the first event behind it may be younger than this endpoint.
  const cursor = { txid: await outboxHorizon(tx), id: FIRST_ID };
  const { description, eventTypes } = body;
  const added = await insertEndpoint(tx, { ...ref, url, description, eventTypes, cursor, max: WEBHOOK_ENDPOINTS_MAX });
  if (!added) throw new DomainError('too_many_webhooks');
  await addKey(ports, tx, ref, body.signing);
  return getEndpoint(ports, tx, ref);
}

/** A new key is sealed before anybody sees it; its public half is stored beside it. */
export async function addKey({ vault }: Pick<WebhookPorts, 'vault'>, tx: Tx, ref: EndpointRef, signing: WebhookSigning): Promise<void> {
  const id = newId<string>();
  const { secret, publicKey } = makeKey(signing);
  await insertKey(tx, ref, { id, signing, publicKey, sealed: vault.seal(secret, sealContext(id)) });
}
