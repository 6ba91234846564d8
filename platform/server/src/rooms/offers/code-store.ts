import type { OfferId, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';

export interface SealedCode {
  readonly hash: Uint8Array;
  readonly sealed: Uint8Array;
}

interface CodeRow {
  lookup_hash: Buffer;
  sealed: Buffer;
}

const sealedOf = (row: CodeRow | undefined): SealedCode | null => (row ? { hash: row.lookup_hash, sealed: row.sealed } : null);

/** Adds codes that the pool does not have; answers how many. A repeat adds none, so an upload that broke off can simply be sent again. */
export async function insertCodes(tx: Tx, offerId: OfferId, codes: readonly (SealedCode & { hint: string })[]): Promise<number> {
  // The pool's row is locked first: positions are given out in one row without gaps.
  await tx.query('INSERT INTO chung.code_pools (offer_id, total) VALUES ($1, 0) ON CONFLICT (offer_id) DO NOTHING', [offerId]);
  await tx.query('SELECT 1 FROM chung.code_pools WHERE offer_id = $1 FOR UPDATE', [offerId]);
  const inserted = await tx.query(
    `INSERT INTO chung.codes (offer_id, position, lookup_hash, sealed, hint)
     SELECT $1, p.total + row_number() OVER (ORDER BY c.hash), c.hash, c.sealed, c.hint
       FROM (SELECT DISTINCT ON (hash) hash, sealed, hint FROM unnest($2::bytea[], $3::bytea[], $4::text[]) AS u (hash, sealed, hint)) c
       JOIN chung.code_pools p ON p.offer_id = $1
      WHERE NOT EXISTS (SELECT 1 FROM chung.codes k WHERE k.offer_id = $1 AND k.lookup_hash = c.hash)
     RETURNING 1`,
    [offerId, codes.map((code) => code.hash), codes.map((code) => code.sealed), codes.map((code) => code.hint)],
  );
  await tx.query('UPDATE chung.code_pools SET total = total + $2, updated_at = now() WHERE offer_id = $1', [offerId, inserted.length]);
  return inserted.length;
}

/** Takes the pool's next position; null when all are taken. */
export async function takePosition(tx: Tx, offerId: OfferId): Promise<{ position: bigint; hint: string } | null> {
  const [taken] = await tx.query<{ position: bigint; hint: string }>(
    `WITH t AS (UPDATE chung.code_pools SET taken = taken + 1 WHERE offer_id = $1 AND taken < total RETURNING offer_id, taken)
     SELECT c.position, c.hint FROM t JOIN chung.codes c ON c.offer_id = t.offer_id AND c.position = t.taken`,
    [offerId],
  );
  return taken ?? null;
}

export async function findCode(on: Tx, offerId: OfferId, position: bigint): Promise<SealedCode | null> {
  const [row] = await on.query<CodeRow>('SELECT lookup_hash, sealed FROM chung.codes WHERE offer_id = $1 AND position = $2', [
    offerId,
    position,
  ]);
  return sealedOf(row);
}

/** Where a code stands among the partner's own pools; the same code may be in several. Only positions that were given out. */
export async function findPositions(
  on: Tx,
  partnerId: PartnerId,
  hash: Uint8Array,
): Promise<readonly { offerId: OfferId; position: bigint }[]> {
  const rows = await on.query<{ offer_id: OfferId; position: bigint }>(
    `SELECT c.offer_id, c.position
       FROM chung.offers o
       JOIN chung.code_pools p ON p.offer_id = o.id
       JOIN chung.codes c ON c.offer_id = o.id AND c.lookup_hash = $2 AND c.position <= p.taken
      WHERE o.partner_id = $1`,
    [partnerId, hash],
  );
  return rows.map((row) => ({ offerId: row.offer_id, position: row.position }));
}
