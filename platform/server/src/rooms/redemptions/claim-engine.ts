import type { OfferId } from '@chung/contracts';
import { constraintOf, type Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createGatherer, type Gatherer } from '../../kernel/gatherer.ts';
import { codeOf } from '../../kernel/outside.ts';
import type { OfferForClaim } from '../offers/index.ts';
import { type Batch, type ClaimOutcome, type ClaimToWrite, writeClaims } from './claim-store.ts';
import { type ClaimTerms, claimTermsOf } from './claim-terms.ts';

/** Group commit for claims: what arrives while a batch is written becomes the next one. */
export interface ClaimEngine {
  /** Resolves after the commit. Throws `unavailable` when the queue is longer than can be served in time. */
  submit(claim: ClaimToWrite): Promise<ClaimOutcome>;
  /** Claims that wait for their batch. */
  readonly waiting: number;
  /**
   * The offer as a claim needs it. `known` may be some seconds old: whatever it says is compared with the rows under their lock, and a
   * difference is answered with `stale`. `fresh` reads it again.
   */
  termsOf(offerId: OfferId, how: 'known' | 'fresh'): Promise<OfferOrTerms | null>;
}

/** Terms only where a claim can go on to be written; else the offer says why not. */
export interface OfferOrTerms {
  readonly offer: OfferForClaim;
  readonly terms: ClaimTerms | null;
  /** The database's clock, carried on from the reading of the offer by a clock that cannot be set. */
  now(): Date;
}

export interface ClaimEngineOptions {
  /** Batches in flight at once. Offers are spread over them, so claims of one offer never wait for each other's locks. */
  readonly lanes: number;
  readonly maxBatch: number;
  readonly ahead: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** Two lanes fill two cores; more only wait for the disk together. A thousand claims wait about 0.1 s, the rest is for bad days. */
export const DEFAULT_ENGINE: ClaimEngineOptions = { lanes: 2, maxBatch: 500, ahead: 200, maxWaiting: 5_000, maxWaitMs: 4_000 };

// The write compares the copy with the rows, so its age decides nothing; too short, and a sale of a thousand offers reads terms all day.
const KNOWN_FOR_MS = 60_000;
const KNOWN_MAX = 5_000;

interface Deps {
  readonly db: Db;
  readonly timeZone: string;
  offerForClaim(offerId: OfferId): Promise<OfferForClaim | null>;
}

export function createClaimEngine(deps: Deps, options: ClaimEngineOptions = DEFAULT_ENGINE): ClaimEngine {
  const gatherer: Gatherer<ClaimToWrite, ClaimOutcome> = createGatherer({
    ...options,
    groupOf: (claim) => claim.terms.offer.id,
    // One claim of a member in a batch: the next sees what it used of their limits, and meets its key if it is the same.
    identityOf: (claim) => claim.memberId,
    run: (claims, attempt) => writeBatch(deps, claims, attempt === 1 ? 'write-first' : 'lock-first'),
    isAgain: isOvertaken,
  });
  const known = new Map<OfferId, { until: number; readonly found: Promise<OfferOrTerms | null> }>();
  const load = async (offerId: OfferId, meanwhile?: Promise<OfferOrTerms | null>) => {
    const found = deps.offerForClaim(offerId).then((offer) => offer && remembered(offer));
    const until = performance.now() + KNOWN_FOR_MS * (1 + Math.random());
    known.delete(offerId);
    known.set(offerId, { until, found: meanwhile ?? found });
    // Only in the place it was asked for: a slow reading must not take the place of a newer one.
    const isCurrent = () => known.get(offerId)?.found === (meanwhile ?? found);
    found.then(
      () => isCurrent() && known.set(offerId, { until, found }),
      () => isCurrent() && known.delete(offerId),
    );
    const [oldest] = known.keys();
    if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
    return found;
  };
  return {
    submit: (claim) => gatherer.submit(claim),
    get waiting() {
      return gatherer.waiting;
    },
    termsOf: (offerId, how) => {
      const entry = known.get(offerId);
      if (how === 'fresh' || !entry) return load(offerId);
      // An old copy is renewed behind the claim's back: the write would notice if it mattered, and nobody waits for a thousand offers.
      if (performance.now() > entry.until) {
        entry.until = Number.POSITIVE_INFINITY;
        load(offerId, entry.found).catch(() => {});
      }
      return entry.found;
    },
  };
}

function remembered(offer: OfferForClaim): OfferOrTerms {
  const readAt = performance.now();
  const now = () => new Date(offer.at.getTime() + performance.now() - readAt);
  return { offer, terms: claimable(offer) ? claimTermsOf(offer) : null, now };
}

const claimable = (offer: OfferForClaim): boolean => offer.state === 'published' && offer.partnerActive;

/** Constraints that break when somebody else writes the same key, or a member's first use of the offer, at the same time. */
const SHARED_WITH_OTHERS = new Set(['claim_keys_pkey', 'redemption_usage_pkey']);

/**
 * Undone because of what another transaction did meanwhile, or held up by one: with the lock first it goes through. Who then waits for
 * the lock in vain has waited long enough.
 */
function isOvertaken(error: unknown, attempt: number): boolean {
  const cause = error instanceof DomainError ? error.cause : error;
  return (codeOf(cause) === '55P03' && attempt === 1) || (codeOf(cause) === '23505' && SHARED_WITH_OTHERS.has(constraintOf(cause)));
}

/**
 * An offer stands in a batch once: two copies of its terms would each count the same free units. Where a newer copy is there, claims
 * judged by other terms are told to look again.
 */
async function writeBatch({ db, timeZone }: Deps, claims: readonly ClaimToWrite[], order: Batch['order']): Promise<ClaimOutcome[]> {
  const newest = new Map<OfferId, ClaimTerms>();
  for (const { terms } of claims) {
    const other = newest.get(terms.offer.id);
    if (!other || other.offer.at < terms.offer.at) newest.set(terms.offer.id, terms);
  }
  const asWritten = claims.map((claim) => {
    const terms = newest.get(claim.terms.offer.id) ?? claim.terms;
    return isSame(terms, claim.terms) ? { ...claim, terms } : null;
  });
  const outcomes = await writeClaims(db, { claims: asWritten.filter((claim) => claim !== null), timeZone, order });
  let next = 0;
  return asWritten.map((claim): ClaimOutcome => (claim && outcomes[next++]) ?? { kind: 'refused', why: 'stale' });
}

const isSame = (a: ClaimTerms, b: ClaimTerms): boolean =>
  a === b ||
  (a.offer.termsVersion === b.offer.termsVersion && a.contractVersion === b.contractVersion && a.vatBasisPoints === b.vatBasisPoints);
