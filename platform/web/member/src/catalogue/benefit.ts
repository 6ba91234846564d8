import type { Benefit, MemberOffer } from '@chung/contracts';
import type { Format } from '@chung/ui';
import type { T } from '../texts/use-t.ts';

/** A benefit in words: what it is, and the condition that belongs beside it. */
export interface BenefitWords {
  readonly headline: string;
  readonly note: string | null;
}

function assertUnreachable(value: never): never {
  throw new TypeError(`Unknown benefit ${JSON.stringify(value)}`);
}

/** The price a bundle's items have one by one. */
export function separatePriceMinor(benefit: Extract<Benefit, { kind: 'bundle' }>): number {
  return benefit.items.reduce((sum, item) => sum + item.regularPriceMinor, 0);
}

export function benefitWords(benefit: Benefit, t: T, format: Format): BenefitWords {
  switch (benefit.kind) {
    case 'percentage': {
      const cap = benefit.maxDiscountMinor;
      return {
        headline: t('benefit.percentage', { rate: format.percent(benefit.rateBasisPoints) }),
        note: cap === null ? null : t('benefit.percentageCap', { amount: format.money(cap) }),
      };
    }
    case 'fixed_amount':
      return { headline: t('benefit.fixed_amount', { amount: format.money(benefit.discountMinor) }), note: null };
    case 'free_voucher':
      return { headline: t('benefit.free_voucher', { amount: format.money(benefit.faceValueMinor) }), note: null };
    case 'bundle':
      return {
        headline: t('benefit.bundle', { amount: format.money(benefit.bundlePriceMinor) }),
        note: t('benefit.insteadOf', { amount: format.money(separatePriceMinor(benefit)) }),
      };
    case 'trial': {
      const price = benefit.renewalPriceMinor;
      return {
        headline: t('benefit.trial', { days: benefit.days }),
        note: price === null ? t('benefit.trialNoRenewal') : t('benefit.trialRenewal', { amount: format.money(price) }),
      };
    }
    case 'cashback': {
      const minimum = benefit.minimumSpendMinor;
      return {
        headline: t('benefit.cashback', { amount: format.money(benefit.cashbackMinor) }),
        note: minimum > 0 ? t('benefit.cashbackMinimum', { amount: format.money(minimum) }) : null,
      };
    }
    default:
      return assertUnreachable(benefit);
  }
}

/** `2 giờ` rather than `120 phút`. */
export function holdTime(minutes: number, t: T): string {
  if (minutes % (24 * 60) === 0) return t('offer.days', { count: minutes / (24 * 60) });
  if (minutes % 60 === 0) return t('offer.hours', { count: minutes / 60 });
  return t('offer.minutes', { count: minutes });
}

function benefitTerms(benefit: Benefit, t: T, format: Format): string[] {
  if (benefit.kind === 'trial') {
    const price = benefit.renewalPriceMinor;
    if (price === null) return [t('offer.trialNoRenewal', { days: benefit.days })];
    return [t('offer.trialRenewal', { days: benefit.days, amount: format.money(price) })];
  }
  if (benefit.kind === 'cashback')
    return [benefit.vestingDays > 0 ? t('offer.cashbackVesting', { days: benefit.vestingDays }) : t('offer.cashbackAtOnce')];
  return [];
}

function allocationTerms(allocation: MemberOffer['allocation'], t: T): string[] {
  const time = holdTime(allocation.acceptMinutes, t);
  if (allocation.mode === 'lottery') return [t('offer.lottery', { time })];
  return allocation.waitingList === 'on' ? [t('offer.waitingList', { time })] : [];
}

/** The terms that are data, as sentences a person reads before claiming. */
export function plainTerms(offer: MemberOffer, t: T, format: Format): string[] {
  const { window, limits, fulfilment } = offer;
  return [
    t('offer.window', { from: format.dateTime(window.startsAt), to: format.dateTime(window.endsAt) }),
    t('offer.limit', { count: limits.perMember }),
    ...(limits.perMemberPerDay === null ? [] : [t('offer.limitDay', { count: limits.perMemberPerDay })]),
    fulfilment.mode === 'instant' ? t('offer.instant') : t('offer.hold', { time: holdTime(fulfilment.holdMinutes, t) }),
    ...(offer.codes === 'pool' ? [t('offer.code')] : []),
    ...allocationTerms(offer.allocation, t),
    ...benefitTerms(offer.benefit, t, format),
    ...(offer.usedByMember > 0 ? [t('offer.used', { count: offer.usedByMember })] : []),
  ];
}

/** The window is half-open: one that ends at midnight is good to the end of the day before, and that day is what is shown. */
export function lastMoment(endsAt: string): Date {
  return new Date(Date.parse(endsAt) - 1);
}

/** Why the claim button is off, or null when it is on. The server decides again at the claim. */
export type Closed = 'soldOut' | 'notYet' | 'ended' | 'limit';

export function closedBecause(offer: MemberOffer, now: Date): Closed | null {
  if (now.getTime() >= Date.parse(offer.window.endsAt)) return 'ended';
  if (now.getTime() < Date.parse(offer.window.startsAt)) return 'notYet';
  if (offer.usedByMember >= offer.limits.perMember) return 'limit';
  return offer.soldOut ? 'soldOut' : null;
}
