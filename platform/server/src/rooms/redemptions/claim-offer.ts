import type { EligibilityReason, EventId, OfferId, RedemptionId } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { EVERYONE, isEligible, type OfferForClaim } from '../offers/index.ts';
import type { OfferOrTerms } from './claim-engine.ts';
import type { ClaimOutcome, ClaimToWrite } from './claim-store.ts';
import type { ClaimTerms } from './claim-terms.ts';
import type { RedemptionPorts } from './ports.ts';
import type { RedemptionRow } from './redemption.ts';
import { findByKey, findRedemption } from './store.ts';

export interface Claim {
  readonly principal: MemberPrincipal;
  readonly offerId: OfferId;
  readonly idempotencyKey: string;
}

const ROUNDS = 3;

/**
 * Claims an offer: judged here by what is known of it, written with the claims that arrive at the same time, and answered after the
 * commit. What was known too long is read again and judged anew; nothing is refused by an old copy, and nothing is written by one.
 */
export async function claimOffer(ports: RedemptionPorts, claim: Claim): Promise<RedemptionRow> {
  for (let round = 1; round <= ROUNDS; round++) {
    const how = round === 1 ? 'known' : 'fresh';
    const judged = await judge(ports, claim, how);
    if (judged instanceof DomainError) {
      // A key answers what it answered, also when the offer has ended since.
      const earlier = await findByKey(ports.db, claim.principal.memberId, claim.idempotencyKey);
      if (earlier) return repeated(earlier, claim);
      if (how === 'known') continue;
      throw judged;
    }
    const outcome = await ports.claims.submit(judged);
    const answered = await answer(ports, claim, { outcome, written: judged });
    if (answered) return answered;
  }
  throw new DomainError('unavailable', { retryAfterSeconds: 1 });
}

/** Everything that can refuse before a write. The write guards again what may have changed since. */
async function judge(ports: RedemptionPorts, claim: Claim, how: 'known' | 'fresh'): Promise<ClaimToWrite | DomainError> {
  const { principal, offerId, idempotencyKey } = claim;
  const found = await ports.claims.termsOf(offerId, how);
  const hidden = principal.partnerId !== null && found?.offer.partnerId !== principal.partnerId;
  if (!found || hidden || !['published', 'paused', 'ended'].includes(found.offer.state)) return new DomainError('not_found');
  const { offer, terms } = found;
  if (!terms) return new DomainError('offer_not_open');
  const reasons = await reasonsOf(ports, claim, found);
  if (!reasons) return new DomainError('not_eligible');
  if (!isEligible(reasons)) {
    // Which condition a member misses is a fact about them; an app of a partner needs the scope that opens such facts.
    const mayKnow = principal.partnerId === null || principal.scopes.includes('member.membership:read');
    return new DomainError('not_eligible', mayKnow ? { reasons: reasons.filter((reason) => !reason.holds) } : {});
  }
  return {
    terms,
    memberId: principal.memberId,
    idempotencyKey,
    id: newId<RedemptionId>(),
    memberRef: ports.pairwise.subject(offer.partnerId, principal.memberId),
    clientId: principal.clientId,
    verdicts: verdictsOf(offer, reasons),
    journalId: newId<string>(),
    eventId: newId<EventId>(),
  };
}

/** Null for somebody who is not in the directory. An offer for everyone asks nothing of anybody, so nothing is read: their sign-in says they are a member. */
async function reasonsOf(ports: RedemptionPorts, { principal }: Claim, { offer, now }: OfferOrTerms): Promise<EligibilityReason[] | null> {
  const rule = offer.terms.eligibility;
  if (rule.all.length === 0) return [EVERYONE];
  const facts = await ports.factsOf(principal.memberId);
  return facts && ports.offers.evaluateEligibility(rule, facts, now());
}

/** Which rule said yes, and to what: kept with the redemption, so that the decision can be explained later. */
const verdictsOf = (offer: OfferForClaim, reasons: readonly EligibilityReason[]): string =>
  JSON.stringify({ ruleVersion: offer.terms.eligibility.version, verdicts: reasons.map(({ fact, holds }) => ({ fact, holds })) });

/** Null when the claim must be judged again by newer terms. */
async function answer(
  ports: RedemptionPorts,
  claim: Claim,
  { outcome, written }: { outcome: ClaimOutcome; written: ClaimToWrite },
): Promise<RedemptionRow | null> {
  if (outcome.kind === 'made') return rowOf(written, outcome);
  if (outcome.kind === 'known') {
    const earlier = await findRedemption(ports.db, outcome);
    if (!earlier) throw new Error(`the key of redemption ${outcome.id} stands without it`);
    return repeated(earlier, claim);
  }
  if (outcome.why === 'stale') return null;
  throw new DomainError(outcome.why);
}

const MINUTE_MS = 60_000;

function rowOf({ terms, ...claim }: ClaimToWrite, made: Extract<ClaimOutcome, { kind: 'made' }>): RedemptionRow {
  const { offer }: ClaimTerms = terms;
  return {
    offerId: offer.id,
    id: claim.id,
    memberId: claim.memberId,
    partnerId: offer.partnerId,
    memberRef: claim.memberRef,
    state: terms.state,
    termsVersion: offer.termsVersion,
    offerTitle: offer.terms.title,
    partnerName: offer.partnerName,
    feeMinor: terms.feeMinor,
    vatMinor: terms.vatMinor,
    vatBasisPoints: terms.vatBasisPoints,
    cashback: terms.cashback,
    costMinor: BigInt(terms.costMinor),
    reversedBasisPoints: 0,
    codeHint: made.codeHint,
    codePosition: made.codePosition,
    idempotencyKey: claim.idempotencyKey,
    claimedAt: made.at,
    claimedDay: made.day,
    expiresAt: terms.holdMinutes === null ? null : new Date(made.at.getTime() + terms.holdMinutes * MINUTE_MS),
    updatedAt: made.at,
  };
}

/** A key answers what it answered, for ever; on another offer it is another request. */
function repeated(earlier: RedemptionRow, { offerId, principal }: Claim): RedemptionRow {
  if (earlier.offerId !== offerId || (principal.partnerId !== null && earlier.partnerId !== principal.partnerId))
    throw new DomainError('idempotency_key_reused');
  return earlier;
}
