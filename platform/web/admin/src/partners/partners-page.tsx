import type { Partner } from '@chung/contracts';
import { type Column, CursorTable, EmptyState, IconUser, Page, useFormat, useList, useTexts } from '@chung/ui';
import { FilterTabs, Tag } from '@chung/ui/desk';
import { Anchor, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AdminTexts } from '../texts/vi.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import { decisionsOn, needsReason, PARTNER_STATUSES, PARTNER_TONES, type PartnerDecision } from './partner-decision.ts';

function useColumns(onDecide: (partner: Partner, decision: PartnerDecision) => void): Column<Partner>[] {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  return [
    {
      key: 'partner',
      header: t('partners.columns.partner'),
      render: (partner) => (
        <>
          <b>{partner.name}</b>
          <Text size="xs" c="dimmed">
            {partner.slug}
          </Text>
        </>
      ),
    },
    {
      key: 'legal',
      header: t('partners.columns.legal'),
      render: (partner) => (
        <div style={{ minInlineSize: 160 }}>
          {partner.legalName}
          <Text size="xs" c="dimmed">
            {t('partners.taxId', { taxId: partner.taxId })}
          </Text>
        </div>
      ),
    },
    {
      key: 'contact',
      header: t('partners.columns.contact'),
      render: (partner) => (
        <Anchor href={`mailto:${partner.contactEmail}`} size="sm">
          {partner.contactEmail}
        </Anchor>
      ),
    },
    {
      key: 'status',
      header: t('partners.columns.status'),
      render: (partner) => <Tag tone={PARTNER_TONES[partner.status]}>{t(`partners.status.${partner.status}`)}</Tag>,
    },
    { key: 'since', header: t('partners.columns.since'), noWrap: true, render: (partner) => format.date(partner.createdAt) },
    {
      key: 'actions',
      header: t('partners.columns.actions'),
      align: 'end',
      render: (partner) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {decisionsOn(partner.status).map((decision) => (
            <Button
              key={decision}
              size="compact-sm"
              variant={decision === 'approve' ? 'filled' : needsReason(decision) ? 'subtle' : 'default'}
              color={needsReason(decision) ? 'gray' : 'brand'}
              onClick={() => onDecide(partner, decision)}
            >
              {t(`partners.action.${decision}`)}
            </Button>
          ))}
        </Group>
      ),
    },
  ];
}

export function PartnersPage() {
  const t = useTexts<AdminTexts>();
  const [search] = useSearchParams();
  const status = PARTNER_STATUSES.find((name) => name === search.get('status'));
  const list = useList('admin.partners.list', status ? { status } : {});
  const [deciding, setDeciding] = useState<{ partner: Partner; decision: PartnerDecision } | null>(null);
  const columns = useColumns((partner, decision) => setDeciding({ partner, decision }));
  const tabs = [
    { value: 'all', label: t('partners.status.all'), href: '/partners' },
    ...PARTNER_STATUSES.map((value) => ({ value, label: t(`partners.status.${value}`), href: `/partners?status=${value}` })),
  ];
  return (
    <Page title={t('partners.title')} appName={t('app.name')} intro={t('partners.lead')}>
      <FilterTabs label={t('partners.title')} current={status ?? 'all'} options={tabs} />
      <CursorTable
        caption={t('partners.title')}
        list={list}
        columns={columns}
        rowKey={(partner) => partner.id}
        empty={<EmptyState icon={<IconUser size={28} />} title={t('partners.empty')} detail={t('partners.emptyText')} />}
      />
      {deciding && <DecisionDialog {...deciding} onClose={() => setDeciding(null)} />}
    </Page>
  );
}
