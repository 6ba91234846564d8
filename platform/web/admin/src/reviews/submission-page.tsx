import type { AdminSubmission } from '@chung/contracts';
import {
  ErrorPage,
  IconBack,
  Page,
  PageSkeleton,
  ProblemNotice,
  useApi,
  useConfirm,
  useFormat,
  useList,
  useLocal,
  useTexts,
} from '@chung/ui';
import { Facts, OfferPreview, Panel, Tag, useProvinces } from '@chung/ui/desk';
import { Alert, Anchor, Button, Code, Group, Kbd, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { AdminTexts } from '../texts/vi.ts';
import { OfferFacts } from './offer-facts.tsx';
import { RefuseDialog } from './refuse-dialog.tsx';
import classes from './reviews.module.css';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { submissionKey, useDecision } from './use-decision.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useWaitWords } from './use-wait-words.ts';
import { WAITING, WAITING_REFETCH_SECONDS, waitTone } from './waiting.ts';

export function SubmissionPage({ submissionId }: { submissionId: string }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: submissionKey(submissionId),
    queryFn: ({ signal }) => api.call('admin.submissions.get', { params: { submissionId }, signal }),
  });
  if (!data && error) return <ErrorPage error={error} onRetry={() => void refetch()} />;
  return data ? <Submission submission={data} /> : <PageSkeleton />;
}

