import type { CallReply } from '@chung/client';
import { POOL_MAX } from '@chung/contracts';
import { ProblemNotice, useApi, useFormat, useTexts } from '@chung/ui';
import { Alert, Button, Group, NumberInput, Progress, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';

type Job = CallReply<'partner.offers.codes.jobs.get'>;

const LOOK_AGAIN_MS = 2_000;
const jobsOf = (offerId: string) => ['partner.offers.codes.jobs.list', offerId];

/** The pool's newest job, followed while it runs; the counts of the offer follow with it. */
export function useCodeJob(offerId: string, { isUploading }: { isUploading: boolean }): Job | null {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: jobsOf(offerId),
    queryFn: ({ signal }) => api.call('partner.offers.codes.jobs.list', { params: { offerId }, query: { limit: 1 }, signal }),
    refetchInterval: (query) => (isUploading || query.state.data?.items[0]?.state === 'running' ? LOOK_AGAIN_MS : false),
  });
  const job = data?.items[0] ?? null;
  const added = job?.added;
  useEffect(() => {
    if (added) void queries.invalidateQueries({ queryKey: ['partner.offers.get', offerId] });
  }, [added, queries, offerId]);
  return job;
}

/** How far the job is that fills the pool, also when another page or another person began it. */
export function CodeJobProgress({ job }: { job: Job }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const api = useApi();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.call('partner.offers.codes.jobs.cancel', { params: { offerId: job.offerId, jobId: job.id }, body: {} }),
    onSettled: () => queries.invalidateQueries({ queryKey: jobsOf(job.offerId) }),
  });
  if (job.state === 'interrupted')
    return <Alert color="orange">{t('offers.codes.job.interrupted', { added: format.number(job.added) })}</Alert>;
  if (job.state === 'failed') return <Alert color="red">{t('offers.codes.failed')}</Alert>;
  if (job.state !== 'running') return null;
  const words = t(`offers.codes.job.${job.kind}`, {
    added: format.number(job.added),
    total: format.number(job.rowsTotal ?? job.added),
  });
  return (
    <div>
      <Group justify="space-between" mb={6} gap="xs">
        <Text size="sm" aria-live="polite">
          {words}
        </Text>
        <Button size="compact-sm" variant="subtle" color="gray" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('offers.codes.stop')}
        </Button>
      </Group>
      <Progress value={job.percent ?? 100} aria-label={words} animated />
      <Text size="sm" c="dimmed" mt={4}>
        {t('offers.codes.job.rate', { rate: format.number(job.rowsPerSecond) })}
      </Text>
      {cancel.error && <ProblemNotice error={cancel.error} />}
    </div>
  );
}

/** Lets the platform make the codes, for partners whose till takes any. */
export function GenerateCodes({ offerId }: { offerId: string }) {
  const t = useTexts<PartnerTexts>();
  const api = useApi();
  const queries = useQueryClient();
  const [count, setCount] = useState<number | string>('');
  const generate = useMutation({
    mutationFn: (codes: number) =>
      api.call('partner.offers.codes.generate', {
        params: { offerId },
        body: { count: codes, prefix: '', alphabet: 'readable', length: 13 },
      }),
    onSuccess: () => {
      setCount('');
      return queries.invalidateQueries({ queryKey: jobsOf(offerId) });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof count === 'number') generate.mutate(count);
      }}
    >
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={t('offers.codes.generate.label')}
          value={count}
          onChange={setCount}
          min={1}
          max={POOL_MAX}
          allowDecimal={false}
          thousandSeparator="."
          decimalSeparator=","
          hideControls
        />
        <Button type="submit" variant="default" disabled={typeof count !== 'number'} loading={generate.isPending}>
          {t('offers.codes.generate.action')}
        </Button>
      </Group>
      {generate.error && <ProblemNotice error={generate.error} />}
    </form>
  );
}
