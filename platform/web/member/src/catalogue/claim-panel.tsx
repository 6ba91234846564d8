import type { MemberOffer, Redemption } from '@chung/contracts';
import { Dialog, IconCheck, ProblemNotice, useApi, useFormat, useLocal, useUiTexts } from '@chung/ui';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { QueuePanel } from '../redemptions/queue-panel.tsx';
import { hasQueue } from '../redemptions/use-queue.ts';
import { useT } from '../texts/use-t.ts';
import { benefitWords, closedBecause, lastMoment } from './benefit.ts';
import classes from './claim-panel.module.css';

/**
 * The claim and what it changes elsewhere. One key until a claim has succeeded, whatever is closed and opened in between:
 * after a lost answer the next tap asks for the same claim and not for a second one.
 */
function useClaim(offer: MemberOffer) {
  const api = useApi();
  const queries = useQueryClient();
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID());
  const mutationKey = ['offers.claim', offer.id];
  const claim = useMutation({
    mutationKey,
    mutationFn: () => api.call('offers.claim', { params: { offerId: offer.id }, idempotencyKey }),
    onSuccess: (redemption) => {
      setKey(crypto.randomUUID());
      queries.setQueryData(['redemptions.get', redemption.id], redemption);
    },
    // Also after a refusal: sold out or limit reached is news about the offer.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['offers.get', offer.id] });
      void queries.invalidateQueries({ queryKey: ['offers.list'] });
      void queries.invalidateQueries({ queryKey: ['redemptions.list'] });
      void queries.invalidateQueries({ queryKey: ['offers.queue.get', offer.id] });
    },
  });
  // The second click of a double click comes before the button is drawn as busy.
  const submit = () => {
    if (queries.isMutating({ mutationKey }) === 0) claim.mutate();
  };
  // A claim under way goes on when its dialog is closed; what came of it is shown when the dialog is opened again.
  const leave = () => {
    if (!claim.isPending) claim.reset();
  };
  return { data: claim.data, error: claim.error, isPending: claim.isPending, submit, leave };
}

function Claimed({ redemption }: { redemption: Redemption }) {
  const t = useT();
  const format = useFormat();
  const held = redemption.state === 'RESERVED' && redemption.expiresAt !== null;
  return (
    <Stack gap="md" align="center" ta="center" role="status">
      <div className={classes.tick}>
        <IconCheck size={32} />
      </div>
      <Text>
        {held
          ? t('claim.doneHoldMore', { partner: redemption.partner.name, time: format.dateTime(redemption.expiresAt ?? '') })
          : t('claim.doneMore')}
      </Text>
      {redemption.code && <code className={classes.code}>{redemption.code}</code>}
      <Button component={Link} href={`/redemptions/${redemption.id}`} fullWidth size="lg">
        {t(held ? 'claim.open' : 'claim.openWallet')}
      </Button>
    </Stack>
  );
}

function ClaimDialog({ offer, claim, onClose }: { offer: MemberOffer; claim: ReturnType<typeof useClaim>; onClose: () => void }) {
  const t = useT();
  const ui = useUiTexts();
  const local = useLocal();
  const words = benefitWords(offer.benefit, t, useFormat());
  if (claim.data)
    return (
      <Dialog title={t(claim.data.state === 'RESERVED' ? 'claim.doneHold' : 'claim.done')} onClose={onClose}>
        <Claimed redemption={claim.data} />
      </Dialog>
    );
  return (
    <Dialog title={t('claim.title')} onClose={onClose}>
      <Stack gap="md">
        <div>
          <Text fw={700} fz="xl">
            {words.headline}
          </Text>
          <Text>{local(offer.title)}</Text>
        </div>
        <ProblemNotice error={claim.error} />
        <Button size="lg" loading={claim.isPending} onClick={claim.submit}>
          {t(claim.isPending ? 'claim.working' : 'claim.confirm')}
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {ui('cancel')}
        </Button>
      </Stack>
    </Dialog>
  );
}

/** The claim button: beside the offer on a desk, at the thumb on a phone. When it is off it says why. */
export function ClaimPanel({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const claim = useClaim(offer);
  const close = () => {
    setOpen(false);
    claim.leave();
  };
  const closed = closedBecause(offer, new Date());
  const inLine = (closed === null || closed === 'soldOut') && hasQueue(offer);
  const button = (
    <Button size="lg" fullWidth onClick={() => setOpen(true)}>
      {t(offer.usedByMember > 0 ? 'claim.again' : 'claim.button')}
    </Button>
  );
  const why = closed && t(`claim.${closed}`, { time: format.dateTime(offer.window.startsAt) });
  return (
    <aside className={classes.panel}>
      <div className={classes.extra}>
        <strong>{benefitWords(offer.benefit, t, format).headline}</strong>
        <span>{t('offers.until', { date: format.date(lastMoment(offer.window.endsAt)) })}</span>
      </div>
      {inLine ? (
        <QueuePanel offer={offer} claim={button} />
      ) : why ? (
        <Stack gap="xs" align="stretch" ta="center">
          <Text fw={600}>{why}</Text>
          {closed === 'limit' && (
            <Button component={Link} href="/redemptions" variant="default">
              {t('claim.seeMine')}
            </Button>
          )}
        </Stack>
      ) : (
        button
      )}
      {open && <ClaimDialog offer={offer} claim={claim} onClose={close} />}
    </aside>
  );
}
