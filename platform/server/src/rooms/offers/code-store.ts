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

export async function findCode(on: Tx, offerId: OfferId, position: bigint): Promise<SealedCode | null> {
  const [row] = await on.query<CodeRow>('SELECT lookup_hash, sealed FROM chung.codes WHERE offer_id = $1 AND position = $2', [
    offerId,
    position,
  ]);
  return sealedOf(row);
}

/**
 * Where a code stands among the partner's own pools, for a caller whose wrong ones are counted. The same code may be in several pools.
 * One statement and so one short transaction: a flood of guesses waits for the caller's row, not for our connections.
 */
export async function lookUpGuarded(
  on: Tx,
  look: { partnerId: PartnerId; caller: string; hash: Uint8Array; tries: number; window: string; lock: string },
): Promise<{ places: readonly { offerId: OfferId; position: bigint }[]; waitSeconds: number; isJustLocked: boolean }> {
  const rows = await on.query<{ offer_id: OfferId | null; position: bigint | null; wait_seconds: number; just_locked: boolean }>(
    'SELECT * FROM chung.look_up_code($1, $2, $3, $4, $5, $6)',
    [look.partnerId, look.caller, look.hash, look.tries, look.window, look.lock],
  );
  return {
    places: rows.flatMap(({ offer_id: offerId, position }) => (offerId === null || position === null ? [] : [{ offerId, position }])),
    waitSeconds: rows[0]?.wait_seconds ?? 0,
    isJustLocked: rows[0]?.just_locked ?? false,
  };
}
