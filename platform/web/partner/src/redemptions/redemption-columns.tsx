import type { PartnerRedemption, RedemptionState } from '@chung/contracts';
import { type Column, useFormat, useLocal, useTexts } from '@chung/ui';
import { Tag } from '@chung/ui/desk';
import { Code, Text } from '@mantine/core';
import type { PartnerTexts } from '../texts/vi.ts';
import { REDEMPTION_TONES, shortRef } from './redemption-words.ts';

export function RedemptionTag({ state }: { state: RedemptionState }) {
  const t = useTexts<PartnerTexts>();
  return <Tag tone={REDEMPTION_TONES[state]}>{t(`redemption.state.${state}`)}</Tag>;
}

/** The columns that every list of redemptions shows. */
export function useRedemptionColumns(): Column<PartnerRedemption>[] {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const format = useFormat();
  return [
    { key: 'claimed', header: t('redemption.columns.claimed'), noWrap: true, render: (row) => format.dateTime(row.claimedAt) },
    {
      key: 'offer',
      header: t('redemption.columns.offer'),
      render: (row) => <div style={{ minInlineSize: 160 }}>{local(row.offerTitle)}</div>,
    },
    {
      key: 'member',
      header: t('redemption.columns.member'),
      noWrap: true,
      render: (row) => <Code title={row.memberRef}>{shortRef(row.memberRef)}</Code>,
    },
    {
      key: 'state',
      header: t('redemption.columns.state'),
      noWrap: true,
      render: (row) => (
        <>
          <RedemptionTag state={row.state} />
          {row.expiresAt && row.state === 'RESERVED' && (
            <Text size="xs" c="dimmed">
              {t('redemption.holdsUntil', { time: format.dateTime(row.expiresAt) })}
            </Text>
          )}
        </>
      ),
    },
  ];
}
