import type { OfferDraft, OfferId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { findTerms } from './store.ts';

/** Terms by (offer, version). A version never changes, so what is kept here can never be stale. */
export interface TermsCache {
  /** Every key must exist: it was read from a row that refers to it. */
  load(on: Tx, keys: readonly { offerId: OfferId; version: number }[]): Promise<(offerId: OfferId, version: number) => OfferDraft>;
}

// About 5 kB each; enough for what is hot, and a limit on what is not.
const ENTRIES_MAX = 2_000;

export function createTermsCache(): TermsCache {
  const kept = new Map<string, OfferDraft>();
  const keyOf = (offerId: OfferId, version: number) => `${offerId}/${version}`;
  const keep = (key: string, terms: OfferDraft) => {
    kept.delete(key);
    kept.set(key, terms);
    if (kept.size <= ENTRIES_MAX) return;
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  };
  return {
    load: async (on, keys) => {
      const found = new Map<string, OfferDraft>();
      const missing = keys.filter(({ offerId, version }) => {
        const key = keyOf(offerId, version);
        const terms = kept.get(key);
        if (terms) found.set(key, terms);
        return !terms;
      });
      for (const { offerId, version, terms } of missing.length === 0 ? [] : await findTerms(on, missing)) {
        found.set(keyOf(offerId, version), terms);
        keep(keyOf(offerId, version), terms);
      }
      return (offerId, version) => {
        const terms = found.get(keyOf(offerId, version));
        if (!terms) throw new Error(`terms ${version} of offer ${offerId} are missing`);
        return terms;
      };
    },
  };
}
