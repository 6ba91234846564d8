import { type EligibilityReason, MAX_AMOUNT_MINOR, type OfferId, type RedemptionId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { partOf } from '../../kernel/money.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { isEligible, type OfferForClaim } from '../offers/index.ts';
import type { RedemptionPorts } from './ports.ts';
import { redeemedJournal, reservedJournal } from './postings.ts';
import type { Cashback, RedemptionRow } from './redemption.ts';
import { countUse, findByKey, insertRedemption, type NewRedemption, setCode } from './store.ts';

export interface Claim {
  readonly principal: MemberPrincipal;
  readonly offerId: OfferId;
  readonly idempotencyKey: string;
}

/**
 * Claims an offer: redemption, limits, code, journal, event and stock in one transaction. The stock's guarded update comes
 * last, because its row is the one all claims of an offer share; when it refuses, everything before it is rolled back.
 */
export async function claimOffer(ports: RedemptionPorts, claim: Claim): Promise<RedemptionRow> {
  const earlier = await findByKey(ports.db, claim.principal.memberId, claim.idempotencyKey);
  if (earlier) return repeated(earlier, claim);
  try {
    return await claimAnew(ports, claim);
  } catch (refusal) {
    // The same key may have been answered on another connection since we looked, by taking the last unit: that answer stands.
    const meanwhile = await findByKey(ports.db, claim.principal.memberId, claim.idempotencyKey);
    if (meanwhile) return repeated(meanwhile, claim);
    throw refusal;
  }
}

async function claimAnew(ports: RedemptionPorts, claim: Claim): Promise<RedemptionRow> {
  const { offer, eligibility } = await judge(ports, claim);
  return ports.db.tx(async (tx) => {
    const { made } = await insertRedemption(tx, newRedemption(ports, { claim, offer, eligibility }));
    if (!made) return answerWithoutInsert(tx, claim);
    await countLimits(tx, offer, made);
    const code = await bindCode(tx, ports, offer, made);
    const instant = made.state === 'REDEEMED';
    await ports.ledger.post(tx, [instant ? redeemedJournal(made, 'stock') : reservedJournal(made)]);
    await tell(tx, made);
    await ports.offers.takeUnit(tx, offer.id, instant ? 'redeemed' : 'held');
    return { ...made, codeHint: code?.hint ?? null, codePosition: code?.position ?? null };
  });
}

/** Everything that can refuse before a write, cheapest first. The write guards again what may have changed since. */
async function judge(
  ports: RedemptionPorts,
  { principal, offerId }: Claim,
): Promise<{ offer: OfferForClaim; eligibility: EligibilityReason[] }> {
  const offer = await ports.offers.offerForClaim(offerId);
  const hidden = principal.partnerId !== null && offer?.partnerId !== principal.partnerId;
  if (!offer || hidden || !['published', 'paused', 'ended'].includes(offer.state)) throw new DomainError('not_found');
  if (offer.state !== 'published' || !offer.partnerActive || !isWithin(offer)) throw new DomainError('offer_not_open');
  const facts = await ports.factsOf(principal.memberId);
  if (!facts) throw new DomainError('not_eligible');
  const eligibility = ports.offers.evaluateEligibility(offer.terms.eligibility, facts, offer.at);
  if (!isEligible(eligibility)) {
    // Which condition a member misses is a fact about them; an app of a partner needs the scope that opens such facts.
    const mayKnow = principal.partnerId === null || principal.scopes.includes('member.membership:read');
    throw new DomainError('not_eligible', mayKnow ? { reasons: eligibility.filter((reason) => !reason.holds) } : {});
  }
  // Most claims of a sold-out offer end here, with two reads and no lock.
  if (offer.soldOut) throw new DomainError('offer_sold_out');
  return { offer, eligibility };
}

function isWithin({ at, terms }: OfferForClaim): boolean {
  return at.getTime() >= Date.parse(terms.window.startsAt) && at.getTime() < Date.parse(terms.window.endsAt);
}

function newRedemption(
  ports: RedemptionPorts,
  { claim, offer, eligibility }: { claim: Claim; offer: OfferForClaim; eligibility: EligibilityReason[] },
): NewRedemption {
  const { principal, idempotencyKey } = claim;
  const { terms, contract } = offer;
  if (!contract) throw new Error(`partner ${offer.partnerId} has no contract in force`);
  const held = terms.fulfilment.mode === 'partner_confirmed';
  return {
    offerId: offer.id,
    id: newId<RedemptionId>(),
    memberId: principal.memberId,
    partnerId: offer.partnerId,
    memberRef: ports.pairwise.subject(offer.partnerId, principal.memberId),
    clientId: principal.clientId,
    state: held ? 'RESERVED' : 'REDEEMED',
    termsVersion: offer.termsVersion,
    offerTitle: terms.title,
    partnerName: offer.partnerName,
    contractVersion: contract.version,
    feeMinor: contract.feePerRedemptionMinor,
    vatMinor: partOf(contract.feePerRedemptionMinor, contract.vatBasisPoints),
    vatBasisPoints: contract.vatBasisPoints,
    cashback: cashbackOf(offer),
    eligibility: { ruleVersion: terms.eligibility.version, verdicts: eligibility.map(({ fact, holds }) => ({ fact, holds })) },
    idempotencyKey,
    holdMinutes: terms.fulfilment.mode === 'partner_confirmed' ? terms.fulfilment.holdMinutes : null,
    timeZone: ports.timeZone,
    window: terms.window,
  };
}

/** The platform's part is rounded, the partner gets the exact remainder: the parts equal the promise. */
function cashbackOf({ terms }: OfferForClaim): Cashback | null {
  if (terms.benefit.kind !== 'cashback') return null;
  const whole = BigInt(Math.min(terms.benefit.cashbackMinor, MAX_AMOUNT_MINOR));
  const platformShare = terms.funding.find((share) => share.by === 'platform')?.shareBasisPoints ?? 0;
  const platform = partOf(whole, platformShare);
  return { platformMinor: Number(platform), partnerMinor: Number(whole - platform) };
}

async function countLimits(tx: Tx, { terms }: OfferForClaim, made: RedemptionRow): Promise<void> {
  const { offerId, memberId, claimedDay: day } = made;
  const { perMember, perMemberPerDay: perDay } = terms.limits;
  if (!(await countUse(tx, { offerId, memberId, day, perMember, perDay }))) throw new DomainError('limit_reached');
}

async function bindCode(
  tx: Tx,
  ports: RedemptionPorts,
  { terms }: OfferForClaim,
  made: RedemptionRow,
): Promise<{ position: bigint; hint: string } | null> {
  if (terms.codes === 'none') return null;
  const code = await ports.offers.takeCode(tx, made.offerId);
  if (!code) throw new DomainError('codes_exhausted');
  await setCode(tx, { offerId: made.offerId, id: made.id, ...code });
  return code;
}

async function tell(tx: Tx, made: RedemptionRow): Promise<void> {
  const place = { shardId: made.offerId, partnerId: made.partnerId };
  const common = { redemptionId: made.id, offerId: made.offerId, memberRef: made.memberRef, state: made.state };
  if (made.expiresAt) {
    await appendEvent(tx, { ...place, type: 'redemption.reserved.v1', data: { ...common, expiresAt: made.expiresAt.toISOString() } });
    return;
  }
  const charged = { feeMinor: Number(made.feeMinor), vatMinor: Number(made.vatMinor), vatBasisPoints: made.vatBasisPoints };
  await appendEvent(tx, { ...place, type: 'redemption.redeemed.v1', data: { ...common, ...charged } });
}

/** No row was made: the same key committed while we waited, or the window closed between the read and the write. */
async function answerWithoutInsert(tx: Tx, claim: Claim): Promise<RedemptionRow> {
  const earlier = await findByKey(tx, claim.principal.memberId, claim.idempotencyKey);
  if (!earlier) throw new DomainError('offer_not_open');
  return repeated(earlier, claim);
}

/** A key answers what it answered, for ever; on another offer it is another request. */
function repeated(earlier: RedemptionRow, { offerId, principal }: Claim): RedemptionRow {
  if (earlier.offerId !== offerId || (principal.partnerId !== null && earlier.partnerId !== principal.partnerId))
    throw new DomainError('idempotency_key_reused');
  return earlier;
}
