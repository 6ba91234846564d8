import type { Redemption } from '@chung/contracts';
import {
  CopyButton,
  ErrorPage,
  IconBack,
  IconClock,
  Page,
  PageSkeleton,
  ProblemNotice,
  useApi,
  useConfirm,
  useFormat,
  useLocal,
} from '@chung/ui';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useT } from '../texts/use-t.ts';
import { PresentQr, SignedReceipt } from './present-qr.tsx';
import classes from './redemption-page.module.css';
import { StateBadge } from './state-badge.tsx';
import { isPresentable } from './steps.ts';
import { Timeline } from './timeline.tsx';
import { useNow } from './use-now.ts';

// Soon enough that the cashier need not say "done", seldom enough for a phone's battery.
const WATCH_MS = 4_000;
// Beyond a day nobody counts seconds; the date says more.
const DAY_SECONDS = 24 * 3600;

/** Follows the redemption while it waits for the counter: the page turns by itself when the partner confirms. */
function useRedemption(redemptionId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['redemptions.get', redemptionId],
    queryFn: ({ signal }) => api.call('redemptions.get', { params: { redemptionId }, signal }),
    refetchInterval: (query) => (query.state.data?.state === 'RESERVED' ? WATCH_MS : false),
    refetchOnMount: 'always',
  });
}

function useCancel(redemption: Redemption) {
  const t = useT();
  const api = useApi();
  const queries = useQueryClient();
  const confirm = useConfirm();
  const cancel = useMutation({
    mutationFn: () => api.call('redemptions.cancel', { params: { redemptionId: redemption.id } }),
    onSuccess: (after) => queries.setQueryData(['redemptions.get', redemption.id], after),
    // Also after a refusal: what was asked to be cancelled may have been confirmed or have run out meanwhile.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['redemptions.get', redemption.id] });
      void queries.invalidateQueries({ queryKey: ['redemptions.list'] });
      void queries.invalidateQueries({ queryKey: ['offers.get', redemption.offerId] });
      void queries.invalidateQueries({ queryKey: ['offers.list'] });
    },
  });
  const ask = async () => {
    const yes = await confirm({
      title: t('redemption.cancelTitle'),
      body: t('redemption.cancelBody'),
      confirm: t('redemption.cancel'),
      cancel: t('redemption.cancelKeep'),
      danger: true,
    });
    if (yes) cancel.mutate();
  };
  return { ask, error: cancel.error, isPending: cancel.isPending };
}

/** Only shows; that the hold has ended is learned from the platform, which is asked every few seconds anyway. */
function HoldClock({ expiresAt }: { expiresAt: string }) {
  const t = useT();
  const format = useFormat();
  const secondsLeft = (Date.parse(expiresAt) - useNow()) / 1000;
  return (
    <div className={classes.hold}>
      <IconClock size={20} />
      <span>
        {secondsLeft > DAY_SECONDS
          ? t('wallet.holdUntil', { time: format.dateTime(expiresAt) })
          : t('redemption.hold', { time: format.countdown(secondsLeft) })}
      </span>
    </div>
  );
}

/** The member's own code of a pool: shown large here and nowhere in lists, which others may see over a shoulder. */
function OwnCode({ code }: { code: string }) {
  const t = useT();
  return (
    <section className={classes.code} aria-label={t('redemption.code')}>
      <Text size="sm" c="dimmed">
        {t('redemption.code')}
      </Text>
      <code className={classes.letters}>{code}</code>
      <CopyButton value={code} label={t('redemption.copy')} />
    </section>
  );
}

function Content({ redemption }: { redemption: Redemption }) {
  const t = useT();
  const local = useLocal();
  const cancel = useCancel(redemption);
  const reserved = redemption.state === 'RESERVED';
  return (
    <Page
      title={local(redemption.offerTitle)}
      width="narrow"
      intro={
        <span className={classes.sub}>
          {redemption.partner.name}
          {/* Said aloud when it changes: the member looks at the cashier, not at the screen. */}
          <span role="status">
            <StateBadge state={redemption.state} />
          </span>
        </span>
      }
      above={
        <Link href="/redemptions" className={classes.back}>
          <IconBack size={18} />
          {t('redemption.back')}
        </Link>
      }
    >
      <Stack gap="lg">
        {redemption.code && <OwnCode code={redemption.code} />}
        {isPresentable(redemption.state) && <PresentQr redemption={redemption} />}
        {reserved && redemption.expiresAt && <HoldClock expiresAt={redemption.expiresAt} />}
        <section>
          <h2 className={classes.heading}>{t('redemption.progress')}</h2>
          <Timeline redemption={redemption} />
        </section>
        <ProblemNotice error={cancel.error} />
        <div className={classes.deeds}>
          <Button component={Link} href={`/offers/${redemption.offerId}`} variant="default">
            {t('redemption.offer')}
          </Button>
          {reserved && (
            <Button variant="subtle" color="red" loading={cancel.isPending} onClick={() => void cancel.ask()}>
              {t('redemption.cancel')}
            </Button>
          )}
        </div>
      </Stack>
      {isPresentable(redemption.state) && <SignedReceipt redemption={redemption} />}
    </Page>
  );
}

export function RedemptionPage({ redemptionId }: { redemptionId: string }) {
  const { data, error, refetch } = useRedemption(redemptionId);
  if (data) return <Content redemption={data} />;
  if (error) return <ErrorPage error={error} onRetry={() => void refetch()} />;
  return <PageSkeleton />;
}
