import { type Benefit, type EligibilityCondition, OfferDraft } from '@chung/contracts';
import { instantOf } from './market-time.ts';
import type { EligibilityFields, Entered, OfferForm } from './offer-form.ts';

/** A message to show at a field; `code` is ours (`required`, `too_small`, …) or a custom code of the contract. */
export interface FieldIssue {
  readonly path: string;
  readonly code: string;
}

export type DraftResult = { ok: true; draft: OfferDraft } | { ok: false; issues: FieldIssue[] };

// An empty number is left out, so that the schema reports it as missing instead of as a zero nobody typed.
const given = (value: Entered): number | undefined => (value === '' ? undefined : value);
const optional = (value: Entered): number | null => (value === '' ? null : value);
// Per cent with two decimals is exact in basis points; rounding removes what binary fractions add (12.35 × 100).
const basisPoints = (percent: Entered): number | undefined => (percent === '' ? undefined : Math.round(percent * 100));

type Loose<T> = { [Key in keyof T]?: unknown };

export function benefitOf({ kind, benefit }: OfferForm): Loose<Benefit> & Record<string, unknown> {
  switch (kind) {
    case 'percentage':
      return { kind, rateBasisPoints: basisPoints(benefit.ratePercent), maxDiscountMinor: optional(benefit.maxDiscountMinor) };
    case 'fixed_amount':
      return { kind, discountMinor: given(benefit.discountMinor) };
    case 'free_voucher':
      return { kind, faceValueMinor: given(benefit.faceValueMinor) };
    case 'bundle':
      return {
        kind,
        items: benefit.items.map((item) => ({ name: item.name, regularPriceMinor: given(item.regularPriceMinor) })),
        bundlePriceMinor: given(benefit.bundlePriceMinor),
      };
    case 'trial':
      return { kind, days: given(benefit.days), renewalPriceMinor: optional(benefit.renewalPriceMinor) };
    case 'cashback':
      return {
        kind,
        cashbackMinor: given(benefit.cashbackMinor),
        minimumSpendMinor: given(benefit.minimumSpendMinor),
        vestingDays: given(benefit.vestingDays),
      };
  }
}

/** The conditions in a fixed order; a condition nobody set is left out. */
export function conditionsOf(fields: EligibilityFields): EligibilityCondition[] {
  const all: EligibilityCondition[] = [];
  if (fields.verified) all.push({ fact: 'verified' });
  if (fields.provinces.length > 0) all.push({ fact: 'province', in: fields.provinces });
  if (fields.units.length > 0) all.push({ fact: 'unit', within: fields.units });
  if (fields.atLeastYears !== '' || fields.upToYears !== '')
    all.push({ fact: 'age', atLeastYears: fields.atLeastYears || 0, belowYears: fields.upToYears === '' ? 121 : fields.upToYears + 1 });
  if (fields.roles.length > 0) all.push({ fact: 'role', in: fields.roles });
  return all;
}

function fundingOf(percent: Entered): unknown[] {
  const partner = basisPoints(percent);
  if (partner === undefined) return [];
  const shares = [
    { by: 'partner', shareBasisPoints: partner },
    { by: 'platform', shareBasisPoints: 10_000 - partner },
  ];
  return shares.filter((share) => share.shareBasisPoints !== 0);
}

function allocationOf({ allocation, entriesFrom, entriesUntil, acceptMinutes }: OfferForm): unknown {
  switch (allocation) {
    case 'first_come':
      return { mode: 'first_come', waitingList: 'off', acceptMinutes: acceptMinutes || undefined };
    case 'waiting_list':
      return { mode: 'first_come', waitingList: 'on', acceptMinutes: acceptMinutes === '' ? null : acceptMinutes };
    case 'lottery':
      return {
        mode: 'lottery',
        entriesFrom: instantOf(entriesFrom),
        entriesUntil: instantOf(entriesUntil),
        acceptMinutes: given(acceptMinutes),
      };
  }
}

function bodyOf(form: OfferForm): Record<keyof OfferDraft, unknown> {
  return {
    title: form.title,
    summary: form.summary,
    terms: form.terms,
    category: form.category,
    benefit: benefitOf(form),
    regularPriceMinor: given(form.regularPriceMinor),
    currency: 'VND',
    funding: fundingOf(form.partnerSharePercent),
    stock: given(form.stock),
    budgetMinor: given(form.budgetMinor),
    limits: { perMember: given(form.perMember), perMemberPerDay: optional(form.perMemberPerDay) },
    window: { startsAt: instantOf(form.startsAt), endsAt: instantOf(form.endsAt) },
    fulfilment: form.fulfilment === 'instant' ? { mode: 'instant' } : { mode: 'partner_confirmed', holdMinutes: given(form.holdMinutes) },
    codes: form.codes,
    eligibility: { version: 1, all: conditionsOf(form.eligibility) },
    allocation: allocationOf(form),
  };
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) value = value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined;
  return value;
}

function ageIssues({ atLeastYears, upToYears }: EligibilityFields): FieldIssue[] {
  const isReversed = atLeastYears !== '' && upToYears !== '' && atLeastYears > upToYears;
  return isReversed ? [{ path: 'eligibility.age', code: 'age_reversed' }] : [];
}

/** The editor's form → what the API takes, or what is wrong with it, field by field: the contract's own schema decides. */
export function draftOf(form: OfferForm): DraftResult {
  const body = bodyOf(form);
  const parsed = OfferDraft.safeParse(body);
  const ages = ageIssues(form.eligibility);
  if (parsed.success && ages.length === 0) return { ok: true, draft: parsed.data };
  const issues = (parsed.error?.issues ?? []).map((issue) => {
    const value = valueAt(body, issue.path);
    const isMissing = value === undefined || value === null || value === '' || (typeof value === 'string' && value.trim() === '');
    const code = isMissing ? 'required' : issue.code === 'custom' ? issue.message : issue.code;
    return { path: fieldPath(issue.path.map(String), body), code };
  });
  return { ok: false, issues: [...issues, ...ages] };
}

/** The path of the contract → the field of the editor. The eligibility list is shown as one field a fact, funding as one share. */
export function fieldPath(path: readonly string[], body: unknown): string {
  if (path[0] === 'funding') return 'funding';
  if (path[0] === 'eligibility' && path[1] === 'all' && path[2] !== undefined) {
    const fact = valueAt(body, ['eligibility', 'all', path[2], 'fact']);
    return typeof fact === 'string' ? `eligibility.${fact}` : 'eligibility';
  }
  return path.join('.');
}

/** Where a remark on the benefit as a whole is put right. */
const MAIN_FIELD: Readonly<Record<OfferForm['kind'], string>> = {
  percentage: 'rateBasisPoints',
  fixed_amount: 'discountMinor',
  free_voucher: 'faceValueMinor',
  bundle: 'bundlePriceMinor',
  trial: 'days',
  cashback: 'cashbackMinor',
};

/** The paths of a server answer (`/window/endsAt` or `window.endsAt`) in the editor's terms. */
export function serverFieldPath(path: string, form: OfferForm): string {
  const parts = path.split(/[./]/).filter((part) => part !== '' && part !== 'body');
  const field = fieldPath(parts, bodyOf(form));
  if (field === 'benefit') return `benefit.${MAIN_FIELD[form.kind]}`;
  return field === 'window' ? 'window.endsAt' : field;
}
