import type { PartnerOffer } from '@chung/contracts';
import { type Column, CursorTable, EmptyState, IconGift, IconPlus, Page, useFormat, useList, useLocal, useTexts } from '@chung/ui';
import { FilterTabs } from '@chung/ui/desk';
import { Anchor, Button, Text } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import type { PartnerTexts } from '../texts/vi.ts';
import { OfferStateTag } from './offer-state-tag.tsx';
import { STATES } from './offer-words.ts';

function useColumns(): Column<PartnerOffer>[] {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const format = useFormat();
  return [
    {
      key: 'offer',
      header: t('offers.list.columns.offer'),
      render: (offer) => (
        <div style={{ minInlineSize: 180 }}>
          <Anchor component={Link} href={`/offers/${offer.id}`} fw={600} size="sm">
            {local(offer.title)}
          </Anchor>
          <Text size="xs" c="dimmed">
            {t(`offers.kind.${offer.benefit.kind}`)} · {t(`offers.category.${offer.category}`)}
          </Text>
        </div>
      ),
    },
    { key: 'state', header: t('offers.list.columns.state'), render: (offer) => <OfferStateTag state={offer.state} /> },
    {
      key: 'used',
      header: t('offers.list.columns.used'),
      align: 'end',
      noWrap: true,
      render: ({ counts }) => (
        <>
          {t('offers.list.used', { redeemed: format.number(counts.redeemed), stock: format.number(counts.stock) })}
          <Text size="xs" c="dimmed">
            {counts.codes
              ? t('offers.list.codesLeft', { count: format.number(counts.codes.free) })
              : t('offers.list.held', { count: format.number(counts.held) })}
          </Text>
        </>
      ),
    },
    {
      key: 'window',
      header: t('offers.list.columns.window'),
      noWrap: true,
      render: ({ window }) => `${format.date(window.startsAt)} – ${format.date(window.endsAt)}`,
    },
    { key: 'updated', header: t('offers.list.columns.updated'), noWrap: true, render: (offer) => format.fromNow(offer.updatedAt) },
  ];
}

function CreateButton() {
  const t = useTexts<PartnerTexts>();
  return (
    <Button component={Link} href="/offers/new" leftSection={<IconPlus size={18} />}>
      {t('offers.list.create')}
    </Button>
  );
}

/** All offers of the partner; the state filter is in the address. */
export function OffersPage() {
  const t = useTexts<PartnerTexts>();
  const [search] = useSearchParams();
  const state = STATES.find((name) => name === search.get('state'));
  const list = useList('partner.offers.list', state ? { state } : {});
  const tabs = [
    { value: 'all', label: t('offers.state.all'), href: '/offers' },
    ...STATES.map((value) => ({ value, label: t(`offers.state.${value}`), href: `/offers?state=${value}` })),
  ];
  const empty = state ? (
    <EmptyState title={t('offers.list.emptyState.title')} detail={t('offers.list.emptyState.text')} />
  ) : (
    <EmptyState icon={<IconGift size={28} />} title={t('offers.list.empty.title')} detail={t('offers.list.empty.text')}>
      <CreateButton />
    </EmptyState>
  );
  return (
    <Page title={t('offers.list.title')} appName={t('app.name')} intro={t('offers.list.lead')} actions={<CreateButton />}>
      <FilterTabs label={t('offers.list.filter')} current={state ?? 'all'} options={tabs} />
      <CursorTable caption={t('offers.list.title')} list={list} columns={useColumns()} rowKey={(offer) => offer.id} empty={empty} />
    </Page>
  );
}
