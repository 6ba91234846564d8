import { instantOf } from './market-time.ts';
import type { OfferForm } from './offer-form.ts';

/** A remark while writing; the server's checks decide, this only saves a round trip. */
export interface Hint {
  readonly code: HintCode;
  readonly severity: 'problem' | 'advice';
  readonly field: string;
  /** The number of the review rule it anticipates, where there is one. */
  readonly rule?: string;
}

export type HintCode =
  | 'discount_over_half'
  | 'discount_over_price'
  | 'bundle_not_cheaper'
  | 'bundle_price_differs'
  | 'window_past'
  | 'window_long'
  | 'terms_short'
  | 'same_language'
  | 'needs_codes'
  | 'trial_no_renewal_price'
  | 'nobody_excluded'
  | 'limit_over_stock'
  | 'day_over_member'
  | 'hold_over_window'
  | 'cashback_over_spend';

const DAY_MS = 86_400_000;

/** What the member saves per unit, as far as the form tells; null when it cannot be said yet. */
export function discountOf(form: OfferForm): number | null {
  const { benefit, regularPriceMinor: price } = form;
  if (form.kind === 'fixed_amount') return benefit.discountMinor === '' ? null : benefit.discountMinor;
  if (form.kind === 'percentage' && price !== '' && benefit.ratePercent !== '') {
    const whole = Math.round((price * Math.round(benefit.ratePercent * 100)) / 10_000);
    return benefit.maxDiscountMinor === '' ? whole : Math.min(whole, benefit.maxDiscountMinor);
  }
  if (form.kind === 'bundle' && benefit.bundlePriceMinor !== '') return bundleTotal(form) - benefit.bundlePriceMinor;
  return null;
}

/** Sum of the single prices of a bundle. */
export function bundleTotal(form: OfferForm): number {
  return form.benefit.items.reduce((sum, item) => sum + (item.regularPriceMinor || 0), 0);
}

function priceHints(form: OfferForm): Hint[] {
  const discount = discountOf(form);
  const isBundle = form.kind === 'bundle';
  const price = isBundle ? bundleTotal(form) : form.regularPriceMinor;
  const field = isBundle ? 'benefit.bundlePriceMinor' : 'regularPriceMinor';
  const hints: Hint[] = [];
  if (isBundle && discount !== null && discount <= 0)
    hints.push({ code: 'bundle_not_cheaper', severity: 'problem', field, rule: 'OFR-106' });
  if (isBundle && form.regularPriceMinor !== '' && form.regularPriceMinor !== price)
    hints.push({ code: 'bundle_price_differs', severity: 'advice', field: 'regularPriceMinor', rule: 'OFR-106' });
  if (discount !== null && price !== '' && price > 0) {
    if (discount > price) hints.push({ code: 'discount_over_price', severity: 'problem', field, rule: 'OFR-107' });
    // Decree 81/2018/NĐ-CP, article 7: at most half of the price immediately before the promotion.
    else if (discount * 2 > price) hints.push({ code: 'discount_over_half', severity: 'problem', field, rule: 'OFR-101' });
  }
  return [...hints, ...otherBenefitHints(form)];
}

function otherBenefitHints({ kind, benefit }: OfferForm): Hint[] {
  const { cashbackMinor, minimumSpendMinor } = benefit;
  if (kind === 'cashback' && cashbackMinor !== '' && minimumSpendMinor !== '' && minimumSpendMinor > 0 && cashbackMinor > minimumSpendMinor)
    return [{ code: 'cashback_over_spend', severity: 'problem', field: 'benefit.cashbackMinor', rule: 'OFR-107' }];
  if (kind === 'trial' && benefit.renewalPriceMinor === '')
    return [{ code: 'trial_no_renewal_price', severity: 'advice', field: 'benefit.renewalPriceMinor' }];
  return [];
}

function limitHints({ stock, perMember, perMemberPerDay }: OfferForm): Hint[] {
  const hints: Hint[] = [];
  if (stock !== '' && perMember !== '' && perMember > stock)
    hints.push({ code: 'limit_over_stock', severity: 'problem', field: 'limits.perMember', rule: 'OFR-108' });
  if (perMember !== '' && perMemberPerDay !== '' && perMemberPerDay > perMember)
    hints.push({ code: 'day_over_member', severity: 'problem', field: 'limits.perMemberPerDay', rule: 'OFR-108' });
  return hints;
}

function windowHints(form: OfferForm, now: number): Hint[] {
  const starts = Date.parse(instantOf(form.startsAt));
  const ends = Date.parse(instantOf(form.endsAt));
  if (Number.isNaN(starts) || Number.isNaN(ends)) return [];
  const hints: Hint[] = [];
  if (ends <= now) hints.push({ code: 'window_past', severity: 'problem', field: 'window.endsAt', rule: 'OFR-103' });
  else if (ends - starts > 120 * DAY_MS && (form.kind === 'percentage' || form.kind === 'fixed_amount'))
    hints.push({ code: 'window_long', severity: 'advice', field: 'window.endsAt', rule: 'OFR-110' });
  if (form.fulfilment === 'partner_confirmed' && form.holdMinutes !== '' && form.holdMinutes * 60_000 > ends - starts)
    hints.push({ code: 'hold_over_window', severity: 'advice', field: 'fulfilment.holdMinutes', rule: 'OFR-111' });
  return hints;
}

function textHints(form: OfferForm): Hint[] {
  const hints: Hint[] = [];
  const terms = form.terms.vi.trim();
  if (terms !== '' && terms.length < 80) hints.push({ code: 'terms_short', severity: 'advice', field: 'terms.vi' });
  const isCopied = (['title', 'summary', 'terms'] as const).find(
    (name) => form[name].vi.trim() !== '' && form[name].vi.trim() === form[name].en.trim(),
  );
  // A title may be a product's name in both languages.
  if (isCopied)
    hints.push({ code: 'same_language', severity: isCopied === 'title' ? 'advice' : 'problem', field: `${isCopied}.en`, rule: 'OFR-102' });
  return hints;
}

/** Remarks on the form as it is now, the grave ones first. */
export function hintsFor(form: OfferForm, now: number = Date.now()): Hint[] {
  const hints = [...priceHints(form), ...limitHints(form), ...windowHints(form, now), ...textHints(form)];
  if (form.kind === 'free_voucher' && form.codes === 'none') hints.push({ code: 'needs_codes', severity: 'advice', field: 'codes' });
  const { verified, provinces, units, roles, atLeastYears, upToYears } = form.eligibility;
  if (!verified && provinces.length + units.length + roles.length === 0 && atLeastYears === '' && upToYears === '')
    hints.push({ code: 'nobody_excluded', severity: 'advice', field: 'eligibility' });
  return hints.sort((a, b) => Number(a.severity === 'advice') - Number(b.severity === 'advice'));
}
