import type { Db, Tx } from '../../kernel/db.ts';
import type { PartnerPrincipal } from '../../kernel/principal.ts';
import type { Vault } from '../../kernel/vault.ts';
import { openCode } from './code.ts';
import { findCode } from './code-store.ts';
import { type CodePlace, lookUpCode, type OnCodesLocked } from './look-up-code.ts';

/** What redemptions do with an offer's code pool. */
export interface CodePool {
  /** The code itself, opened for the member whose redemption holds the place. */
  codeOf(place: CodePlace, on?: Tx): Promise<string | null>;
  /** Where a code that a partner was shown stands in its own pools; empty for one that was never given out. Guessing locks the caller out. */
  findByCode(caller: PartnerPrincipal, code: string): Promise<readonly CodePlace[]>;
}

export function createCodePool(deps: { db: Db; vault: Vault; onCodesLocked?: OnCodesLocked | undefined }): CodePool {
  const { db, vault } = deps;
  return {
    codeOf: async ({ offerId, position }, on = db) => {
      const sealed = await findCode(on, offerId, position);
      return sealed && openCode(vault, { offerId, ...sealed });
    },
    findByCode: (caller, code) => lookUpCode(deps, caller, code),
  };
}
