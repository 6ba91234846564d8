import type { MemberOffer } from '@chung/contracts';
import { formatIn, type Language } from './format.ts';

const WORDS = {
  vi: {
    off: (what: string) => `Giảm ${what}`,
    upTo: (amount: string) => `tối đa ${amount}`,
    voucher: (amount: string) => `Tặng phiếu ${amount}`,
    bundle: (amount: string) => `Trọn gói ${amount}`,
    insteadOf: (amount: string) => `thay vì ${amount}`,
    trial: (days: number) => `Miễn phí ${days} ngày`,
    renews: (amount: string) => `sau đó ${amount}`,
    endsAlone: 'không tự gia hạn',
    cashback: (amount: string) => `Hoàn ${amount}`,
    spend: (amount: string) => `cho giao dịch từ ${amount}`,
  },
  en: {
    off: (what: string) => `${what} off`,
    upTo: (amount: string) => `up to ${amount}`,
    voucher: (amount: string) => `${amount} voucher`,
    bundle: (amount: string) => `${amount} for all`,
    insteadOf: (amount: string) => `instead of ${amount}`,
    trial: (days: number) => `Free for ${days} days`,
    renews: (amount: string) => `then ${amount}`,
    endsAlone: 'does not renew by itself',
    cashback: (amount: string) => `${amount} back`,
    spend: (amount: string) => `on payments from ${amount}`,
  },
} as const;

/** What an offer gives, in a few words: the headline of its card and the line under it. */
export function benefitWords(benefit: MemberOffer['benefit'], language: Language): { headline: string; detail: string | null } {
  const words = WORDS[language];
  const { money, percent } = formatIn(language);
  switch (benefit.kind) {
    case 'percentage': {
      const { rateBasisPoints, maxDiscountMinor } = benefit;
      return {
        headline: words.off(percent(rateBasisPoints)),
        detail: maxDiscountMinor === null ? null : words.upTo(money(maxDiscountMinor)),
      };
    }
    case 'fixed_amount':
      return { headline: words.off(money(benefit.discountMinor)), detail: null };
    case 'free_voucher':
      return { headline: words.voucher(money(benefit.faceValueMinor)), detail: null };
    case 'bundle': {
      const apart = benefit.items.reduce((sum, { regularPriceMinor }) => sum + regularPriceMinor, 0);
      return { headline: words.bundle(money(benefit.bundlePriceMinor)), detail: words.insteadOf(money(apart)) };
    }
    case 'trial': {
      const { days, renewalPriceMinor } = benefit;
      return { headline: words.trial(days), detail: renewalPriceMinor === null ? words.endsAlone : words.renews(money(renewalPriceMinor)) };
    }
    case 'cashback': {
      const { cashbackMinor, minimumSpendMinor } = benefit;
      return {
        headline: words.cashback(money(cashbackMinor)),
        detail: minimumSpendMinor === 0 ? null : words.spend(money(minimumSpendMinor)),
      };
    }
  }
}
