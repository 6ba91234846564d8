import type { PartnerOffer } from '@chung/contracts';

/**
 * The discount as basis points of the price it is compared with: the number behind the 50 % rule.
 * Null for what is no price discount (voucher, trial, cashback), and for a price of zero.
 */
export function discountShare({ benefit, regularPriceMinor: price }: Pick<PartnerOffer, 'benefit' | 'regularPriceMinor'>): number | null {
  const share = (discount: number, of: number) => (of > 0 ? Math.round((discount / of) * 10_000) : null);
  switch (benefit.kind) {
    case 'percentage': {
      const whole = Math.round((price * benefit.rateBasisPoints) / 10_000);
      return share(Math.min(whole, benefit.maxDiscountMinor ?? whole), price);
    }
    case 'fixed_amount':
      return share(benefit.discountMinor, price);
    case 'bundle': {
      const parts = benefit.items.reduce((sum, item) => sum + item.regularPriceMinor, 0);
      return share(parts - benefit.bundlePriceMinor, parts);
    }
    case 'free_voucher':
    case 'trial':
    case 'cashback':
      return null;
  }
}
