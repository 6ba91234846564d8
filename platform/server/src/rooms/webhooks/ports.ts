import type { PartnerId } from '@chung/contracts';
import type { Logger } from 'pino';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import type { AllowedHosts } from './endpoint-url.ts';
import type { NameResolver } from './relay/guarded-lookup.ts';
import type { RelayMetrics } from './relay/relay-metrics.ts';
import type { SenderOptions } from './relay/sender.ts';

export interface WebhookPorts {
  readonly db: Db;
  readonly cursors: Cursors;
  readonly vault: Vault;
  readonly partners: Pick<Partners, 'requireActive'>;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
  readonly resolver: NameResolver;
  readonly allowedHosts: AllowedHosts;
  /** Tests move it, to live through five days of retries in a second. */
  readonly now: () => Date;
  readonly random: () => number;
  readonly timeouts?: SenderOptions['timeouts'];
  readonly leaseSeconds?: number;
  /** Writes down what the platform did to an endpoint by itself, in that transaction. */
  audit(tx: Tx, entry: { partnerId: PartnerId; action: string; target: string; detail: Record<string, unknown> }): Promise<void>;
}
