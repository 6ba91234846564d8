import type { Allocation, Benefit, EligibilityCondition, OfferCategory, OfferKind, PartnerOffer, Text } from '@chung/contracts';
import { marketMidnight, wallTimeOf } from './market-time.ts';

/** A number field as it is typed: empty until the person enters something. */
export type Entered = number | '';

export type MemberRole = 'member' | 'officer' | 'secretary';

export interface BundleItem {
  /** Only for React's list; never sent. */
  key: string;
  name: Text;
  regularPriceMinor: Entered;
}

/** Fields of all kinds side by side, so that switching the kind back and forth loses nothing. Rates are per cent here. */
export interface BenefitFields {
  ratePercent: Entered;
  maxDiscountMinor: Entered;
  discountMinor: Entered;
  faceValueMinor: Entered;
  items: BundleItem[];
  bundlePriceMinor: Entered;
  days: Entered;
  renewalPriceMinor: Entered;
  cashbackMinor: Entered;
  minimumSpendMinor: Entered;
  vestingDays: Entered;
}

export interface EligibilityFields {
  verified: boolean;
  provinces: string[];
  units: string[];
  roles: MemberRole[];
  atLeastYears: Entered;
  upToYears: Entered;
}

/** The offer as the editor holds it: everything may be half-typed. */
export interface OfferForm {
  title: Text;
  summary: Text;
  terms: Text;
  category: OfferCategory;
  kind: OfferKind;
  benefit: BenefitFields;
  regularPriceMinor: Entered;
  partnerSharePercent: Entered;
  stock: Entered;
  budgetMinor: Entered;
  perMember: Entered;
  perMemberPerDay: Entered;
  startsAt: string;
  endsAt: string;
  fulfilment: 'instant' | 'partner_confirmed';
  holdMinutes: Entered;
  codes: 'none' | 'pool';
  eligibility: EligibilityFields;
  allocation: 'first_come' | 'waiting_list' | 'lottery';
  entriesFrom: string;
  entriesUntil: string;
  acceptMinutes: Entered;
}

let lastKey = 0;
export function emptyItem(): BundleItem {
  lastKey += 1;
  return { key: `item-${lastKey}`, name: { vi: '', en: '' }, regularPriceMinor: '' };
}

function emptyBenefit(): BenefitFields {
  return {
    ratePercent: '',
    maxDiscountMinor: '',
    discountMinor: '',
    faceValueMinor: '',
    items: [emptyItem(), emptyItem()],
    bundlePriceMinor: '',
    days: 30,
    renewalPriceMinor: '',
    cashbackMinor: '',
    minimumSpendMinor: 0,
    vestingDays: 0,
  };
}

/** What a new offer starts from: the choices most offers make, so that only the offer itself is left to write. */
export function emptyForm(now: Date = new Date()): OfferForm {
  return {
    title: { vi: '', en: '' },
    summary: { vi: '', en: '' },
    terms: { vi: '', en: '' },
    category: 'services',
    kind: 'percentage',
    benefit: emptyBenefit(),
    regularPriceMinor: '',
    partnerSharePercent: 100,
    stock: 1000,
    budgetMinor: '',
    perMember: 1,
    perMemberPerDay: '',
    startsAt: marketMidnight(3, now),
    endsAt: marketMidnight(33, now),
    fulfilment: 'partner_confirmed',
    holdMinutes: 60,
    codes: 'none',
    eligibility: { verified: true, provinces: [], units: [], roles: [], atLeastYears: '', upToYears: '' },
    allocation: 'first_come',
    entriesFrom: marketMidnight(3, now),
    entriesUntil: marketMidnight(10, now),
    acceptMinutes: 30,
  };
}

function benefitFields(benefit: Benefit): BenefitFields {
  const fields = emptyBenefit();
  switch (benefit.kind) {
    case 'percentage':
      return { ...fields, ratePercent: benefit.rateBasisPoints / 100, maxDiscountMinor: benefit.maxDiscountMinor ?? '' };
    case 'fixed_amount':
      return { ...fields, discountMinor: benefit.discountMinor };
    case 'free_voucher':
      return { ...fields, faceValueMinor: benefit.faceValueMinor };
    case 'bundle':
      return {
        ...fields,
        items: benefit.items.map((item) => ({ ...emptyItem(), name: item.name, regularPriceMinor: item.regularPriceMinor })),
        bundlePriceMinor: benefit.bundlePriceMinor,
      };
    case 'trial':
      return { ...fields, days: benefit.days, renewalPriceMinor: benefit.renewalPriceMinor ?? '' };
    case 'cashback':
      return {
        ...fields,
        cashbackMinor: benefit.cashbackMinor,
        minimumSpendMinor: benefit.minimumSpendMinor,
        vestingDays: benefit.vestingDays,
      };
  }
}

function eligibilityFields(conditions: readonly EligibilityCondition[]): EligibilityFields {
  const fields: EligibilityFields = { verified: false, provinces: [], units: [], roles: [], atLeastYears: '', upToYears: '' };
  for (const condition of conditions) {
    if (condition.fact === 'verified') fields.verified = true;
    if (condition.fact === 'province') fields.provinces = [...condition.in];
    if (condition.fact === 'unit') fields.units = [...condition.within];
    if (condition.fact === 'role') fields.roles = [...condition.in];
    if (condition.fact === 'age') {
      fields.atLeastYears = condition.atLeastYears;
      fields.upToYears = condition.belowYears - 1;
    }
  }
  return fields;
}

/** Switching the way back and forth keeps the times that a lottery would need. */
function allocationFields(allocation: Allocation, window: { startsAt: string }) {
  const { acceptMinutes } = allocation;
  if (allocation.mode === 'lottery')
    return {
      allocation: 'lottery' as const,
      entriesFrom: wallTimeOf(allocation.entriesFrom),
      entriesUntil: wallTimeOf(allocation.entriesUntil),
      acceptMinutes,
    };
  const way = allocation.waitingList === 'on' ? ('waiting_list' as const) : ('first_come' as const);
  return { allocation: way, entriesFrom: wallTimeOf(window.startsAt), entriesUntil: '', acceptMinutes };
}

/** Opens a stored offer in the editor. */
export function formOf(offer: PartnerOffer): OfferForm {
  const partnerShare = offer.funding.find((share) => share.by === 'partner')?.shareBasisPoints ?? 0;
  return {
    title: offer.title,
    summary: offer.summary,
    terms: offer.terms,
    category: offer.category,
    kind: offer.benefit.kind,
    benefit: benefitFields(offer.benefit),
    regularPriceMinor: offer.regularPriceMinor,
    partnerSharePercent: partnerShare / 100,
    stock: offer.stock,
    budgetMinor: offer.budgetMinor ?? '',
    perMember: offer.limits.perMember,
    perMemberPerDay: offer.limits.perMemberPerDay ?? '',
    startsAt: wallTimeOf(offer.window.startsAt),
    endsAt: wallTimeOf(offer.window.endsAt),
    fulfilment: offer.fulfilment.mode,
    holdMinutes: offer.fulfilment.mode === 'partner_confirmed' ? offer.fulfilment.holdMinutes : 60,
    codes: offer.codes,
    eligibility: eligibilityFields(offer.eligibility.all),
    ...allocationFields(offer.allocation, offer.window),
  };
}
