import type { EligibilityReason, OfferCategory, OfferDraft, OfferId, OfferKind, Partner, PartnerId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { shareReads } from '../../kernel/share-reads.ts';
import type { Partners } from '../partners/index.ts';
import { evaluateEligibility, type MemberFacts, meetsRule, type PlaceNames } from './eligibility.ts';
import { type Boards, createBoards } from './listing-board.ts';
import { findListings, findSoldOut, type ListingHead } from './listing-store.ts';
import { searchPatterns } from './search-text.ts';
import type { TermsCache } from './terms-cache.ts';

/** An offer that is for this member, with why. */
export interface OfferForMember {
  /** Place in the catalogue; newer is greater. */
  readonly listingId: string;
  readonly offerId: OfferId;
  readonly partner: Partner;
  readonly terms: OfferDraft;
  readonly soldOut: boolean;
  /** In words, and only when asked: they are the same for everyone whom the offer is for. */
  reasons(): EligibilityReason[];
}

export interface MemberSearch {
  readonly facts: MemberFacts;
  readonly partnerId: PartnerId | null;
  readonly q?: string | undefined;
  readonly category?: OfferCategory | undefined;
  readonly kind?: OfferKind | undefined;
  readonly before: string | null;
  readonly limit: number;
}

interface MemberSearchDeps {
  readonly db: Db;
  readonly partners: Partners;
  readonly terms: TermsCache;
  readonly names: PlaceNames;
}

interface Reads extends MemberSearchDeps {
  readonly boards: Boards;
  partnersOf(ids: readonly PartnerId[]): Promise<ReadonlyMap<PartnerId, Partner>>;
  soldOutOf(ids: readonly OfferId[]): Promise<ReadonlySet<OfferId>>;
}

/**
 * Up to `limit` offers for the member. The board, or SQL for a search by words, leaves out nearly all that do not fit; the few that
 * only the exact rule or the partner's status refuses are dropped here, and the next are looked at, so that a page is short only
 * at the end. Status and stock are read anew for every page, those of all pages that are asked for at a time in one statement.
 */
export function createMemberSearch(deps: MemberSearchDeps): (search: MemberSearch) => Promise<OfferForMember[]> {
  const { db, partners } = deps;
  const reads: Reads = {
    ...deps,
    boards: createBoards(db),
    partnersOf: shareReads((ids: readonly PartnerId[]) => partners.findMany(ids)),
    soldOutOf: shareReads((ids: readonly OfferId[]) => findSoldOut(db, ids)),
  };
  return (search) => findForMember(reads, search);
}

async function findForMember(reads: Reads, search: MemberSearch): Promise<OfferForMember[]> {
  const found: OfferForMember[] = [];
  const patterns = searchPatterns(search.q ?? '');
  // A query of signs alone ("%", "🎁") asks for something, and nothing has it: it must not act as "everything".
  if (patterns.length === 0 && search.q) return [];
  const board = patterns.length === 0 ? await reads.boards.current() : null;
  let before = search.before;
  for (;;) {
    const heads = board?.pick({ ...search, before }) ?? (await findListings(reads.db, { ...search, patterns, before }));
    found.push(...(await exactly(reads, { heads, facts: search.facts, at: board?.at })));
    const last = heads.at(-1);
    if (!last || heads.length < search.limit || found.length >= search.limit) return found.slice(0, search.limit);
    before = last.id;
  }
}

async function exactly(
  { db, terms, names, partnersOf, soldOutOf }: Reads,
  { heads, facts, at }: { heads: readonly ListingHead[]; facts: MemberFacts; at: Date | undefined },
): Promise<OfferForMember[]> {
  if (heads.length === 0) return [];
  const [partnersById, soldOut, termsOf] = await Promise.all([
    partnersOf([...new Set(heads.map((head) => head.partnerId))]),
    heads[0]?.soldOut === undefined ? soldOutOf(heads.map((head) => head.offerId)) : new Set<OfferId>(),
    terms.load(
      db,
      heads.map((head) => ({ offerId: head.offerId, version: head.termsVersion })),
    ),
  ]);
  return heads.flatMap((head) => {
    const partner = partnersById.get(head.partnerId);
    if (partner?.status !== 'active') return [];
    const offer = termsOf(head.offerId, head.termsVersion);
    const now = head.at ?? at;
    if (!now) throw new Error('a listing without the time of its read');
    if (!meetsRule(offer.eligibility, facts, now)) return [];
    const reasons = () => evaluateEligibility(offer.eligibility, facts, { at: now, names });
    return [
      { listingId: head.id, offerId: head.offerId, partner, terms: offer, soldOut: head.soldOut ?? soldOut.has(head.offerId), reasons },
    ];
  });
}
