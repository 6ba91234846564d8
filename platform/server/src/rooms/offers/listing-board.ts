import type { OfferCategory, OfferKind, PartnerId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { shareReads } from '../../kernel/share-reads.ts';
import { type MemberFacts, passesFilter } from './eligibility.ts';
import { findListingsById, type Listing, type ListingsState, readListingIds, readListingsState } from './listing-store.ts';

interface BoardQuery {
  readonly facts: MemberFacts;
  readonly partnerId: PartnerId | null;
  readonly category?: OfferCategory | undefined;
  readonly kind?: OfferKind | undefined;
  readonly before: string | null;
  readonly limit: number;
}

/** The listings as they stand at one moment. */
interface Board {
  /** The database's clock at that moment. */
  readonly at: Date;
  /** Newest first, what the member may see as far as the columns tell; null where the board ends and the table may go on. */
  pick(query: BoardQuery): readonly Listing[] | null;
}

export interface Boards {
  /** As of now: a publication that was committed before the question is on it. */
  current(): Promise<Board>;
}

/** About 600 bytes each. A catalogue beyond it is read from the table where the board ends. */
const NEWEST_KEPT = 20_000;
/** What was changed in the table behind the version's back shows after this. */
const TRUSTED_MS = 1_000;

interface Kept {
  readonly version: string;
  readonly readAt: number;
  readonly listings: readonly Listing[];
}

/**
 * The catalogue in this process's memory. Reading a page from the table costs a scan that passes over what is not for the member;
 * here it is a walk over an array. What makes it safe: a listing never changes (other terms are another listing), and every answer
 * asks the database first whether the set of them is still this one. That question is one row, asked once for all who wait.
 */
export function createBoards(db: Db, options: { newest?: number; trustedMs?: number } = {}): Boards {
  const newest = options.newest ?? NEWEST_KEPT;
  const trustedMs = options.trustedMs ?? TRUSTED_MS;
  let kept: Kept = { version: '', readAt: Number.NEGATIVE_INFINITY, listings: [] };

  const current = async (): Promise<Board> => {
    const isOld = performance.now() - kept.readAt > trustedMs;
    let state: ListingsState | null = isOld ? null : await readListingsState(db);
    if (state?.version !== kept.version) {
      const read = await readBoard(db, kept, newest);
      kept = read.kept;
      state = read.state;
    }
    return boardOf(kept.listings, state, kept.listings.length >= newest);
  };
  const ask = shareReads(current);
  return { current: () => ask([]) };
}

async function readBoard(db: Db, kept: Kept, newest: number): Promise<{ kept: Kept; state: ListingsState }> {
  const readAt = performance.now();
  const { ids, ...state } = await readListingIds(db, newest);
  const known = new Map(kept.listings.map((listing) => [listing.id, listing]));
  const missing = ids.filter((id) => !known.has(id));
  for (const listing of missing.length === 0 ? [] : await findListingsById(db, missing)) known.set(listing.id, listing);
  // One that went between the two reads is left out; the version that took it away is read with the next page.
  const listings = ids.flatMap((id) => known.get(id) ?? []);
  return { kept: { version: state.version, readAt, listings }, state };
}

function boardOf(listings: readonly Listing[], state: ListingsState, isCut: boolean): Board {
  return {
    at: state.at,
    pick: (query) => {
      const found: Listing[] = [];
      for (let index = query.before === null ? 0 : firstBelow(listings, query.before); index < listings.length; index++) {
        const listing = listings[index];
        if (listing && isFor(listing, query, state.at)) found.push(listing);
        if (found.length === query.limit) return found;
      }
      return isCut ? null : found;
    },
  };
}

/** What the SQL of a page asks of a row, but for words. */
function isFor(listing: Listing, { facts, partnerId, category, kind }: BoardQuery, at: Date): boolean {
  const isOpen = listing.startsAt <= at.getTime() && at.getTime() < listing.endsAt;
  const isAsked =
    (partnerId === null || listing.partnerId === partnerId) &&
    (category === undefined || listing.category === category) &&
    (kind === undefined || listing.kind === kind);
  return isOpen && isAsked && passesFilter(listing.filter, facts, at);
}

/** Where the listings begin that are older than this one; ids of one length order as text as they do as uuid. */
function firstBelow(listings: readonly Listing[], before: string): number {
  let low = 0;
  let high = listings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((listings[middle]?.id ?? '') >= before) low = middle + 1;
    else high = middle;
  }
  return low;
}
