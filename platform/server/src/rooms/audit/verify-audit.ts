import type { Db } from '../../kernel/db.ts';
import { hashOf } from './entry.ts';
import { selectChain, selectChains } from './store.ts';

const BATCH = 1000;

export interface AuditVerdict {
  readonly entries: number;
  /** The first entry of each chain that does not follow from the one before it. */
  readonly broken: readonly { readonly chainId: string; readonly position: string }[];
}

/** Recomputes every chain from its first entry; a changed, removed or reordered line is named. */
export async function verifyAudit(db: Db): Promise<AuditVerdict> {
  const broken: { chainId: string; position: string }[] = [];
  let entries = 0;
  for (const chain of await selectChains(db)) {
    let previous: Buffer = Buffer.alloc(32);
    let position = 0n;
    for (
      let page = await selectChain(db, chain.chain_id, 0n, BATCH);
      page.length > 0;
      page = await selectChain(db, chain.chain_id, position, BATCH)
    ) {
      for (const row of page) {
        const entry = {
          partnerId: null,
          id: row.id,
          at: row.at,
          position: row.position,
          actor: { kind: row.actor_kind, id: row.actor_id },
          action: row.action,
          target: row.target,
          requestId: row.request_id,
          detail: row.detail,
        };
        if (row.position !== position + 1n || !hashOf(entry, previous).equals(row.hash)) {
          broken.push({ chainId: chain.chain_id, position: String(row.position) });
          break;
        }
        previous = row.hash;
        position = row.position;
        entries++;
      }
      if (broken.at(-1)?.chainId === chain.chain_id) break;
    }
    if (position !== chain.length && broken.at(-1)?.chainId !== chain.chain_id)
      broken.push({ chainId: chain.chain_id, position: String(position + 1n) });
  }
  return { entries, broken };
}
