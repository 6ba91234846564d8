import type { Benefit, Finding, OfferDraft } from '@chung/contracts';
import { amountText, error, warning } from './finding.ts';

interface Priced {
  readonly terms: OfferDraft;
}

const WHOLE = 10_000n;
const partsOf = (benefit: Extract<Benefit, { kind: 'bundle' }>) =>
  benefit.items.reduce((sum, { regularPriceMinor }) => sum + BigInt(regularPriceMinor), 0n);

/** What a price discount takes off, and the price it is compared with; null for a benefit that is no price discount. */
function discountOf({ benefit, regularPriceMinor }: OfferDraft): { readonly discount: bigint; readonly price: bigint } | null {
  const price = BigInt(regularPriceMinor);
  switch (benefit.kind) {
    case 'percentage': {
      const share = (price * BigInt(benefit.rateBasisPoints) + WHOLE / 2n) / WHOLE;
      const cap = benefit.maxDiscountMinor === null ? share : BigInt(benefit.maxDiscountMinor);
      return { discount: share < cap ? share : cap, price };
    }
    case 'fixed_amount':
      return { discount: BigInt(benefit.discountMinor), price };
    case 'bundle':
      return { discount: partsOf(benefit) - BigInt(benefit.bundlePriceMinor), price: partsOf(benefit) };
    case 'free_voucher':
    case 'trial':
    case 'cashback':
      return null;
  }
}

/** OFR-101: the discount against half of the price immediately before. */
export function checkDiscount({ terms }: Priced): Finding[] {
  const found = discountOf(terms);
  if (!found || found.price === 0n || found.discount * 2n <= found.price) return [];
  const [discount, price] = [amountText(found.discount), amountText(found.price)];
  return [
    error('OFR-101', 'benefit', {
      vi: `Mức giảm ${discount.vi} vượt quá 50% giá ngay trước khuyến mại (${price.vi}).`,
      en: `The discount of ${discount.en} is more than 50% of the price immediately before (${price.en}).`,
    }),
  ];
}

/** OFR-106: a bundle that costs more than its parts is no offer; its regular price is their sum. */
export function checkBundle({ terms: { benefit, regularPriceMinor } }: Priced): Finding[] {
  if (benefit.kind !== 'bundle') return [];
  const parts = partsOf(benefit);
  const sum = amountText(parts);
  const findings: Finding[] = [];
  if (BigInt(benefit.bundlePriceMinor) > parts)
    findings.push(
      error('OFR-106', 'benefit.bundlePriceMinor', {
        vi: `Giá gói cao hơn tổng giá các phần (${sum.vi}).`,
        en: `The bundle price is above the sum of its parts (${sum.en}).`,
      }),
    );
  if (BigInt(regularPriceMinor) !== parts)
    findings.push(
      warning('OFR-106', 'regularPriceMinor', {
        vi: `Giá bán trước khuyến mại khác tổng giá các phần (${sum.vi}).`,
        en: `The regular price is not the sum of the parts (${sum.en}).`,
      }),
    );
  return findings;
}

/** OFR-107: more than nothing, and not more than the price. */
export function checkBenefit({ terms }: Priced): Finding[] {
  const { benefit } = terms;
  const found = discountOf(terms);
  if (found?.price === 0n)
    return [
      error('OFR-107', 'regularPriceMinor', {
        vi: 'Cần giá bán trước khuyến mại để tính mức giảm.',
        en: 'A discount needs the price before the promotion.',
      }),
    ];
  if (found && found.discount > found.price)
    return [error('OFR-107', 'benefit', { vi: 'Giá trị ưu đãi vượt quá giá bán.', en: 'The benefit is more than the price.' })];
  if (found?.discount === 0n)
    return [error('OFR-107', 'benefit', { vi: 'Ưu đãi không giảm đồng nào.', en: 'The offer takes nothing off.' })];
  if (benefit.kind === 'cashback' && benefit.minimumSpendMinor > 0 && benefit.cashbackMinor > benefit.minimumSpendMinor)
    return [
      error('OFR-107', 'benefit.cashbackMinor', {
        vi: 'Số tiền hoàn lớn hơn mức chi tối thiểu.',
        en: 'The cashback is more than the minimum spend.',
      }),
    ];
  return [];
}

/** OFR-109. That the shares add up is seen to when terms are parsed. */
export function checkFunding({ terms }: Priced): Finding[] {
  const platform = terms.funding.find(({ by }) => by === 'platform');
  if (!platform) return [];
  return [
    warning('OFR-109', 'funding', {
      vi: `Nền tảng góp ${platform.shareBasisPoints / 100}% chi phí: xác nhận nguồn kinh phí.`,
      en: `The platform pays ${platform.shareBasisPoints / 100}% of the cost: confirm the budget.`,
    }),
  ];
}
