import type { Redemption } from '@chung/contracts';
import {
  EmptyState,
  ErrorState,
  IconNext,
  IconWallet,
  Page,
  ProblemNotice,
  RowsSkeleton,
  useEndlessList,
  useFormat,
  useLocal,
  useUiTexts,
} from '@chung/ui';
import { Button } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useT } from '../texts/use-t.ts';
import { StateBadge } from './state-badge.tsx';
import { isState, STATES } from './steps.ts';
import classes from './wallet-page.module.css';

function Row({ redemption }: { redemption: Redemption }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  const held = redemption.state === 'RESERVED' && redemption.expiresAt;
  return (
    <li>
      <Link href={`/redemptions/${redemption.id}`} className={classes.row}>
        <span className={classes.words}>
          <span className={classes.partner}>{redemption.partner.name}</span>
          <strong className={classes.title}>{local(redemption.offerTitle)}</strong>
          <span className={classes.time}>
            {held
              ? t('wallet.holdUntil', { time: format.dateTime(held) })
              : t('wallet.claimed', { time: format.dateTime(redemption.claimedAt) })}
          </span>
        </span>
        <StateBadge state={redemption.state} />
        <IconNext size={18} />
      </Link>
    </li>
  );
}

/** Links and not buttons: a state can be bookmarked and gone back to. */
function StateTabs({ state }: { state: string | null }) {
  const t = useT();
  return (
    <nav aria-label={t('wallet.states')} className={classes.tabs}>
      {[null, ...STATES].map((name) => (
        <Link
          key={name ?? 'all'}
          href={name ? `/redemptions?state=${name}` : '/redemptions'}
          className={classes.tab}
          aria-current={state === name ? 'true' : undefined}
        >
          {name ? t(`state.${name}`) : t('wallet.all')}
        </Link>
      ))}
    </nav>
  );
}

/** The member's redemptions; the state filter is part of the address. */
export function WalletPage() {
  const t = useT();
  const ui = useUiTexts();
  const [search] = useSearchParams();
  const asked = search.get('state');
  const state = isState(asked) ? asked : null;
  const list = useEndlessList('redemptions.list', state ? { state } : {});
  return (
    <Page title={t('wallet.title')} intro={t('wallet.intro')} width="narrow">
      <StateTabs state={state} />
      {list.isPending && <RowsSkeleton rows={5} height={88} />}
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {!list.isPending && !list.error && list.items.length === 0 && (
        <EmptyState
          icon={<IconWallet size={28} />}
          title={t(state ? 'wallet.emptyState' : 'wallet.empty')}
          {...(state ? {} : { detail: t('wallet.emptyMore') })}
        >
          <Button component={Link} href="/">
            {t('offers.showAll')}
          </Button>
        </EmptyState>
      )}
      {list.items.length > 0 && (
        <ul className={classes.rows}>
          {list.items.map((redemption) => (
            <Row key={redemption.id} redemption={redemption} />
          ))}
        </ul>
      )}
      {list.items.length > 0 && <ProblemNotice error={list.error} onRetry={list.refetch} />}
      {list.hasMore && (
        <Button variant="default" mt="lg" fullWidth loading={list.isFetchingMore} onClick={list.more}>
          {ui('more')}
        </Button>
      )}
    </Page>
  );
}
