import type { OfferState } from '@chung/contracts';
import { useTexts } from '@chung/ui';
import { Tag } from '@chung/ui/desk';
import type { PartnerTexts } from '../texts/vi.ts';
import { STATE_TONES } from './offer-words.ts';

export function OfferStateTag({ state }: { state: OfferState }) {
  const t = useTexts<PartnerTexts>();
  return <Tag tone={STATE_TONES[state]}>{t(`offers.state.${state}`)}</Tag>;
}
