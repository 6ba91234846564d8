import type { Benefit, EligibilityCondition, Language } from '@chung/contracts';
import { formatIn } from '../format.ts';

/** What an offer gives, in a few words: the headline of its card and the line under it. */
export interface BenefitWords {
  readonly headline: string;
  readonly detail: string | null;
}

const WORDS = {
  vi: {
    off: (what: string) => `Giảm ${what}`,
    upTo: (amount: string) => `tối đa ${amount}`,
    voucher: (amount: string) => `Tặng phiếu ${amount}`,
    bundle: (amount: string) => `Trọn gói ${amount}`,
    apart: (amount: string, count: number) => `${count} món, mua lẻ ${amount}`,
    trial: (days: number) => `Dùng thử ${days} ngày`,
    renews: (amount: string) => `sau đó ${amount} mỗi kỳ`,
    endsAlone: 'không tự gia hạn',
    cashback: (amount: string) => `Hoàn ${amount}`,
    spend: (amount: string) => `khi chi từ ${amount}`,
    verified: 'Đoàn viên đã xác thực',
    provinces: (count: number) => `${count} tỉnh, thành phố`,
    units: (count: number) => (count === 1 ? 'Đơn vị của bạn' : `${count} đơn vị`),
    age: (from: number, to: number) => (to >= 120 ? `Từ ${from} tuổi` : `${from}–${to} tuổi`),
    roles: { member: 'đoàn viên', officer: 'cán bộ Đoàn', secretary: 'bí thư' },
  },
  en: {
    off: (what: string) => `${what} off`,
    upTo: (amount: string) => `up to ${amount}`,
    voucher: (amount: string) => `${amount} voucher`,
    bundle: (amount: string) => `${amount} for all`,
    apart: (amount: string, count: number) => `${count} items, ${amount} apart`,
    trial: (days: number) => `${days}-day trial`,
    renews: (amount: string) => `then ${amount} per period`,
    endsAlone: 'does not renew by itself',
    cashback: (amount: string) => `${amount} back`,
    spend: (amount: string) => `when you spend ${amount}`,
    verified: 'Verified members',
    provinces: (count: number) => (count === 1 ? '1 province' : `${count} provinces`),
    units: (count: number) => (count === 1 ? 'Your unit' : `${count} units`),
    age: (from: number, to: number) => (to >= 120 ? `From age ${from}` : `Age ${from}–${to}`),
    roles: { member: 'members', officer: 'officers', secretary: 'secretaries' },
  },
} as const;

/** The language is given, not taken from the page: a preview shows the other side of a two-language text. */
export function benefitWords(benefit: Benefit, language: Language): BenefitWords {
  const words = WORDS[language];
  const { money, percent } = formatIn(language);
  switch (benefit.kind) {
    case 'percentage':
      return {
        headline: words.off(percent(benefit.rateBasisPoints)),
        detail: benefit.maxDiscountMinor === null ? null : words.upTo(money(benefit.maxDiscountMinor)),
      };
    case 'fixed_amount':
      return { headline: words.off(money(benefit.discountMinor)), detail: null };
    case 'free_voucher':
      return { headline: words.voucher(money(benefit.faceValueMinor)), detail: null };
    case 'bundle': {
      const apart = benefit.items.reduce((sum, item) => sum + item.regularPriceMinor, 0);
      return { headline: words.bundle(money(benefit.bundlePriceMinor)), detail: words.apart(money(apart), benefit.items.length) };
    }
    case 'trial':
      return {
        headline: words.trial(benefit.days),
        detail: benefit.renewalPriceMinor === null ? words.endsAlone : words.renews(money(benefit.renewalPriceMinor)),
      };
    case 'cashback':
      return {
        headline: words.cashback(money(benefit.cashbackMinor)),
        detail: benefit.minimumSpendMinor === 0 ? null : words.spend(money(benefit.minimumSpendMinor)),
      };
  }
}

/** One short phrase a condition; `provinceNames` turns codes into names where they are known. */
export function conditionWords(condition: EligibilityCondition, language: Language, provinceNames: ReadonlyMap<string, string>): string {
  const words = WORDS[language];
  switch (condition.fact) {
    case 'verified':
      return words.verified;
    case 'province': {
      const names = condition.in.map((code) => provinceNames.get(code) ?? code);
      return names.length <= 3 ? names.join(', ') : words.provinces(names.length);
    }
    case 'unit':
      return words.units(condition.within.length);
    case 'age':
      return words.age(condition.atLeastYears, condition.belowYears - 1);
    case 'role':
      return condition.in.map((role) => words.roles[role]).join(', ');
  }
}
