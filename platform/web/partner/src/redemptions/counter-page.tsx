import type { PartnerRedemption } from '@chung/contracts';
import { ApiError, Page, ProblemNotice, useApi, useFormat, useLocal, useTexts } from '@chung/ui';
import { Facts, Panel } from '@chung/ui/desk';
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './counter.module.css';
import { RedemptionTag } from './redemption-columns.tsx';
import { shortRef, verdictOf } from './redemption-words.ts';
import { canScan, useCamera } from './use-camera.ts';
import { useRedemptionActions } from './use-redemption-actions.ts';

function Camera({ onFound }: { onFound: (text: string) => void }) {
  const t = useTexts<PartnerTexts>();
  const [isOn, setIsOn] = useState(false);
  const { video, failed } = useCamera(isOn, (text) => {
    setIsOn(false);
    onFound(text);
  });
  if (!canScan()) return null;
  return (
    <Stack gap="xs">
      <Group>
        <Button type="button" variant="default" onClick={() => setIsOn(!isOn)}>
          {isOn ? t('counter.stopScan') : t('counter.scan')}
        </Button>
      </Group>
      <video ref={video} className={classes.video} hidden={!isOn || failed} muted playsInline />
      {isOn && (
        <Text size="sm" c={failed ? 'red' : 'dimmed'} role="status">
          {failed ? t('counter.cameraFailed') : t('counter.scanning')}
        </Text>
      )}
    </Stack>
  );
}

/** What stands behind the presented code, and the one thing to do next. */
function Found({ found, presented, onNext }: { found: PartnerRedemption; presented: string; onNext: () => void }) {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const format = useFormat();
  const { confirm, fulfil } = useRedemptionActions();
  const redemption = fulfil.data ?? confirm.data ?? found;
  const { state } = redemption;
  const verdict = verdictOf(state, fulfil.data ? 'fulfilled' : confirm.data ? 'confirmed' : null);
  const facts = [
    { key: 'offer', label: t('counter.offer'), value: <b>{local(redemption.offerTitle)}</b> },
    { key: 'member', label: t('counter.member'), value: shortRef(redemption.memberRef) },
    { key: 'claimed', label: t('counter.claimed'), value: format.dateTime(redemption.claimedAt) },
    ...(redemption.expiresAt && state === 'RESERVED'
      ? [{ key: 'holds', label: t('counter.holds'), value: format.dateTime(redemption.expiresAt) }]
      : []),
  ];
  return (
    <Panel title={t('counter.offer')} actions={<RedemptionTag state={state} />}>
      <Stack gap="md">
        <Alert color={verdict.color} variant="light" role="status">
          <Text fw={600}>{t(`counter.${verdict.words}`)}</Text>
        </Alert>
        <Facts facts={facts} />
        <ProblemNotice error={confirm.error ?? fulfil.error} />
        <Group gap="sm">
          {state === 'RESERVED' && (
            <Button size="md" loading={confirm.isPending} autoFocus onClick={() => confirm.mutate({ redemption, presented })}>
              {t('counter.confirm')}
            </Button>
          )}
          {state === 'REDEEMED' && (
            <Button
              size="md"
              variant={confirm.data ? 'default' : 'filled'}
              loading={fulfil.isPending}
              onClick={() => fulfil.mutate(redemption)}
            >
              {t('counter.fulfil')}
            </Button>
          )}
          <Button size="md" variant={state === 'RESERVED' ? 'default' : 'light'} autoFocus={state !== 'RESERVED'} onClick={onNext}>
            {t('counter.next')}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

/** What a cashier can say to the member who stands there; anything else is worded by the platform. */
function NotFound({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  const t = useTexts<PartnerTexts>();
  if (!(error instanceof ApiError) || error.code !== 'not_found') return <ProblemNotice error={error} onRetry={onRetry} />;
  return (
    <Alert color="red" variant="light" role="alert" title={t('counter.failed')}>
      {t('counter.unknown')}
    </Alert>
  );
}

export function CounterPage() {
  const t = useTexts<PartnerTexts>();
  const api = useApi();
  const field = useRef<HTMLInputElement>(null);
  const [presented, setPresented] = useState('');
  const lookUp = useMutation({ mutationFn: (text: string) => api.call('partner.redemptions.lookup', { body: { presented: text } }) });
  const look = (text: string) => {
    const trimmed = text.trim();
    setPresented(trimmed);
    if (trimmed.length >= 4) lookUp.mutate(trimmed);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look(presented);
  };
  const next = () => {
    lookUp.reset();
    setPresented('');
    field.current?.focus();
  };
  return (
    <Page title={t('counter.title')} appName={t('app.name')} intro={t('counter.lead')} width="narrow">
      <Stack gap="lg">
        <Panel>
          <form onSubmit={submit}>
            <Stack gap="md">
              <Group align="end" gap="sm">
                <TextInput
                  ref={field}
                  className={classes.field}
                  size="md"
                  label={t('counter.label')}
                  placeholder={t('counter.placeholder')}
                  value={presented}
                  onChange={(event) => setPresented(event.currentTarget.value)}
                  onFocus={(event) => event.currentTarget.select()}
                  maxLength={4096}
                  autoComplete="off"
                  spellCheck={false}
                  autoFocus
                />
                <Button type="submit" size="md" loading={lookUp.isPending} disabled={presented.trim().length < 4}>
                  {t('counter.lookUp')}
                </Button>
              </Group>
              <Text size="xs" c="dimmed">
                {t('counter.help')}
              </Text>
              <Camera onFound={look} />
            </Stack>
          </form>
        </Panel>
        <NotFound error={lookUp.error} onRetry={() => look(presented)} />
        {lookUp.data && <Found key={lookUp.submittedAt} found={lookUp.data} presented={lookUp.variables ?? presented} onNext={next} />}
      </Stack>
    </Page>
  );
}
