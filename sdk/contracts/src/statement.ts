// The format of a settlement statement: what a partner earned in a period, so that their own program can recompute it. docs/statements.md.
import { z } from 'zod';
import { BasisPoints, Currency, EventId, Instant, OfferId, PartnerId, RedemptionId } from './values.ts';

export const StatementId = z.uuidv7().brand<'StatementId'>();
export type StatementId = z.infer<typeof StatementId>;

/**
 * An amount in the currency's minor unit (đồng), as text: `"89200"`, `"-800"`, `"0"`. Sums over a period pass what a JSON number carries
 * exactly. From the partner's side of the books: positive is in the partner's favour where a field does not say otherwise.
 */
export const MinorText = z.string().regex(/^(0|-?[1-9]\d{0,29})$/);
/** The same, never below zero: a charge or a price. */
const ChargeText = z.string().regex(/^(0|[1-9]\d{0,29})$/);

/** `sha256:` and 64 hexadecimal digits. */
export const Sha256Text = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/**
 * What a line is about.
 * - `redeemed`: a redemption and what the platform charges for it, also where that is nothing: every redemption has its line.
 * - `partly_reversed`, `reversed`: a part, or the rest, of it was taken back.
 * - `cashback`: the partner's share of a cashback.
 * - `true_up`: the difference that a retroactive tier makes at the period's end.
 * - `payout`, `payout_returned`: money sent to the partner, and money that came back.
 * - `adjustment`: a correction, in words that the platform and the partner have agreed on.
 */
export const StatementLineKind = z.enum([
  'redeemed',
  'partly_reversed',
  'reversed',
  'cashback',
  'true_up',
  'payout',
  'payout_returned',
  'adjustment',
]);
export type StatementLineKind = z.infer<typeof StatementLineKind>;

/** How a commission came about: half-up(`base` × `basisPoints` / 10,000), not below `least` and not above `most`. */
export const StatementCommission = z.strictObject({
  /** The contract version in force at the line's moment. */
  contractVersion: z.int().min(1),
  /** What the rate is taken of, such as the price. */
  base: ChargeText,
  basisPoints: BasisPoints,
  least: ChargeText.nullable(),
  most: ChargeText.nullable(),
});
export type StatementCommission = z.infer<typeof StatementCommission>;

/**
 * One line. Always `net = gross − commission − fee − vat + other`. Charges are positive when the platform takes them and negative when it
 * gives them back.
 */
export const StatementLine = z.strictObject({
  /** From 1, without a gap. */
  number: z.int().min(1),
  kind: StatementLineKind,
  /** When it happened; of an event, its `occurredAt`. Within the period. */
  at: Instant,
  /** The event that told it; null for what no event tells (payouts, true-ups, adjustments). */
  eventId: EventId.nullable(),
  redemptionId: RedemptionId.nullable(),
  offerId: OfferId.nullable(),
  /** Collected for the partner: what members paid and what the platform adds. */
  gross: MinorText,
  commission: MinorText,
  /** The fixed charge of a redemption. */
  fee: MinorText,
  /** On commission and fee together. */
  vat: MinorText,
  /** The rate by the service class and the tax date; 0 where nothing is taxed. */
  vatBasisPoints: BasisPoints,
  /** Cashback, payouts, adjustments. */
  other: MinorText,
  net: MinorText,
  /** Of a `redeemed` line with a commission; null elsewhere. */
  commissionTerms: StatementCommission.nullable(),
  /** How much of the redemption has been taken back with this line, in basis points; null on lines that take nothing back. */
  reversedBasisPoints: BasisPoints.nullable(),
  /** Words of an adjustment; empty elsewhere. */
  note: z.string().max(500),
});
export type StatementLine = z.infer<typeof StatementLine>;

/** The sums of all lines. */
export const StatementTotals = z.strictObject({
  gross: MinorText,
  commission: MinorText,
  fee: MinorText,
  vat: MinorText,
  other: MinorText,
  net: MinorText,
});
export type StatementTotals = z.infer<typeof StatementTotals>;

/** One VAT column: the lines with this rate that charge or give back anything. */
export const StatementVat = z.strictObject({
  vatBasisPoints: BasisPoints,
  /** Commission and fees of these lines. */
  base: MinorText,
  vat: MinorText,
});
export type StatementVat = z.infer<typeof StatementVat>;

/** A calendar day of the market: `2026-11-30`. */
const LocalDate = z.iso.date();

/** `[from, until)` by the market's calendar, and the same as instants. */
export const StatementPeriod = z.strictObject({
  from: LocalDate,
  until: LocalDate,
  /** IANA name, `Asia/Ho_Chi_Minh`. */
  timeZone: z.string().min(1).max(64),
  /** Midnight of `from` and of `until` in that zone. */
  startsAt: Instant,
  endsAt: Instant,
});
export type StatementPeriod = z.infer<typeof StatementPeriod>;

const header = {
  format: z.literal('chung-statement-v1'),
  id: StatementId,
  /** 1 for a partner's first statement in this currency, then one more each. */
  number: z.int().min(1),
  partner: z.strictObject({ id: PartnerId, legalName: z.string().min(1).max(200) }),
  currency: Currency,
  period: StatementPeriod,
  issuedAt: Instant,
  /** The statement before this one; null of the first. */
  previous: z.strictObject({ id: StatementId, hash: Sha256Text }).nullable(),
  /** The balance that the period begins with: the closing of the statement before; `"0"` of the first. */
  opening: MinorText,
  totals: StatementTotals,
  /** By rate, the lowest first. */
  vat: z.array(StatementVat).max(20),
  /** `opening + totals.net`. */
  closing: MinorText,
  lineCount: z.int().min(0),
  /** Merkle root over the lines in their order (RFC 9162 §2.1.1, SHA-256); a leaf is the canonical JSON of a line. */
  root: Sha256Text,
  /** SHA-256 of the canonical JSON of all these fields but `hash`; the lines are in it by their root. */
  hash: Sha256Text,
};

/** A statement without its lines: what its hash stands for, and what a proof that a line is in it needs. */
export const StatementHeader = z.strictObject(header);
export type StatementHeader = z.infer<typeof StatementHeader>;

/**
 * What a partner earned in a period. It never changes once it is issued. Fields that are not here are refused, so nothing stands in a file
 * that the hash does not cover.
 */
export const Statement = z.strictObject({ ...header, lines: z.array(StatementLine) });
export type Statement = z.infer<typeof Statement>;

/** That a line is in a statement, for somebody who does not have the others. */
export const StatementInclusion = z.strictObject({
  header: StatementHeader,
  line: StatementLine,
  /** The digests beside the way from the line to the root, the nearest first (RFC 9162 §2.1.3). */
  path: z.array(Sha256Text).max(64),
});
export type StatementInclusion = z.infer<typeof StatementInclusion>;
