import type { PartnerId, WebhookEndpoint, WebhookEndpointId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { type EndpointRecord, shownEndpoint } from './endpoint.ts';
import type { WebhookPorts } from './ports.ts';
import { type EndpointRef, findEndpoint, selectEndpoints, selectKeys, selectPublicKeys } from './store.ts';

/** Throws `not_found` also for an endpoint of another partner: that it exists is nobody's business. */
export async function requireEndpoint(on: Tx, ref: EndpointRef): Promise<EndpointRecord> {
  const endpoint = await findEndpoint(on, ref);
  if (!endpoint) throw new DomainError('not_found');
  return endpoint;
}

export async function getEndpoint(ports: Pick<WebhookPorts, 'now'>, on: Tx, ref: EndpointRef): Promise<WebhookEndpoint> {
  return withKeys(ports, on, await requireEndpoint(on, ref));
}

export async function withKeys({ now }: Pick<WebhookPorts, 'now'>, on: Tx, endpoint: EndpointRecord): Promise<WebhookEndpoint> {
  const { partnerId, id } = endpoint;
  const keys = await selectKeys(on, { partnerId, ids: [id], at: now() });
  return shownEndpoint(endpoint, keys.get(id) ?? []);
}

export async function listEndpoints(
  { db, cursors, now }: WebhookPorts,
  partnerId: PartnerId,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<WebhookEndpoint>> {
  const places = cursors.ofList('webhooks');
  const rows = await selectEndpoints(db, { partnerId, after: places.decode(cursor)?.[0] ?? null, limit: limit + 1 });
  const keys = await selectKeys(db, { partnerId, ids: rows.map(({ id }) => id), at: now() });
  return pageFrom(rows, {
    limit,
    cursors: places,
    position: ({ id }) => [id],
    item: (endpoint) => shownEndpoint(endpoint, keys.get(endpoint.id) ?? []),
  });
}

/** For anyone: public keys are published, so that a receiver follows a rotation by itself. */
export async function listPublicKeys(
  { db, now }: WebhookPorts,
  endpointId: WebhookEndpointId,
): Promise<{ keys: { publicKey: string; retiresAt: string | null }[] }> {
  const keys = await selectPublicKeys(db, endpointId, now());
  if (!keys) throw new DomainError('not_found');
  return { keys: keys.map(({ publicKey, retiresAt }) => ({ publicKey, retiresAt: retiresAt?.toISOString() ?? null })) };
}
