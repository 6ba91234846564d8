import { z } from 'zod';
import type { Db, Tx } from '../../kernel/db.ts';

const Detail = z.record(z.string(), z.unknown());

export interface EntryRow {
  readonly chain_id: string;
  readonly position: bigint;
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly action: string;
  readonly target: string;
  readonly request_id: string | null;
  readonly detail: Record<string, unknown>;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/** Locks the chain until the transaction ends and tells its head; the first entry follows 32 zero bytes. */
export async function lockChain(tx: Tx, chainId: string): Promise<{ position: bigint; head: Buffer; now: Date }> {
  const [row] = await tx.query<{ length: bigint; head: Buffer; now: Date }>(
    `INSERT INTO chung.audit_chains AS c (chain_id, length, head) VALUES ($1, 1, decode(repeat('00', 32), 'hex'))
     ON CONFLICT (chain_id) DO UPDATE SET length = c.length + 1
     RETURNING length, head, date_trunc('milliseconds', clock_timestamp()) AS now`,
    [chainId],
  );
  if (!row) throw new Error('the audit chain could not be locked');
  return { position: row.length, head: row.head, now: row.now };
}

export async function insertEntry(tx: Tx, row: EntryRow): Promise<void> {
  await tx.query(
    `WITH entry AS (
       INSERT INTO chung.audit_entries (chain_id, position, id, at, actor_kind, actor_id, action, target, request_id, detail, previous, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))
     UPDATE chung.audit_chains SET head = $12 WHERE chain_id = $1`,
    [
      row.chain_id,
      row.position,
      row.id,
      row.at,
      row.actor_kind,
      row.actor_id,
      row.action,
      row.target,
      row.request_id,
      JSON.stringify(row.detail),
      row.previous,
      row.hash,
    ],
  );
}

export async function selectPage(
  db: Db,
  filter: { beforeId: string | null; action: string | null; target: string | null; limit: number },
): Promise<readonly EntryRow[]> {
  const rows = await db.prisma.audit_entries.findMany({
    where: {
      ...(filter.beforeId !== null && { id: { lt: filter.beforeId } }),
      ...(filter.action !== null && { action: filter.action }),
      ...(filter.target !== null && { target: filter.target }),
    },
    orderBy: { id: 'desc' },
    take: filter.limit,
  });
  return rows.map((row) => ({
    ...row,
    detail: Detail.parse(row.detail),
    previous: Buffer.from(row.previous),
    hash: Buffer.from(row.hash),
  }));
}

export function selectChain(db: Db, chainId: string, after: bigint, limit: number): Promise<readonly EntryRow[]> {
  return db.query<EntryRow>(`SELECT * FROM chung.audit_entries WHERE chain_id = $1 AND position > $2 ORDER BY position LIMIT $3`, [
    chainId,
    after,
    limit,
  ]);
}

export function selectChains(db: Db): Promise<readonly { chain_id: string; length: bigint; head: Buffer }[]> {
  return db.query('SELECT chain_id, length, head FROM chung.audit_chains');
}
