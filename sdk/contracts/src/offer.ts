import { z } from 'zod';
import { textUpTo } from './text.ts';
import { AmountMinor, BasisPoints, Currency, Instant, OfferId, PartnerId, ProvinceCode, Slug } from './values.ts';

export const OfferKind = z.enum(['percentage', 'fixed_amount', 'free_voucher', 'bundle', 'trial', 'cashback']);
export type OfferKind = z.infer<typeof OfferKind>;

export const OfferCategory = z.enum(['finance', 'telecom', 'television', 'services', 'home', 'other']);
export type OfferCategory = z.infer<typeof OfferCategory>;

/**
 * What the member gets, by kind.
 * Rates are basis points; amounts are minor units. `maxDiscountMinor` and `maxCashbackMinor` cap a rate.
 */
export const Benefit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('percentage'),
    rateBasisPoints: BasisPoints.min(1),
    maxDiscountMinor: AmountMinor.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('fixed_amount'), discountMinor: AmountMinor.min(1) }),
  z.strictObject({ kind: z.literal('free_voucher'), faceValueMinor: AmountMinor.min(1) }),
  z.strictObject({
    kind: z.literal('bundle'),
    items: z
      .array(z.strictObject({ name: textUpTo(120), regularPriceMinor: AmountMinor }))
      .min(2)
      .max(20),
    bundlePriceMinor: AmountMinor,
  }),
  z.strictObject({ kind: z.literal('trial'), days: z.int().min(1).max(366), renewalPriceMinor: AmountMinor.nullable() }),
  z.strictObject({
    kind: z.literal('cashback'),
    cashbackMinor: AmountMinor.min(1),
    minimumSpendMinor: AmountMinor,
    vestingDays: z.int().min(0).max(366),
  }),
]);
export type Benefit = z.infer<typeof Benefit>;

/** Who pays for the discount; the shares add up to 10,000 basis points. */
export const FundingShare = z.strictObject({ by: z.enum(['partner', 'platform']), shareBasisPoints: BasisPoints.min(1) });
export type FundingShare = z.infer<typeof FundingShare>;

/** One condition on a fact of the member; all conditions of a rule must hold. */
export const EligibilityCondition = z.discriminatedUnion('fact', [
  z.strictObject({ fact: z.literal('verified') }),
  z.strictObject({ fact: z.literal('province'), in: z.array(ProvinceCode).min(1).max(34) }),
  z.strictObject({ fact: z.literal('unit'), within: z.array(z.string().min(1).max(64)).min(1).max(200) }),
  z.strictObject({ fact: z.literal('age'), atLeastYears: z.int().min(0).max(120), belowYears: z.int().min(1).max(121) }),
  z.strictObject({
    fact: z.literal('role'),
    in: z
      .array(z.enum(['member', 'officer', 'secretary']))
      .min(1)
      .max(3),
  }),
]);
export type EligibilityCondition = z.infer<typeof EligibilityCondition>;

/** Eligibility as data. `version` says how to read the rest; a new meaning gets a new version. */
export const EligibilityRule = z.strictObject({ version: z.literal(1), all: z.array(EligibilityCondition).max(10) });
export type EligibilityRule = z.infer<typeof EligibilityRule>;

/** `instant`: the benefit is given at the claim. `partner_confirmed`: the claim holds a unit until the partner confirms at the counter. */
export const Fulfilment = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('instant') }),
  z.strictObject({
    mode: z.literal('partner_confirmed'),
    holdMinutes: z
      .int()
      .min(1)
      .max(60 * 24 * 30),
  }),
]);
export type Fulfilment = z.infer<typeof Fulfilment>;

const acceptMinutes = z
  .int()
  .min(1)
  .max(60 * 24 * 30);

/**
 * Who gets a unit. `first_come`: whoever claims first; with a waiting list, a unit that comes back waits `acceptMinutes` for the next in
 * line. `lottery`: members enter in `[entriesFrom, entriesUntil)`, then the units are drawn; a winner has `acceptMinutes` to claim.
 */
export const Allocation = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('first_come'), waitingList: z.enum(['on', 'off']), acceptMinutes: acceptMinutes.default(30) }),
  z.strictObject({ mode: z.literal('lottery'), entriesFrom: Instant, entriesUntil: Instant, acceptMinutes }),
]);
export type Allocation = z.infer<typeof Allocation>;

/** What terms written before there was a choice mean. */
export const FIRST_COME: Allocation = { mode: 'first_come', waitingList: 'off', acceptMinutes: 30 };

const offerFields = {
  title: textUpTo(120),
  summary: textUpTo(300),
  terms: textUpTo(4000),
  category: OfferCategory,
  benefit: Benefit,
  /** Selling price immediately before the promotion; promotion rules compare the benefit with it. */
  regularPriceMinor: AmountMinor,
  currency: Currency,
  funding: z.array(FundingShare).min(1).max(2),
  stock: z.int().min(1).max(100_000_000),
  /** The most that live redemptions may cost together, each at what a member saves by it; absent: only the stock limits. */
  budgetMinor: AmountMinor.min(1).optional(),
  limits: z.strictObject({ perMember: z.int().min(1).max(1000), perMemberPerDay: z.int().min(1).max(1000).nullable() }),
  window: z.strictObject({ startsAt: Instant, endsAt: Instant }),
  fulfilment: Fulfilment,
  codes: z.enum(['none', 'pool']),
  eligibility: EligibilityRule,
  allocation: Allocation,
};

