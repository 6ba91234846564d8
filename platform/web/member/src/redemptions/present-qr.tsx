import type { Redemption } from '@chung/contracts';
import { CopyButton, ProblemNotice, QrCode, useApi, useFormat, useLocal, useUiTexts } from '@chung/ui';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useT } from '../texts/use-t.ts';
import classes from './present-qr.module.css';
import { type Presentation, presentationOf, renewInMs } from './presentation.ts';
import { useNow } from './use-now.ts';

/** Keeps the screen lit while the code is shown, where the phone allows it. */
function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let left = false;
    const ask = () => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      navigator.wakeLock.request('screen').then(
        (sentinel) => {
          lock = sentinel;
          if (left) void sentinel.release();
        },
        // Refused on low battery: the code is still there, the screen only dims as usual.
        () => {},
      );
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      left = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, []);
}

/** The short-lived presentation, renewed before it ends for as long as the page is looked at. */
function usePresentation(redemption: Redemption) {
  const api = useApi();
  return useQuery({
    queryKey: ['redemptions.receipt', redemption.id, redemption.state],
    queryFn: async ({ signal }) => {
      const receipt = await api.call('redemptions.receipt', { params: { redemptionId: redemption.id }, signal });
      return presentationOf(receipt, Date.now());
    },
    refetchInterval: (query) => (query.state.data ? renewInMs(query.state.data, Date.now()) : false),
    staleTime: 0,
    gcTime: 0,
  });
}

/** In place of the code: a cashier could not tell a dead code from a live one by looking. */
function Expired({ error, onRefresh }: { error: unknown; onRefresh: () => void }) {
  const t = useT();
  return (
    <div className={classes.expired} role="alert">
      <Text fw={600}>{t('redemption.expired')}</Text>
      <Text size="sm">{t('redemption.expiredMore')}</Text>
      <Button size="sm" onClick={onRefresh}>
        {t('redemption.refresh')}
      </Button>
      <ProblemNotice error={error} />
    </div>
  );
}

function Code({ redemption, presentation }: { redemption: Redemption; presentation: Presentation }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  const secondsLeft = (presentation.goodUntil - useNow()) / 1000;
  useWakeLock();
  return (
    <>
      <Text fw={600} ta="center">
        {t('redemption.show', { partner: redemption.partner.name })}
      </Text>
      <div className={classes.paper}>
        <QrCode value={presentation.token} label={t('redemption.qr', { offer: local(redemption.offerTitle) })} />
      </div>
      {/* Not a live region: a screen reader would read out every second. */}
      <Text size="sm" className={classes.note}>
        {t('redemption.newIn', { time: format.countdown(secondsLeft) })}
      </Text>
    </>
  );
}

/** The QR that the cashier scans. Bright in every colour scheme; an expired code is taken away instead of shown. */
export function PresentQr({ redemption }: { redemption: Redemption }) {
  const ui = useUiTexts();
  const { data, error, isPending, refetch } = usePresentation(redemption);
  const expired = useNow() > (data?.goodUntil ?? Number.POSITIVE_INFINITY);
  const refresh = () => void refetch();
  return (
    <section className={classes.bright}>
      {isPending && <div className={classes.waiting} role="status" aria-label={ui('loading')} />}
      {!data && error && <ProblemNotice error={error} onRetry={refresh} />}
      {data && (expired ? <Expired error={error} onRefresh={refresh} /> : <Code redemption={redemption} presentation={data} />)}
    </section>
  );
}

/** The lasting receipt, for a dispute long after the code is gone. */
export function SignedReceipt({ redemption }: { redemption: Redemption }) {
  const t = useT();
  const { data } = usePresentation(redemption);
  if (!data) return null;
  return (
    <details className={classes.receipt}>
      <summary>{t('redemption.receipt')}</summary>
      <Text size="sm" c="dimmed" my="xs">
        {t('redemption.receiptMore')}
      </Text>
      <code className={classes.jws}>{data.receipt}</code>
      <CopyButton value={data.receipt} label={t('redemption.copyReceipt')} size="sm" mt="xs" />
    </details>
  );
}
