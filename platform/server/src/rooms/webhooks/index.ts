export { webhookRoutes } from './http.ts';
export { deleteOldDeliveries } from './jobs.ts';
export type { WebhookPorts } from './ports.ts';
export { createNameResolver } from './relay/guarded-lookup.ts';
export type { Relay } from './relay/relay.ts';
export { createRelayMetrics } from './relay/relay-metrics.ts';
export { startDeliveries } from './webhooks.ts';
