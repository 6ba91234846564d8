import type { MemberGrant } from '@chung/contracts';
import { EmptyState, ErrorState, IconShield, Page, RowsSkeleton, useEndlessList, useUiTexts } from '@chung/ui';
import { Button } from '@mantine/core';
import { useT } from '../texts/use-t.ts';
import { ConsentHistory } from './consent-history.tsx';
import { GrantCard } from './grant-card.tsx';
import classes from './privacy-page.module.css';

function Grants() {
  const t = useT();
  const ui = useUiTexts();
  const list = useEndlessList('me.grants.list');
  // A grant whose scopes are all withdrawn allows nothing, and a card without rows would look like one that does.
  const grants: readonly MemberGrant[] = list.items.filter((grant) => grant.scopes.length > 0);
  if (list.isPending) return <RowsSkeleton rows={2} height={180} />;
  if (list.error && grants.length === 0) return <ErrorState error={list.error} onRetry={list.refetch} />;
  if (grants.length === 0) return <EmptyState icon={<IconShield size={28} />} title={t('privacy.empty')} detail={t('privacy.emptyMore')} />;
  return (
    <div className={classes.cards}>
      {grants.map((grant) => (
        <GrantCard key={grant.id} grant={grant} />
      ))}
      {list.hasMore && (
        <Button variant="default" loading={list.isFetchingMore} onClick={list.more}>
          {ui('more')}
        </Button>
      )}
    </div>
  );
}

/** Who may know what, scope by scope, and every consent ever given or withdrawn. */
export function PrivacyPage() {
  const t = useT();
  return (
    <Page title={t('privacy.title')} intro={t('privacy.intro')} width="narrow">
      <section aria-labelledby="grants">
        <h2 id="grants" className={classes.heading}>
          {t('privacy.grants')}
        </h2>
        <Grants />
      </section>
      <section aria-labelledby="history" className={classes.section}>
        <h2 id="history" className={classes.heading}>
          {t('privacy.history')}
        </h2>
        <p className={classes.intro}>{t('privacy.historyIntro')}</p>
        <ConsentHistory />
      </section>
    </Page>
  );
}
