import { DomainError } from '../../kernel/errors.ts';
import type { Presentation } from './receipt.ts';
import { isLive, type RedemptionRow } from './redemption.ts';

/**
 * Refuses a QR that no longer speaks for its redemption: of another partner, or shown before the redemption moved on. So one
 * that was looked up and then confirmed by its id is spent just as one that was confirmed itself.
 */
export function assertStillPresents(presentation: Presentation, row: RedemptionRow): void {
  if (presentation.redemption !== row.id || presentation.aud !== row.partnerId) throw new DomainError('receipt_invalid');
  if (!isLive(row.state)) throw new DomainError(row.state === 'EXPIRED' ? 'reservation_expired' : 'wrong_state');
  if (presentation.state !== row.state) throw new DomainError('receipt_already_used');
}
