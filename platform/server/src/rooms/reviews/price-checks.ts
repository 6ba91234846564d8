import type { Benefit, Finding, OfferDraft } from '@chung/contracts';
import { assertUnreachable } from '../../kernel/errors.ts';
import { amountText, errorOf, warningOf } from './finding.ts';

const WHOLE_BASIS_POINTS = 10_000n;

/** Half-up, the rounding that the ledger uses for the platform's part. */
const shareOf = (amountMinor: bigint, basisPoints: bigint) => (amountMinor * basisPoints + WHOLE_BASIS_POINTS / 2n) / WHOLE_BASIS_POINTS;
/** bigint, because a sum of safe integers need not be one. */
const bundleParts = (benefit: Extract<Benefit, { kind: 'bundle' }>) =>
  benefit.items.reduce((sum, item) => sum + BigInt(item.regularPriceMinor), 0n);

/** What a price discount takes off, and the price it is compared with; null for a benefit that is no price discount. */
export function discountOf(terms: Pick<OfferDraft, 'benefit' | 'regularPriceMinor'>): { discount: bigint; price: bigint } | null {
  const { benefit } = terms;
  const price = BigInt(terms.regularPriceMinor);
  switch (benefit.kind) {
    case 'percentage': {
      const share = shareOf(price, BigInt(benefit.rateBasisPoints));
      const cap = benefit.maxDiscountMinor === null ? share : BigInt(benefit.maxDiscountMinor);
      return { discount: share < cap ? share : cap, price };
    }
    case 'fixed_amount':
      return { discount: BigInt(benefit.discountMinor), price };
    case 'bundle': {
      const parts = bundleParts(benefit);
      return { discount: parts - BigInt(benefit.bundlePriceMinor), price: parts };
    }
    // Samples and gifts that need no purchase are outside the limit; a cashback is a reward after the sale.
    case 'free_voucher':
    case 'trial':
    case 'cashback':
      return null;
    default:
      return assertUnreachable(benefit);
  }
}

/** OFR-101: the discount against half of the price immediately before. */
export function checkDiscountLimit({ terms }: { terms: OfferDraft }): Finding[] {
  const found = discountOf(terms);
  if (!found || found.price === 0n || found.discount * 2n <= found.price) return [];
  const [discount, price] = [amountText(found.discount), amountText(found.price)];
  return [
    errorOf('OFR-101', 'benefit', {
      vi: `Mức giảm ${discount.vi} vượt quá 50% giá ngay trước khuyến mại (${price.vi}).`,
      en: `The discount of ${discount.en} is more than 50% of the price immediately before (${price.en}).`,
    }),
  ];
}

/** OFR-106: a bundle that costs more than its parts is no offer; its regular price is their sum. */
export function checkBundle({ terms }: { terms: OfferDraft }): Finding[] {
  const { benefit } = terms;
  if (benefit.kind !== 'bundle') return [];
  const parts = bundleParts(benefit);
  const sum = amountText(parts);
  const findings: Finding[] = [];
  if (BigInt(benefit.bundlePriceMinor) > parts)
    findings.push(
      errorOf('OFR-106', 'benefit.bundlePriceMinor', {
        vi: `Giá gói cao hơn tổng giá các phần (${sum.vi}).`,
        en: `The bundle price is above the sum of its parts (${sum.en}).`,
      }),
    );
  if (BigInt(terms.regularPriceMinor) !== parts)
    findings.push(
      warningOf('OFR-106', 'regularPriceMinor', {
        vi: `Giá bán trước khuyến mại khác tổng giá các phần (${sum.vi}).`,
        en: `The regular price is not the sum of the parts (${sum.en}).`,
      }),
    );
  return findings;
}

/** OFR-107: more than nothing, and not more than the price. */
export function checkBenefit({ terms }: { terms: OfferDraft }): Finding[] {
  const { benefit } = terms;
  const tooMuch = { vi: 'Giá trị ưu đãi vượt quá giá bán.', en: 'The benefit is more than the price.' };
  const found = discountOf(terms);
  if (found) {
    if (found.price === 0n)
      return [
        errorOf('OFR-107', 'regularPriceMinor', {
          vi: 'Cần giá bán trước khuyến mại để tính mức giảm.',
          en: 'A discount needs the price before the promotion.',
        }),
      ];
    if (found.discount > found.price) return [errorOf('OFR-107', 'benefit', tooMuch)];
    // A bundle above its parts has a rule of its own.
    return found.discount === 0n
      ? [errorOf('OFR-107', 'benefit', { vi: 'Ưu đãi không giảm đồng nào.', en: 'The offer takes nothing off.' })]
      : [];
  }
  if (benefit.kind === 'cashback' && benefit.minimumSpendMinor > 0 && benefit.cashbackMinor > benefit.minimumSpendMinor)
    return [
      errorOf('OFR-107', 'benefit.cashbackMinor', {
        vi: 'Số tiền hoàn lớn hơn mức chi tối thiểu.',
        en: 'The cashback is more than the minimum spend.',
      }),
    ];
  return [];
}

/** OFR-105: written offers are checked when parsed; this holds for terms that came in any other way. */
export function checkFunding({ terms }: { terms: OfferDraft }): Finding[] {
  const whole = terms.funding.reduce((sum, share) => sum + share.shareBasisPoints, 0);
  const funders = new Set(terms.funding.map((share) => share.by));
  const findings: Finding[] = [];
  if (whole !== 10_000 || funders.size !== terms.funding.length)
    findings.push(errorOf('OFR-105', 'funding', { vi: 'Phần góp chi phí chưa đủ 100%.', en: 'The funding shares do not add up to 100%.' }));
  const platform = terms.funding.find((share) => share.by === 'platform');
  if (platform)
    findings.push(
      warningOf('OFR-109', 'funding', {
        vi: `Nền tảng góp ${platform.shareBasisPoints / 100}% chi phí: xác nhận nguồn kinh phí.`,
        en: `The platform pays ${platform.shareBasisPoints / 100}% of the cost: confirm the budget.`,
      }),
    );
  return findings;
}
