import type { OfferId, PartnerId, RedemptionId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Vault } from '../../kernel/vault.ts';
import { hashCode, hintOf, normaliseCode, openCode } from './code.ts';
import { bindFreeCode, findBoundCode, findRedemptionByHash, voidBoundCode } from './code-store.ts';

interface CodeOf {
  readonly offerId: OfferId;
  readonly redemptionId: RedemptionId;
}

/** What redemptions do with an offer's code pool. */
export interface CodePool {
  /** Binds a free code in the claim's transaction; throws `codes_exhausted`. */
  assignCode(tx: Tx, of: CodeOf): Promise<{ code: string; hint: string }>;
  /** The redemption's code, opened for its own member; null when it has none or the code was voided. */
  codeOf(of: CodeOf, on?: Tx): Promise<string | null>;
  /**
   * Takes the code from a redemption that ended without use. A code once assigned may have been seen by its member, so it is voided
   * and never given to another: the unit comes back to the stock, the code does not come back to the pool.
   */
  returnCode(tx: Tx, of: CodeOf): Promise<void>;
  /** Whose code a partner was shown, among its own offers; also a voided one, so that the partner learns that it is void. */
  findByCode(partnerId: PartnerId, code: string): Promise<CodeOf | null>;
}

export function createCodePool({ db, vault }: { db: Db; vault: Vault }): CodePool {
  return {
    assignCode: async (tx, { offerId, redemptionId }) => {
      const sealed = await bindFreeCode(tx, offerId, redemptionId);
      if (!sealed) throw new DomainError('codes_exhausted');
      const code = openCode(vault, { offerId, ...sealed });
      return { code, hint: hintOf(code) };
    },
    codeOf: async ({ offerId, redemptionId }, on = db) => {
      const sealed = await findBoundCode(on, offerId, redemptionId);
      return sealed && openCode(vault, { offerId, ...sealed });
    },
    returnCode: (tx, { offerId, redemptionId }) => voidBoundCode(tx, offerId, redemptionId),
    findByCode: async (partnerId, code) => {
      const normalised = normaliseCode(code);
      return normalised === null ? null : findRedemptionByHash(db, partnerId, hashCode(vault, partnerId, normalised));
    },
  };
}
