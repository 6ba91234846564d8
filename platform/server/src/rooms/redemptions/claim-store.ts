import type { EventId, MemberId, OfferId, RedemptionId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import type { ClaimTerms } from './claim-terms.ts';

/** One claim of a batch. */
export interface ClaimToWrite {
  readonly terms: ClaimTerms;
  readonly memberId: MemberId;
  readonly idempotencyKey: string;
  readonly id: RedemptionId;
  readonly memberRef: string;
  readonly clientId: string;
  /** JSON of the rule's version and its verdicts; most claims of a batch share it. */
  readonly verdicts: string;
  readonly journalId: string;
  readonly eventId: EventId;
}

/** What chung.claim_offers answers beside `made` and `known`; all but `stale` are codes of errors. */
const REFUSALS = ['stale', 'offer_not_open', 'limit_reached', 'offer_by_lottery', 'offer_sold_out', 'codes_exhausted'] as const;
export type ClaimRefusal = (typeof REFUSALS)[number];

export type ClaimOutcome =
  | {
      readonly kind: 'made';
      readonly at: Date;
      readonly day: string;
      readonly codePosition: bigint | null;
      readonly codeHint: string | null;
    }
  /** The member used the key before, on this offer or another. */
  | { readonly kind: 'known'; readonly offerId: OfferId; readonly id: RedemptionId }
  | { readonly kind: 'refused'; readonly why: ClaimRefusal };

interface OutcomeRow {
  /** From 1; row 0 speaks of all. */
  claim_no: number;
  outcome: string;
  known_id: RedemptionId | null;
  known_offer: OfferId | null;
  code_position: bigint | null;
  code_hint: string | null;
  claimed_at: Date | null;
  claimed_day: string | null;
}

export interface Batch {
  /** A member stands in it once. */
  readonly claims: readonly ClaimToWrite[];
  readonly timeZone: string;
  /** The stock is locked before anything is written: slower, and what always goes through. */
  readonly order: 'lock-first' | 'write-first';
}

/** One statement, one transaction: it answers when all of the batch is on disk. */
export async function writeClaims(db: Db, { claims, timeZone, order }: Batch): Promise<ClaimOutcome[]> {
  const terms = numbered(claims, (claim) => claim.terms);
  const verdicts = numbered(claims, (claim) => claim.verdicts);
  const rows = await db.query<OutcomeRow>(
    `SELECT claim_no, outcome, known_id, known_offer, code_position, code_hint, claimed_at, claimed_day::text AS claimed_day
       FROM chung.claim_offers($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      JSON.stringify(terms.values.map(termsForSql)),
      JSON.stringify(terms.values.map(formForSql)),
      timeZone,
      `[${verdicts.values.join(',')}]`,
      // Arrays of SQL begin with 1, elements of JSON with 0.
      arrayOf(terms.numbers.map((number) => number + 1)),
      arrayOf(claims.map((claim) => claim.memberId)),
      claims.map((claim) => claim.idempotencyKey),
      arrayOf(claims.map((claim) => claim.id)),
      arrayOf(claims.map((claim) => claim.memberRef)),
      claims.map((claim) => claim.clientId),
      arrayOf(verdicts.numbers),
      arrayOf(claims.map((claim) => claim.journalId)),
      arrayOf(claims.map((claim) => claim.eventId)),
      order === 'lock-first',
    ],
  );
  return outcomesOf(rows, claims.length);
}

/** Whoever is not named has simply got the unit, nearly everybody in a sale: a row each was a tenth of a claim's answer. */
function outcomesOf(rows: readonly OutcomeRow[], count: number): ClaimOutcome[] {
  const [all] = rows.filter((row) => row.claim_no === 0);
  if (!all?.claimed_at || !all.claimed_day || Number(all.outcome) !== count)
    throw new Error(`the database answered ${all?.outcome ?? 'nothing'} for ${count} claims`);
  const moment = { at: all.claimed_at, day: all.claimed_day };
  const outcomes = Array.from<unknown, ClaimOutcome>({ length: count }, () => ({
    kind: 'made',
    ...moment,
    codePosition: null,
    codeHint: null,
  }));
  for (const row of rows) if (row.claim_no > 0) outcomes[row.claim_no - 1] = outcomeOf(row, moment);
  return outcomes;
}

/** An array as PostgreSQL writes it, of numbers, ids and base64url alone: nothing in them needs quotes, and the driver's quoting took a tenth of a claim. */
const arrayOf = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** The different values in order of appearance, and which of them each claim has. */
function numbered<Value>(claims: readonly ClaimToWrite[], partOf: (claim: ClaimToWrite) => Value): { values: Value[]; numbers: number[] } {
  const numberOf = new Map<Value, number>();
  const numbers = claims.map((claim) => {
    const value = partOf(claim);
    const known = numberOf.get(value);
    if (known !== undefined) return known;
    numberOf.set(value, numberOf.size);
    return numberOf.size - 1;
  });
  return { values: [...numberOf.keys()], numbers };
}

/** The fields of the type chung.claim_terms. */
const termsForSql = (of: ClaimTerms) => ({
  offer_id: of.offer.id,
  partner_id: of.offer.partnerId,
  terms_version: of.offer.termsVersion,
  offer_title: of.offer.terms.title,
  partner_name: of.offer.partnerName,
  contract_version: of.contractVersion,
  fee_minor: String(of.feeMinor),
  vat_minor: String(of.vatMinor),
  vat_basis_points: of.vatBasisPoints,
  cashback: of.cashback,
  state: of.state,
  hold_minutes: of.holdMinutes,
  per_member: of.offer.terms.limits.perMember,
  per_day: of.offer.terms.limits.perMemberPerDay,
  starts_at: of.offer.terms.window.startsAt,
  ends_at: of.offer.terms.window.endsAt,
  with_codes: of.offer.terms.codes === 'pool',
  cost_minor: of.costMinor,
  by_entry_only: of.offer.terms.allocation.mode === 'lottery',
  event_type: of.eventType,
  event: of.event,
});

const formForSql = (of: ClaimTerms) =>
  of.postings.map(({ account, ownerId, currency, amountMinor }) => ({ account, ownerId, currency, amount: String(amountMinor) }));

function outcomeOf(row: OutcomeRow, moment: { readonly at: Date; readonly day: string }): ClaimOutcome {
  if (row.outcome === 'made') return { kind: 'made', ...moment, codePosition: row.code_position, codeHint: row.code_hint };
  if (row.outcome === 'known' && row.known_offer && row.known_id) return { kind: 'known', offerId: row.known_offer, id: row.known_id };
  const why = REFUSALS.find((refusal) => refusal === row.outcome);
  if (!why) throw new Error(`the database answered a claim with "${row.outcome}"`);
  return { kind: 'refused', why };
}
