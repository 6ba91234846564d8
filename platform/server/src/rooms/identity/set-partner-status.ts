import type { PartnerId, PartnerStatus } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { endPartnerSessions, upsertPartnerAccess } from './store.ts';

/**
 * Follows a decision about a partner, in its transaction. What the partner's tokens can do is read at every call; suspension also
 * ends sign-ins and refresh tokens, so that nothing comes back by itself when the partner is reinstated.
 */
export async function setPartnerStatus(tx: Tx, partnerId: PartnerId, status: PartnerStatus): Promise<void> {
  await upsertPartnerAccess(tx, partnerId, status);
  if (status === 'suspended' || status === 'refused') await endPartnerSessions(tx, partnerId);
}
