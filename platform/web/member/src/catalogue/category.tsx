import type { OfferCategory } from '@chung/contracts';
import { IconCoins, IconGift, IconHome, IconPhone, IconSpark, IconTv } from '@chung/ui';

export const CATEGORIES = ['finance', 'telecom', 'television', 'services', 'home', 'other'] as const satisfies readonly OfferCategory[];

export const CATEGORY_ICONS = {
  finance: IconCoins,
  telecom: IconPhone,
  television: IconTv,
  services: IconSpark,
  home: IconHome,
  other: IconGift,
} as const satisfies Record<OfferCategory, typeof IconGift>;

export function isCategory(value: string | null): value is OfferCategory {
  return CATEGORIES.some((category) => category === value);
}