function Findings({ findings }: Pick<AdminSubmission, 'findings'>) {
  const t = useTexts<AdminTexts>();
  const local = useLocal();
  return (
    <Panel title={t('submission.findings')}>
      {findings.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('submission.noFindings')}
        </Text>
      ) : (
        <ul className={classes.findings}>
          {findings.map((finding) => (
            <li key={`${finding.rule}${finding.path}`} className={classes.finding}>
              <Tag tone={finding.severity === 'error' ? 'bad' : 'warn'}>{t(`submission.severity.${finding.severity}`)}</Tag>
              <Code>{finding.rule}</Code>
              <span>{local(finding.text)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function PartnerPanel({ partner }: Pick<AdminSubmission, 'partner'>) {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  return (
    <Panel
      title={t('submission.partner')}
      actions={<Tag tone={partner.status === 'active' ? 'good' : 'warn'}>{t(`partners.status.${partner.status}`)}</Tag>}
    >
      <Facts
        facts={[
          { key: 'name', label: t('submission.partner'), value: <b>{partner.name}</b> },
          { key: 'legal', label: t('submission.legalName'), value: partner.legalName },
          { key: 'tax', label: t('submission.taxId'), value: partner.taxId },
          {
            key: 'email',
            label: t('submission.email'),
            value: (
              <Anchor href={`mailto:${partner.contactEmail}`} size="sm">
                {partner.contactEmail}
              </Anchor>
            ),
          },
          { key: 'since', label: t('submission.since'), value: format.date(partner.createdAt) },
        ]}
      />
    </Panel>
  );
}

function Decided({ decision, next }: { decision: NonNullable<AdminSubmission['decision']>; next: string | undefined }) {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  return (
    <Alert
      color={decision.decision === 'approve' ? 'green' : 'red'}
      variant="light"
      role="status"
      title={decision.decision === 'approve' ? t('submission.approved') : t('submission.refused')}
    >
      <Text size="sm">{t('submission.decidedBy', { name: decision.decidedBy, when: format.dateTime(decision.decidedAt) })}</Text>
      {decision.reasons.length > 0 && (
        <ul className={classes.findings} style={{ marginBlockStart: 10 }}>
          {decision.reasons.map(({ rule, note }) => (
            <li key={rule} className={classes.finding}>
              <Code>{rule}</Code>
              <span>{note}</span>
            </li>
          ))}
        </ul>
      )}
      {next && (
        <Button component={Link} href={next} size="xs" mt="sm">
          {t('submission.next')}
        </Button>
      )}
    </Alert>
  );
}

/** The neighbours of a submission in the queue, as it is now. */
function useNeighbours(submissionId: string) {
  const { items } = useList('admin.submissions.list', WAITING, { refetchSeconds: WAITING_REFETCH_SECONDS });
  const at = items.findIndex((item) => item.id === submissionId);
  const address = (index: number) => (items[index] ? `/submissions/${items[index].id}` : undefined);
  // A decided submission is in the queue no more: what comes next is the head of the queue.
  return { index: at, count: items.length, next: address(at === -1 ? 0 : at + 1), previous: at > 0 ? address(at - 1) : undefined };
}

function Submission({ submission }: { submission: AdminSubmission }) {
  const t = useTexts<AdminTexts>();
  const local = useLocal();
  const format = useFormat();
  const confirm = useConfirm();
  const waitWords = useWaitWords();
  const { names } = useProvinces();
  const [, go] = useLocation();
  const [open, setOpen] = useState<'refuse' | 'help' | null>(null);
  const { offer, partner, state, waitingSeconds } = submission;
  const queue = useNeighbours(submission.id);
  const decide = useDecision(submission.id);
  const isWaiting = state === 'waiting';
  const approve = async () => {
    const { title, text, action } = {
      title: t('submission.approveDialog.title'),
      text: t('submission.approveDialog.text', { title: local(offer.title) }),
      action: t('submission.approveDialog.action'),
    };
    if (await confirm({ title, body: text, confirm: action })) decide.mutate({ decision: 'approve' });
  };
  useShortcuts({
    j: () => queue.next && go(queue.next),
    k: () => queue.previous && go(queue.previous),
    u: () => go('/'),
    '?': () => setOpen('help'),
    ...(isWaiting ? { a: () => void approve(), r: () => setOpen('refuse') } : {}),
  });
  return (
    <Page
      title={local(offer.title)}
      appName={t('app.name')}
      above={
        <Anchor component={Link} href="/" size="sm" c="dimmed" mb="xs" display="inline-block">
          <Group gap={6} component="span">
            <IconBack size={16} />
            {t('submission.back')}
            {queue.index >= 0 && ` · ${t('submission.position', { index: queue.index + 1, count: queue.count })}`}
          </Group>
        </Anchor>
      }
      intro={
        <Group gap="sm">
          {isWaiting && <Tag tone={waitTone(waitingSeconds)}>{t('submission.waiting', { time: waitWords(waitingSeconds) })}</Tag>}
          <span>
            {partner.name} · {t('submission.submitted', { when: format.dateTime(submission.submittedAt) })} ·{' '}
            {t('queue.version', { version: submission.termsVersion })}
          </span>
        </Group>
      }
    >
      <div className={classes.stack}>
        {submission.decision && <Decided decision={submission.decision} next={queue.next} />}
        {open !== 'refuse' && <ProblemNotice error={decide.error} />}
        <div className={classes.columns}>
          <div className={classes.stack}>
            <Findings findings={submission.findings} />
            <Panel title={t('submission.facts')}>
              <OfferFacts offer={offer} provinceNames={names} />
            </Panel>
            <Panel title={t('submission.terms')}>
              <p className={classes.terms}>{local(offer.terms)}</p>
            </Panel>
          </div>
          <div className={classes.stack}>
            <Panel title={t('submission.asMember')}>
              <OfferPreview
                languageLabel={t('submission.language')}
                provinceNames={names}
                offer={{
                  partnerName: partner.name,
                  title: offer.title,
                  summary: offer.summary,
                  benefit: offer.benefit,
                  endsAt: offer.window.endsAt,
                  fulfilment: offer.fulfilment.mode,
                  conditions: offer.eligibility.all,
                }}
              />
            </Panel>
            <PartnerPanel partner={partner} />
          </div>
        </div>
      </div>
      {isWaiting && (
        <div className={classes.bar}>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpen('help')} visibleFrom="sm">
            {t('queue.help.open')} (?)
          </Button>
          <Group gap="sm" ml="auto">
            <Button
              variant="default"
              rightSection={
                <Kbd size="xs" className={classes.key}>
                  r
                </Kbd>
              }
              onClick={() => setOpen('refuse')}
            >
              {t('submission.refuse')}
            </Button>
            <Button
              rightSection={
                <Kbd size="xs" className={classes.key}>
                  a
                </Kbd>
              }
              loading={decide.isPending}
              onClick={() => void approve()}
            >
              {t('submission.approve')}
            </Button>
          </Group>
        </div>
      )}
      {open === 'refuse' && isWaiting && <RefuseDialog submission={submission} decide={decide} onClose={() => setOpen(null)} />}
      {open === 'help' && <ShortcutsHelp page="submission" onClose={() => setOpen(null)} />}
    </Page>
  );
}
