import type { Vault } from '../../../kernel/vault.ts';
import type { RedemptionPorts } from '../ports.ts';

/** What the queue works with: part of the room's own, and the vault that keeps a lottery's seed until the draw. */
export interface QueuePorts extends Pick<RedemptionPorts, 'db' | 'offers' | 'cursors' | 'factsOf'> {
  readonly vault: Vault;
}
