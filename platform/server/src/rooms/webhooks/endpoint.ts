import type { EventId, PartnerId, WebhookEndpoint, WebhookEndpointId, WebhookPauseReason, WebhookSigning } from '@chung/contracts';

/** A place in the outbox, as its readers page (decision 0007). */
export interface Position {
  readonly txid: string;
  readonly id: string;
}

export const FIRST_ID = '00000000-0000-0000-0000-000000000000';
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export const isBehind = (a: Position, b: Position): boolean => BigInt(a.txid) < BigInt(b.txid) || (a.txid === b.txid && a.id < b.id);

export interface KeyRecord {
  readonly id: string;
  readonly signing: WebhookSigning;
  readonly publicKey: string | null;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  readonly retiresAt: Date | null;
}

export interface EndpointRecord {
  readonly partnerId: PartnerId;
  readonly id: WebhookEndpointId;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly state: 'active' | 'paused';
  readonly pauseReason: WebhookPauseReason | null;
  readonly cursor: Position;
  readonly failing: { readonly at: Position; readonly since: Date } | null;
  readonly attempts: number;
  readonly nextTryAt: Date | null;
  readonly lastError: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Bound into the seal, so that a key copied to another row does not open. */
export const sealContext = (keyId: string): string => `webhook-key:${keyId}`;

/** An endpoint wants an event of its types; without a list, every one. */
export const wantsType = ({ eventTypes }: Pick<EndpointRecord, 'eventTypes'>, type: string): boolean =>
  eventTypes.length === 0 || eventTypes.includes(type);

/** What the partner sees: no place in the outbox, no lease, and of keys only what may be known. */
export function shownEndpoint(endpoint: EndpointRecord, keys: readonly KeyRecord[]): WebhookEndpoint {
  const { failing } = endpoint;
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    eventTypes: [...endpoint.eventTypes],
    state: endpoint.state,
    pauseReason: endpoint.pauseReason,
    failing: failing && {
      // The brand exists only in types; the column holds ids of the outbox and nothing else.
      eventId: failing.at.id as EventId,
      attempts: endpoint.attempts,
      since: failing.since.toISOString(),
      nextTryAt: endpoint.nextTryAt?.toISOString() ?? null,
      lastError: endpoint.lastError,
    },
    keys: keys.map((key) => ({
      id: key.id,
      signing: key.signing,
      publicKey: key.publicKey,
      createdAt: key.createdAt.toISOString(),
      retiresAt: key.retiresAt?.toISOString() ?? null,
    })),
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}
