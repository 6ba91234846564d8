import type { CallReply } from '@chung/client';
import type { PartnerOffer } from '@chung/contracts';
import { ProblemNotice, useFormat, useTexts } from '@chung/ui';
import { Figure, Figures, FileDrop, Panel, type UploadState, useUpload } from '@chung/ui/desk';
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import { CodeJobProgress, GenerateCodes, useCodeJob } from './code-job.tsx';
import classes from './offers.module.css';

type Result = CallReply<'partner.offers.codes.upload'>;

const isCsv = (file: File) => file.type === 'text/csv' || file.name.toLowerCase().endsWith('.csv');

const REASONS = ['too_short', 'too_long', 'characters_not_allowed'] as const;

function UploadResult({ result }: { result: Result }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const words = (reason: string) => {
    const known = REASONS.find((name) => name === reason);
    return known ? t(`offers.codes.reason.${known}`) : reason;
  };
  const unseen = result.rejected - result.rejectedLines.length;
  return (
    <Stack gap="md" role="status">
      <Figures>
        {(['added', 'duplicates', 'rejected'] as const).map((name) => (
          <Figure
            key={name}
            label={t(`offers.codes.result.${name}`)}
            value={format.number(result[name])}
            {...(name === 'added' && result.added > 0
              ? { tone: 'good' as const }
              : name === 'rejected' && result.rejected > 0
                ? { tone: 'bad' as const }
                : {})}
          />
        ))}
      </Figures>
      {result.rejectedLines.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('offers.codes.result.lines')}
          </Text>
          <ul className={classes.lines}>
            {result.rejectedLines.map(({ line, reason }) => (
              <li key={line}>
                <b>{t('offers.codes.result.line', { line: format.number(line) })}</b>: {words(reason)}
              </li>
            ))}
            {unseen > 0 && <li>{t('offers.codes.result.more', { count: format.number(unseen) })}</li>}
          </ul>
        </div>
      )}
    </Stack>
  );
}

function Sending({ state, onStop }: { state: UploadState<Result>; onStop: () => void }) {
  const t = useTexts<PartnerTexts>();
  const percent = state.phase === 'sending' && state.totalBytes > 0 ? Math.floor((state.sentBytes / state.totalBytes) * 100) : 100;
  const words = state.phase === 'sending' ? t('offers.codes.sending', { percent }) : t('offers.codes.checking');
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Text size="sm" aria-live="polite">
          {words}
        </Text>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onStop}>
          {t('offers.codes.stop')}
        </Button>
      </Group>
      <Progress value={percent} aria-label={words} animated={state.phase === 'working'} />
    </div>
  );
}

/** The code pool of an offer: how many are left, and a way to add more. */
export function CodesPanel({ offer, canUpload }: { offer: PartnerOffer; canUpload: boolean }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const queries = useQueryClient();
  const { state, start, stop } = useUpload<'partner.offers.codes.upload'>(`/v1/partner/offers/${offer.id}/codes`);
  const isBusy = state.phase === 'sending' || state.phase === 'working';
  const job = useCodeJob(offer.id, { isUploading: isBusy });
  useEffect(() => {
    if (state.phase === 'idle') return;
    void queries.invalidateQueries({ queryKey: ['partner.offers.get', offer.id] });
    void queries.invalidateQueries({ queryKey: ['partner.offers.codes.jobs.list', offer.id] });
  }, [state.phase, queries, offer.id]);
  const pool = offer.counts.codes ?? { free: 0, total: 0 };
  return (
    <Panel
      title={t('offers.codes.title')}
      intro={t('offers.codes.lead')}
      actions={<Text size="sm">{t('offers.codes.figures', { free: format.number(pool.free), total: format.number(pool.total) })}</Text>}
    >
      <Stack gap="md">
        {state.phase === 'failed' && <ProblemNotice error={state.error} />}
        {state.phase === 'stopped' && <Alert color="orange">{t('offers.codes.stopped')}</Alert>}
        {state.phase === 'done' && <UploadResult result={state.reply} />}
        {isBusy && <Sending state={state} onStop={stop} />}
        {job && (job.state === 'running' || state.phase === 'idle') && <CodeJobProgress job={job} />}
        {!isBusy && job?.state !== 'running' && canUpload && (
          <>
            <FileDrop
              accept=".txt,.csv,text/plain,text/csv"
              choose={state.phase === 'done' ? t('offers.codes.again') : t('offers.codes.choose')}
              drop={t('offers.codes.drop')}
              onFile={(file) => start(file, isCsv(file) ? 'text/csv' : 'text/plain')}
            />
            <GenerateCodes offerId={offer.id} />
          </>
        )}
      </Stack>
    </Panel>
  );
}
