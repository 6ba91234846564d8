import type { Partner, PartnerId } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import { DEFAULT_CONTRACT } from './contract.ts';
import { PARTNER_DECISIONS, type PartnerDecision } from './partner.ts';
import type { PartnerIdentity } from './register-partner.ts';
import { findContractAt, findPartners, insertContract, moveStatus } from './store.ts';

/** One guarded transition with everything that hangs on it, in the caller's transaction. */
export async function decidePartner(
  tx: Tx,
  identity: PartnerIdentity,
  input: { partnerId: PartnerId; decision: PartnerDecision; reason: string },
): Promise<Partner> {
  const { from, to } = PARTNER_DECISIONS[input.decision];
  const partner = await moveStatus(tx, input.partnerId, { from, to, reason: input.reason });
  if (!partner) {
    const [current] = await findPartners(tx, [input.partnerId]);
    if (!current) throw new DomainError('not_found');
    throw new DomainError('wrong_state', {
      detail: { vi: `Đối tác đang ở trạng thái “${current.status}”.`, en: `The partner is in status “${current.status}”.` },
    });
  }
  await identity.setPartnerStatus(tx, partner.id, to);
  if (input.decision === 'approve') {
    await giveDefaultContract(tx, partner.id);
    await appendEvent(tx, { type: 'partner.approved.v1', shardId: partner.id, partnerId: partner.id, data: { partnerId: partner.id } });
  }
  return partner;
}

/**
 * Only where none is in force: an operator may have agreed other terms before the approval. Terms that begin later leave no room
 * for the default before them, and a partner without a contract could be claimed from but not charged: it is approved when they begin.
 */
async function giveDefaultContract(tx: Tx, partnerId: PartnerId): Promise<void> {
  const now = await databaseNow(tx);
  if (await findContractAt(tx, partnerId, now)) return;
  try {
    await insertContract(tx, partnerId, { ...DEFAULT_CONTRACT, validFrom: now });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'conflict')) throw error;
    throw new DomainError('wrong_state', { detail: CONTRACT_BEGINS_LATER, cause: error });
  }
}

const CONTRACT_BEGINS_LATER = {
  vi: 'Hợp đồng của đối tác chưa đến ngày hiệu lực; hãy duyệt từ ngày đó.',
  en: 'The partner’s contract begins later; approve the partner from that day on.',
};
