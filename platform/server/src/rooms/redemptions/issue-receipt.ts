import type { Receipt, RedemptionId } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import type { RedemptionPorts } from './ports.ts';
import { findForMember } from './read-redemptions.ts';
import { isLive } from './redemption.ts';

/** The receipt and a fresh presentation for the QR. What ended without use has nothing to present. */
export async function issueReceipt(ports: RedemptionPorts, principal: MemberPrincipal, id: RedemptionId): Promise<Receipt> {
  const row = await findForMember(ports, principal, id);
  if (!isLive(row.state)) throw new DomainError('wrong_state');
  const now = await databaseNow(ports.db);
  const { token, expiresAt } = await ports.receipts.presentationOf(row, now);
  return { receipt: await ports.receipts.receiptOf(row, now), presentation: token, presentationExpiresAt: expiresAt.toISOString() };
}