type Window = { startsAt: string; endsAt: string };
type Refinable = { window?: Window | undefined; funding?: FundingShare[] | undefined; allocation?: Allocation | undefined };

/** Rules that span fields. Shared by writing and changing, so that a change cannot break what writing would refuse. */
function refineOffer(offer: Refinable, context: z.RefinementCtx): void {
  if (offer.window && Date.parse(offer.window.startsAt) >= Date.parse(offer.window.endsAt))
    context.addIssue({ code: 'custom', path: ['window', 'endsAt'], message: 'window_reversed' });
  if (offer.funding) {
    const whole = offer.funding.reduce((sum, share) => sum + share.shareBasisPoints, 0);
    if (whole !== 10_000) context.addIssue({ code: 'custom', path: ['funding'], message: 'shares_not_whole' });
    if (new Set(offer.funding.map((share) => share.by)).size !== offer.funding.length)
      context.addIssue({ code: 'custom', path: ['funding'], message: 'funder_repeated' });
  }
  if (offer.allocation?.mode === 'lottery') refineEntries(offer.allocation, offer.window, context);
}

/** Entries lie within the window, and it goes on after them: members see what they enter for, and winners have time to claim. */
function refineEntries(
  { entriesFrom, entriesUntil }: Extract<Allocation, { mode: 'lottery' }>,
  window: Window | undefined,
  context: z.RefinementCtx,
) {
  const [from, until] = [Date.parse(entriesFrom), Date.parse(entriesUntil)];
  const wrong = (field: string, message: string) => context.addIssue({ code: 'custom', path: ['allocation', field], message });
  if (from >= until) wrong('entriesUntil', 'entries_reversed');
  if (window && from < Date.parse(window.startsAt)) wrong('entriesFrom', 'entries_before_window');
  if (window && until >= Date.parse(window.endsAt)) wrong('entriesUntil', 'entries_after_window');
}

// The default stands here and not at the field: in a change, a part that is not sent must stay what it was.
export const OfferDraft = z.strictObject({ ...offerFields, allocation: Allocation.default(FIRST_COME) }).superRefine(refineOffer);
export type OfferDraft = z.infer<typeof OfferDraft>;

export const OfferChange = z.strictObject(offerFields).partial().superRefine(refineOffer);
export type OfferChange = z.infer<typeof OfferChange>;

/** `draft → submitted → published → (paused) → ended`; `refused` goes back to draft by a change. */
export const OfferState = z.enum(['draft', 'submitted', 'refused', 'published', 'paused', 'ended']);
export type OfferState = z.infer<typeof OfferState>;

export const OfferCounts = z.object({
  stock: z.int(),
  available: z.int(),
  held: z.int(),
  redeemed: z.int(),
  codes: z.object({ total: z.int(), free: z.int() }).nullable(),
});

/** The offer as its partner sees it. */
export const PartnerOffer = z.object({
  id: OfferId,
  partnerId: PartnerId,
  state: OfferState,
  /** Rises with each change of the terms; a redemption keeps the version it was claimed under. */
  termsVersion: z.int(),
  ...offerFields,
  counts: OfferCounts,
  createdAt: Instant,
  updatedAt: Instant,
  lastDecision: z
    .object({
      decision: z.enum(['approved', 'refused']),
      reasons: z.array(z.object({ rule: z.string(), text: textUpTo(1000) })),
      decidedAt: Instant,
    })
    .nullable(),
});
export type PartnerOffer = z.infer<typeof PartnerOffer>;

/** Why an offer is, or is not, for a member: one line a condition, in both languages. */
export const EligibilityReason = z.object({ fact: z.string(), holds: z.boolean(), text: z.object({ vi: z.string(), en: z.string() }) });
export type EligibilityReason = z.infer<typeof EligibilityReason>;

/** The offer as a member sees it: no stock figures, no rule data, but why it is for them. */
export const MemberOffer = z.object({
  id: OfferId,
  partner: z.object({ id: PartnerId, slug: Slug, name: z.string() }),
  title: offerFields.title,
  summary: offerFields.summary,
  terms: offerFields.terms,
  category: OfferCategory,
  benefit: Benefit,
  regularPriceMinor: AmountMinor,
  currency: Currency,
  window: offerFields.window,
  fulfilment: Fulfilment,
  codes: offerFields.codes,
  allocation: Allocation,
  soldOut: z.boolean(),
  limits: offerFields.limits,
  usedByMember: z.int(),
  whyForMe: z.array(EligibilityReason),
});
export type MemberOffer = z.infer<typeof MemberOffer>;
