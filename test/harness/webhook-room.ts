// The webhooks room on a test database, with a clock that a test moves and events that it makes.
import { createWebhook, type EventId, type PartnerId, type WebhookEndpoint } from '@chung/contracts';
import pg from 'pg';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { appendEvent } from '../../platform/server/src/kernel/outbox.ts';
import { createEndpoint } from '../../platform/server/src/rooms/webhooks/create-endpoint.ts';
import type { WebhookPorts } from '../../platform/server/src/rooms/webhooks/ports.ts';
import { getEndpoint } from '../../platform/server/src/rooms/webhooks/read-endpoints.ts';
import type { Relay } from '../../platform/server/src/rooms/webhooks/relay/relay.ts';
import { createRelayMetrics } from '../../platform/server/src/rooms/webhooks/relay/relay-metrics.ts';
import { startDeliveries } from '../../platform/server/src/rooms/webhooks/webhooks.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { cursors, vault } from './partner-rooms.ts';

export interface WebhookRoom {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly owner: pg.Client;
  readonly ports: WebhookPorts;
  readonly registry: Registry;
  /** What the platform wrote down about endpoints by itself. */
  readonly audited: { action: string; target: string; detail: Record<string, unknown> }[];
  /** Moves the clock by which retries, signatures and key retirements go. */
  advance(seconds: number): void;
  endpoint(
    url: string,
    options?: { partnerId?: PartnerId; eventTypes?: string[]; signing?: 'v1' | 'v1a' },
  ): Promise<WebhookEndpoint & { partnerId: PartnerId }>;
  look(endpoint: { partnerId: PartnerId; id: WebhookEndpoint['id'] }): Promise<WebhookEndpoint>;
  /** Events of a partner, each in a transaction of its own; their ids in order. */
  events(partnerId: PartnerId, count: number): Promise<EventId[]>;
  /** Begins to deliver; stopped with the room. */
  relay(changes?: Partial<WebhookPorts>): Relay;
  close(): Promise<void>;
}

export async function openWebhookRoom(): Promise<WebhookRoom> {
  const database = await createTestDatabase();
  const db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const registry = new Registry();
  const audited: WebhookRoom['audited'] = [];
  const relays: Relay[] = [];
  let ahead = 0;
  const ports: WebhookPorts = {
    db,
    cursors,
    vault,
    partners: { requireActive: () => Promise.resolve({} as never) },
    log: pino({ level: 'silent' }),
    metrics: createRelayMetrics(registry),
    resolver: { resolve: () => Promise.reject(new Error('tests ask no name server')) },
    allowedHosts: new Set(['127.0.0.1', 'localhost']),
    now: () => new Date(Date.now() + ahead),
    random: () => 0.5,
    timeouts: { connectMs: 500, totalMs: 1_000 },
    audit: async (_tx, { action, target, detail }) => void audited.push({ action, target, detail }),
  };
  return {
    database,
    db,
    owner,
    ports,
    registry,
    audited,
    advance: (seconds) => {
      ahead += seconds * 1000;
    },
    endpoint: async (url, { partnerId = newId<PartnerId>(), ...options } = {}) => {
      const body = createWebhook.body.parse({ url, ...options });
      const made = await db.tx((tx) => createEndpoint(ports, tx, { partnerId, body }));
      return { ...made, partnerId };
    },
    look: ({ partnerId, id }) => getEndpoint(ports, db, { partnerId, id }),
    events: async (partnerId, count) => {
      const ids: EventId[] = [];
      for (let i = 0; i < count; i++) ids.push(await db.tx((tx) => appendEvent(tx, sampleEvent(partnerId))));
      return ids;
    },
    relay: (changes = {}) => {
      const relay = startDeliveries({ ...ports, ...changes });
      relays.push(relay);
      return relay;
    },
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await db.close();
      await owner.end();
      await database.drop();
    },
  };
}

export const sampleEvent = (partnerId: PartnerId) => {
  const data = { memberRef: newId<string>(), clientId: 'app', scope: 'redemptions:read' };
  return { type: 'consent.withdrawn.v1' as const, shardId: partnerId, partnerId, data };
};
