import type { OfferState, PartnerOffer } from '@chung/contracts';
import { useFormat, useLocal, useTexts } from '@chung/ui';
import { Alert, Text } from '@mantine/core';
import type { PartnerTexts } from '../texts/vi.ts';
import { RuleList } from './rule-list.tsx';

/** The last decision: which rules, and why. */
export function DecisionNotice({ decision, state }: { decision: NonNullable<PartnerOffer['lastDecision']>; state: OfferState }) {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const format = useFormat();
  const isRefused = decision.decision === 'refused';
  // An approval is news once; afterwards the state says it.
  if (!isRefused && state !== 'published') return null;
  return (
    <Alert
      color={isRefused ? 'red' : 'green'}
      variant="light"
      title={t(`offers.decision.${decision.decision}`, { when: format.dateTime(decision.decidedAt) })}
    >
      {isRefused && (
        <>
          <Text size="sm" mb="xs">
            {t('offers.decision.lead')}
          </Text>
          <RuleList rules={decision.reasons.map(({ rule, text }) => ({ rule, words: local(text) }))} />
        </>
      )}
    </Alert>
  );
}
