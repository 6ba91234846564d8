import { describe, expect, it } from 'vitest';
import { discountShare } from './discount-share.ts';

describe('the share of the price that is taken off', () => {
  it('counts a percentage, and its cap', () => {
    const rate = { kind: 'percentage', rateBasisPoints: 6000 } as const;
    expect(discountShare({ regularPriceMinor: 100_000, benefit: { ...rate, maxDiscountMinor: null } })).toBe(6000);
    expect(discountShare({ regularPriceMinor: 100_000, benefit: { ...rate, maxDiscountMinor: 50_000 } })).toBe(5000);
  });
  it('compares a bundle with the sum of its parts', () => {
    const items = [60_000, 40_000].map((regularPriceMinor) => ({ name: { vi: 'Gói', en: 'Plan' }, regularPriceMinor }));
    expect(discountShare({ regularPriceMinor: 0, benefit: { kind: 'bundle', items, bundlePriceMinor: 75_000 } })).toBe(2500);
  });
  it('says nothing where there is no price discount, or no price', () => {
    expect(discountShare({ regularPriceMinor: 100_000, benefit: { kind: 'free_voucher', faceValueMinor: 50_000 } })).toBeNull();
    expect(discountShare({ regularPriceMinor: 0, benefit: { kind: 'fixed_amount', discountMinor: 10 } })).toBeNull();
  });
});
