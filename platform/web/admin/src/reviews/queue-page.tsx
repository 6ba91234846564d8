import type { AdminSubmission } from '@chung/contracts';
import { EmptyState, ErrorState, IconCheck, Page, RowsSkeleton, useFormat, useList, useLocal, useTexts, useUiTexts } from '@chung/ui';
import { FilterTabs, Tag } from '@chung/ui/desk';
import { Button, Group, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { AdminTexts } from '../texts/vi.ts';
import classes from './reviews.module.css';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useWaitWords } from './use-wait-words.ts';
import { WAITING, WAITING_REFETCH_SECONDS, waitTone } from './waiting.ts';

const STATES = ['waiting', 'approved', 'refused'] as const;

function Findings({ findings }: Pick<AdminSubmission, 'findings'>) {
  const t = useTexts<AdminTexts>();
  const count = (severity: 'error' | 'warning') => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors + warnings === 0) return <span className={classes.dim}>{t('queue.clean')}</span>;
  return (
    <span className={classes.tags}>
      {errors > 0 && <Tag tone="bad">{t('queue.errors', { count: errors })}</Tag>}
      {warnings > 0 && <Tag tone="warn">{t('queue.warnings', { count: warnings })}</Tag>}
    </span>
  );
}

function Clock({ submission }: { submission: AdminSubmission }) {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const words = useWaitWords();
  const { decision, state, waitingSeconds } = submission;
  if (state === 'waiting') return <Tag tone={waitTone(waitingSeconds)}>{words(waitingSeconds)}</Tag>;
  return (
    <>
      <Tag tone={state === 'approved' ? 'good' : 'bad'}>{t(`submission.${state}`)}</Tag>
      {decision && <div className={classes.dim}>{format.fromNow(decision.decidedAt)}</div>}
    </>
  );
}

function Row({ submission }: { submission: AdminSubmission }) {
  const t = useTexts<AdminTexts>();
  const local = useLocal();
  const { offer, partner } = submission;
  return (
    <Link href={`/submissions/${submission.id}`} className={classes.row} data-row>
      <span>
        <b>{local(offer.title)}</b>
        <span className={classes.dim}>
          {t(`kind.${offer.benefit.kind}`)} · {t('queue.version', { version: submission.termsVersion })}
        </span>
      </span>
      <span>{partner.name}</span>
      <Findings findings={submission.findings} />
      <span className={classes.end}>
        <Clock submission={submission} />
      </span>
    </Link>
  );
}

/** Moves the focus along the rows, so that Enter, the screen reader and the eye are at the same place. */
function useRowKeys(onHelp: () => void) {
  const rows = useRef<HTMLUListElement>(null);
  const move = (step: 1 | -1) => {
    const all = [...(rows.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = at === -1 ? (step === 1 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next]?.focus();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1), '?': onHelp });
  return rows;
}

function List({ state }: { state: (typeof STATES)[number] }) {
  const t = useTexts<AdminTexts>();
  const list = useList('admin.submissions.list', state === 'waiting' ? WAITING : { state, limit: 100 }, {
    refetchSeconds: WAITING_REFETCH_SECONDS,
  });
  const [hasHelp, setHasHelp] = useState(false);
  const rows = useRowKeys(() => setHasHelp(true));
  if (list.isPending) return <RowsSkeleton rows={5} height={64} />;
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} onRetry={list.refetch} />;
  return (
    <>
      {list.items.length === 0 ? (
        <EmptyState icon={<IconCheck size={28} />} title={t(`queue.empty.${state}`)} detail={t('queue.emptyText')} />
      ) : (
        <ul className={classes.queue} ref={rows}>
          {list.items.map((submission) => (
            <li key={submission.id}>
              <Row submission={submission} />
            </li>
          ))}
        </ul>
      )}
      {(list.hasNext || list.page > 1) && <More list={list} />}
      <Group justify="flex-end" mt="sm" visibleFrom="sm">
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setHasHelp(true)}>
          {t('queue.help.open')} (?)
        </Button>
      </Group>
      {hasHelp && <ShortcutsHelp page="queue" onClose={() => setHasHelp(false)} />}
    </>
  );
}

function More({ list }: { list: { page: number; hasNext: boolean; next: () => void; previous: () => void } }) {
  const t = useUiTexts();
  return (
    <Group justify="space-between" mt="md">
      <Text size="sm" c="dimmed">
        {t('page', { page: list.page })}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={list.page === 1} onClick={list.previous}>
          {t('previous')}
        </Button>
        <Button size="xs" variant="default" disabled={!list.hasNext} onClick={list.next}>
          {t('next')}
        </Button>
      </Group>
    </Group>
  );
}

/** What waits for a decision, the longest wait first. */
export function QueuePage() {
  const t = useTexts<AdminTexts>();
  const [search] = useSearchParams();
  const state = STATES.find((name) => name === search.get('state')) ?? 'waiting';
  const tabs = STATES.map((value) => ({
    value,
    label: t(`queue.tabs.${value}`),
    href: value === 'waiting' ? '/' : `/?state=${value}`,
  }));
  return (
    <Page title={t('queue.title')} appName={t('app.name')} intro={t('queue.lead')}>
      <FilterTabs label={t('queue.title')} current={state} options={tabs} />
      <List key={state} state={state} />
    </Page>
  );
}
