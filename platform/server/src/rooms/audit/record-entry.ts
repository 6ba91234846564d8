import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { type AuditRecord, hashOf } from './entry.ts';
import { insertEntry, lockChain } from './store.ts';

/** The platform's own chain: what no partner did. */
export const PLATFORM_CHAIN = '00000000-0000-7000-8000-000000000000';

/**
 * Appends to the chain, in the transaction of the act. Call it last: the chain's row stays locked until the commit.
 */
export async function recordEntry(tx: Tx, record: AuditRecord): Promise<void> {
  const chainId = record.partnerId ?? PLATFORM_CHAIN;
  const { position, head, now } = await lockChain(tx, chainId);
  const id = newId<string>();
  const hash = hashOf({ ...record, id, at: now, position }, head);
  await insertEntry(tx, {
    chain_id: chainId,
    position,
    id,
    at: now,
    actor_kind: record.actor.kind,
    actor_id: record.actor.id,
    action: record.action,
    target: record.target,
    request_id: record.requestId,
    detail: record.detail,
    previous: head,
    hash,
  });
}
