import type { PartnerRedemption } from '@chung/contracts';
import { type Column, CursorTable, EmptyState, IconTicket, Page, ProblemNotice, useList, useLocal, useTexts } from '@chung/ui';
import { Button, Code, Group, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { PartnerTexts } from '../texts/vi.ts';
import { useRedemptionColumns } from './redemption-columns.tsx';
import { actionsOn, REDEMPTION_STATES } from './redemption-words.ts';
import { ReverseDialog } from './reverse-dialog.tsx';
import { useRedemptionActions } from './use-redemption-actions.ts';

const REFETCH_SECONDS = 10;

function Filters() {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const [search, setSearch] = useSearchParams();
  const offers = useList('partner.offers.list', { limit: 100 });
  const set = (name: string, value: string) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const isFiltered = search.has('state') || search.has('offer');
  return (
    <Group align="end" gap="sm">
      <NativeSelect
        label={t('redemption.filterState')}
        value={search.get('state') ?? ''}
        onChange={(event) => set('state', event.currentTarget.value)}
        data={[
          { value: '', label: t('redemption.allStates') },
          ...REDEMPTION_STATES.map((value) => ({ value, label: t(`redemption.state.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t('redemption.filterOffer')}
        value={search.get('offer') ?? ''}
        onChange={(event) => set('offer', event.currentTarget.value)}
        data={[
          { value: '', label: t('redemption.allOffers') },
          ...offers.items.map((offer) => ({ value: offer.id as string, label: local(offer.title) })),
        ]}
        maw={320}
      />
      {isFiltered && (
        <Button variant="subtle" color="gray" onClick={() => setSearch({})}>
          {t('redemption.clear')}
        </Button>
      )}
    </Group>
  );
}

function Actions({ row, onReverse }: { row: PartnerRedemption; onReverse: () => void }) {
  const t = useTexts<PartnerTexts>();
  const { confirm, fulfil } = useRedemptionActions();
  const error = confirm.error ?? fulfil.error;
  if (error) return <ProblemNotice error={error} />;
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {actionsOn(row.state).map((action) => {
        if (action === 'reverse')
          return (
            <Button key={action} size="compact-sm" variant="subtle" color="gray" onClick={onReverse}>
              {t('redemption.reverse')}
            </Button>
          );
        const run = action === 'confirm' ? () => confirm.mutate({ redemption: row }) : () => fulfil.mutate(row);
        return (
          <Button key={action} size="compact-sm" variant="default" loading={confirm.isPending || fulfil.isPending} onClick={run}>
            {t(`redemption.${action}`)}
          </Button>
        );
      })}
    </Group>
  );
}

export function RedemptionsPage() {
  const t = useTexts<PartnerTexts>();
  const [search] = useSearchParams();
  const state = REDEMPTION_STATES.find((name) => name === search.get('state'));
  const offerId = search.get('offer');
  const list = useList(
    'partner.redemptions.list',
    { ...(state ? { state } : {}), ...(offerId ? { offerId } : {}) },
    { refetchSeconds: REFETCH_SECONDS },
  );
  const [reversing, setReversing] = useState<PartnerRedemption | null>(null);
  const columns: Column<PartnerRedemption>[] = [
    ...useRedemptionColumns(),
    {
      key: 'code',
      header: t('redemption.columns.code'),
      noWrap: true,
      render: (row) => (row.codeHint ? <Code>…{row.codeHint}</Code> : ''),
    },
    {
      key: 'actions',
      header: t('redemption.columns.actions'),
      align: 'end',
      render: (row) => <Actions row={row} onReverse={() => setReversing(row)} />,
    },
  ];
  const isFiltered = state !== undefined || offerId !== null;
  const words = isFiltered ? ('redemption.emptyFilter' as const) : ('redemption.empty' as const);
  return (
    <Page title={t('redemption.title')} appName={t('app.name')} intro={t('redemption.lead')}>
      <Stack gap="md">
        <Filters />
        <CursorTable
          caption={t('redemption.title')}
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<EmptyState icon={<IconTicket size={28} />} title={t(`${words}.title`)} detail={t(`${words}.text`)} />}
        />
      </Stack>
      {reversing && <ReverseDialog redemption={reversing} onClose={() => setReversing(null)} />}
    </Page>
  );
}
