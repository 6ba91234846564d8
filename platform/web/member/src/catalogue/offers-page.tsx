import type { ListQuery } from '@chung/client';
import { EmptyState, ErrorState, IconTicket, Page, ProblemNotice, useEndlessList, useSession, useUiTexts } from '@chung/ui';
import { Button, SimpleGrid, Skeleton, VisuallyHidden } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useT } from '../texts/use-t.ts';
import { isCategory } from './category.tsx';
import { OfferCard } from './offer-card.tsx';
import { type Filters, OfferFilters } from './offer-filters.tsx';

const COLUMNS = { base: 1, xs: 2, md: 3 };

function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const [search, setSearch] = useSearchParams();
  const category = search.get('category');
  const filters = { q: search.get('q') ?? '', category: isCategory(category) ? category : null };
  const change = (next: Partial<Filters>) => {
    const merged = { ...filters, ...next };
    const entries = Object.entries(merged).flatMap(([name, value]) => (value ? [[name, value]] : []));
    // A search in progress replaces its own entry; choosing a category is a step one can go back from.
    setSearch(new URLSearchParams(entries), { replace: 'q' in next });
  };
  return [filters, change];
}

/** As high as the cards that come, so that nothing jumps under a finger. */
function CardsSkeleton() {
  const ui = useUiTexts();
  return (
    <div role="status" aria-busy="true">
      <VisuallyHidden>{ui('loading')}</VisuallyHidden>
      <SimpleGrid cols={COLUMNS}>
        {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
          <Skeleton key={key} height={272} radius={16} />
        ))}
      </SimpleGrid>
    </div>
  );
}

/** Without a filter there is nothing to reset, and a button that changes nothing would only disappoint. */
function NoOffers({ filtered, onShowAll }: { filtered: boolean; onShowAll: () => void }) {
  const t = useT();
  if (!filtered) return <EmptyState icon={<IconTicket size={28} />} title={t('offers.empty')} detail={t('offers.emptyMore')} />;
  return (
    <EmptyState icon={<IconTicket size={28} />} title={t('offers.emptySearch')} detail={t('offers.emptySearchMore')}>
      <Button variant="default" onClick={onShowAll}>
        {t('offers.showAll')}
      </Button>
    </EmptyState>
  );
}

/** Home: the offers that are for this member, searched and filtered by the address. */
export function OffersPage() {
  const t = useT();
  const ui = useUiTexts();
  const { session } = useSession();
  const [filters, change] = useFilters();
  const query: ListQuery<'offers.list'> = {
    ...(filters.q ? { q: filters.q } : {}),
    ...(isCategory(filters.category) ? { category: filters.category } : {}),
  };
  const list = useEndlessList('offers.list', query);
  const name = session?.user?.displayName;
  return (
    <Page title={t('offers.title')} above={name && <p style={{ margin: 0 }}>{t('offers.greeting', { name })}</p>}>
      <OfferFilters filters={filters} onChange={change} />
      {list.isPending && <CardsSkeleton />}
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {!list.isPending && !list.error && list.items.length === 0 && (
        <NoOffers filtered={Boolean(filters.q || filters.category)} onShowAll={() => change({ q: '', category: null })} />
      )}
      <SimpleGrid cols={COLUMNS}>
        {list.items.map((offer) => (
          <OfferCard key={offer.id} offer={offer} />
        ))}
      </SimpleGrid>
      {list.items.length > 0 && <ProblemNotice error={list.error} onRetry={list.refetch} />}
      {list.hasMore && (
        <Button variant="default" mt="lg" fullWidth loading={list.isFetchingMore} onClick={list.more}>
          {ui('more')}
        </Button>
      )}
    </Page>
  );
}
