import type { RedemptionId } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { MemberPrincipal, PartnerPrincipal } from '../../kernel/principal.ts';
import type { RedemptionPorts } from './ports.ts';
import { findForMember, findForPartner } from './read-redemptions.ts';
import { assertStillPresents } from './receipt-presented.ts';
import { ARROWS, type Arrow, type RedemptionRow } from './redemption.ts';
import { findOwned, usePresentation } from './store.ts';
import { transition } from './transition.ts';

/** The guard refused: say why from the row as it is now. Who reverses does not ask for a reservation. */
function refusal(row: RedemptionRow, arrow: Arrow): DomainError {
  if (arrow === 'reversePart' && ARROWS.reversePart.from.includes(row.state)) return new DomainError('part_too_large');
  if (row.state === 'EXPIRED' && arrow !== 'reverse' && arrow !== 'reversePart') return new DomainError('reservation_expired');
  const detail = { vi: `Lượt nhận đang ở trạng thái ${row.state}.`, en: `The redemption is ${row.state}.` };
  return new DomainError('wrong_state', { detail });
}

async function move(
  tx: Tx,
  ports: RedemptionPorts,
  step: { row: RedemptionRow; arrow: Arrow; reason?: string; partBasisPoints?: number },
): Promise<RedemptionRow> {
  const { row, arrow, reason, partBasisPoints } = step;
  const moved = await transition(tx, ports, {
    offerId: row.offerId,
    id: row.id,
    arrow,
    ...(reason !== undefined && { reason }),
    ...(partBasisPoints !== undefined && { partBasisPoints }),
  });
  if (moved) return moved;
  // Another request may have moved it between our read and our write: answer what is recorded now.
  const now = await findOwned(tx, { partnerId: row.partnerId }, row.id);
  throw refusal(now ?? row, arrow);
}

export async function cancelRedemption(
  tx: Tx,
  ports: RedemptionPorts,
  of: { principal: MemberPrincipal; id: RedemptionId },
): Promise<RedemptionRow> {
  return move(tx, ports, { row: await findForMember(ports, of.principal, of.id, tx), arrow: 'cancel' });
}

/** Confirms at the counter. A presented QR is used up in the same transaction, so that it cannot serve twice. */
export async function confirmRedemption(
  tx: Tx,
  ports: RedemptionPorts,
  of: { principal: PartnerPrincipal; id: RedemptionId; presented: string | undefined },
): Promise<RedemptionRow> {
  const row = await findForPartner(ports, of.principal, of.id, tx);
  if (of.presented !== undefined) await usePresented(tx, ports, row, of.presented);
  return move(tx, ports, { row, arrow: 'confirm' });
}

async function usePresented(tx: Tx, ports: RedemptionPorts, row: RedemptionRow, presented: string): Promise<void> {
  const presentation = await ports.receipts.readPresentation(presented, await databaseNow(tx));
  if (!presentation) throw new DomainError('receipt_invalid');
  assertStillPresents(presentation, row);
  const first = await usePresentation(tx, { offerId: row.offerId, id: presentation.jti, redemptionId: row.id });
  if (!first) throw new DomainError('receipt_already_used');
}

/**
 * The benefit was delivered. A held redemption is confirmed first, as two arrows in one transaction; if another counter has
 * just done so, its confirmation is as good as ours.
 */
export async function fulfilRedemption(
  tx: Tx,
  ports: RedemptionPorts,
  of: { principal: PartnerPrincipal; id: RedemptionId },
): Promise<RedemptionRow> {
  const row = await findForPartner(ports, of.principal, of.id, tx);
  if (row.state === 'RESERVED') await transition(tx, ports, { offerId: row.offerId, id: row.id, arrow: 'confirm' });
  return move(tx, ports, { row, arrow: 'fulfil' });
}

/** Takes a redemption back, whole or a part of its money. The rest after parts is taken back as a whole, with its unit. */
export async function reverseRedemption(
  tx: Tx,
  ports: RedemptionPorts,
  of: { principal: PartnerPrincipal; id: RedemptionId; reason: string; partBasisPoints?: number | undefined },
): Promise<RedemptionRow> {
  const row = await findForPartner(ports, of.principal, of.id, tx);
  const { reason, partBasisPoints } = of;
  if (partBasisPoints === undefined) return move(tx, ports, { row, arrow: 'reverse', reason });
  return move(tx, ports, { row, arrow: 'reversePart', reason, partBasisPoints });
}
