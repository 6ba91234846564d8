import type { Db, Tx } from '../../kernel/db.ts';
import { assertBalanced, type Journal, type Posting } from './journal.ts';
import { insertJournals, selectPostings } from './store.ts';

export interface Ledger {
  /** Posts balanced journals in the transaction of their cause. A second posting of the same effect is refused. */
  post(tx: Tx, journals: readonly Journal[]): Promise<void>;
  /** The lines of an earlier journal, for its exact opposite. */
  postingsOf(tx: Tx, key: { shardId: string; causeId: string; kind: string }): Promise<readonly Posting[]>;
}

export function createLedger(): Ledger {
  return {
    post: async (tx, journals) => {
      for (const journal of journals) assertBalanced(journal);
      await insertJournals(tx, journals);
    },
    postingsOf: selectPostings,
  };
}

export interface LedgerDeps {
  readonly db: Db;
}
