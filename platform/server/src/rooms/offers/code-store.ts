import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
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
export async function insertCodes(tx: Tx, offerId: OfferId, codes: readonly (SealedCode & { id: string })[]): Promise<number> {
  const inserted = await tx.query(
    `INSERT INTO chung.codes (offer_id, id, lookup_hash, sealed)
     SELECT $1, c.id, c.hash, c.sealed FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS c (id, hash, sealed)
     ON CONFLICT (offer_id, lookup_hash) DO NOTHING RETURNING id`,
    [offerId, codes.map((code) => code.id), codes.map((code) => code.hash), codes.map((code) => code.sealed)],
  );
  await tx.query(
    `INSERT INTO chung.code_pools (offer_id, total) VALUES ($1, $2)
     ON CONFLICT (offer_id) DO UPDATE SET total = code_pools.total + excluded.total, updated_at = excluded.updated_at`,
    [offerId, inserted.length],
  );
  return inserted.length;
}

/** Binds a free code to the redemption. SKIP LOCKED: two claims at once take two codes instead of waiting for each other. */
export async function bindFreeCode(tx: Tx, offerId: OfferId, redemptionId: RedemptionId): Promise<SealedCode | null> {
  const [row] = await tx.query<CodeRow>(
    `UPDATE chung.codes SET redemption_id = $2
      WHERE offer_id = $1 AND id = (SELECT c.id FROM chung.codes c WHERE c.offer_id = $1 AND c.redemption_id IS NULL
                                     ORDER BY c.id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING lookup_hash, sealed`,
    [offerId, redemptionId],
  );
  return sealedOf(row);
}

/** The live code of a redemption; null when it has none or it was voided. */
export async function findBoundCode(on: Tx, offerId: OfferId, redemptionId: RedemptionId): Promise<SealedCode | null> {
  const [row] = await on.query<CodeRow>(
    'SELECT lookup_hash, sealed FROM chung.codes WHERE offer_id = $1 AND redemption_id = $2 AND voided_at IS NULL',
    [offerId, redemptionId],
  );
  return sealedOf(row);
}

/** The redemption stays on the row: a code that is shown later must still be known as void. */
export async function voidBoundCode(tx: Tx, offerId: OfferId, redemptionId: RedemptionId): Promise<void> {
  await tx.query('UPDATE chung.codes SET voided_at = now() WHERE offer_id = $1 AND redemption_id = $2 AND voided_at IS NULL', [
    offerId,
    redemptionId,
  ]);
}

/** Among the partner's own offers only. The same code in two of its pools: the live one, then the one assigned to the newest redemption. */
export async function findRedemptionByHash(
  on: Tx,
  partnerId: PartnerId,
  hash: Uint8Array,
): Promise<{ offerId: OfferId; redemptionId: RedemptionId } | null> {
  const [row] = await on.query<{ offer_id: OfferId; redemption_id: RedemptionId }>(
    `SELECT c.offer_id, c.redemption_id FROM chung.offers o JOIN chung.codes c ON c.offer_id = o.id AND c.lookup_hash = $2
      WHERE o.partner_id = $1 AND c.redemption_id IS NOT NULL
      ORDER BY c.voided_at NULLS FIRST, c.redemption_id DESC LIMIT 1`,
    [partnerId, hash],
  );
  return row ? { offerId: row.offer_id, redemptionId: row.redemption_id } : null;
}
