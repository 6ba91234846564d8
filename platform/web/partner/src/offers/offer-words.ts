import type { OfferCategory, OfferKind, OfferState } from '@chung/contracts';
import type { Tone } from '@chung/ui/desk';

// Lists of the contract's values in the order they are shown; as data here, so that list pages load no schemas.
export const KINDS = ['percentage', 'fixed_amount', 'free_voucher', 'bundle', 'trial', 'cashback'] as const satisfies readonly OfferKind[];
export const CATEGORIES = ['finance', 'telecom', 'television', 'services', 'home', 'other'] as const satisfies readonly OfferCategory[];
export const STATES = ['draft', 'submitted', 'refused', 'published', 'paused', 'ended'] as const satisfies readonly OfferState[];

export const STATE_TONES: Readonly<Record<OfferState, Tone>> = {
  draft: 'calm',
  submitted: 'busy',
  refused: 'bad',
  published: 'good',
  paused: 'warn',
  ended: 'calm',
};
