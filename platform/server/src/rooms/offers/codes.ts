import type { OfferId, PartnerId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import type { Vault } from '../../kernel/vault.ts';
import { hashCode, normaliseCode, openCode } from './code.ts';
import { findCode, findPositions, takePosition } from './code-store.ts';

/** A code's place: positions of a pool are given out in order, each once, for ever. */
export interface CodePlace {
  readonly offerId: OfferId;
  readonly position: bigint;
}

/** What redemptions do with an offer's code pool. */
export interface CodePool {
  /** Takes the next code in the claim's transaction; null when the pool is used up. */
  takeCode(tx: Tx, offerId: OfferId): Promise<{ position: bigint; hint: string } | null>;
  /** The code itself, opened for the member whose redemption holds the place. */
  codeOf(place: CodePlace, on?: Tx): Promise<string | null>;
  /** Where a code that a partner was shown stands in its own pools; empty for one that was never given out. */
  findByCode(partnerId: PartnerId, code: string): Promise<readonly CodePlace[]>;
}

export function createCodePool({ db, vault }: { db: Db; vault: Vault }): CodePool {
  return {
    takeCode: takePosition,
    codeOf: async ({ offerId, position }, on = db) => {
      const sealed = await findCode(on, offerId, position);
      return sealed && openCode(vault, { offerId, ...sealed });
    },
    findByCode: async (partnerId, code) => {
      const normalised = normaliseCode(code);
      return normalised === null ? [] : findPositions(db, partnerId, hashCode(vault, partnerId, normalised));
    },
  };
}
