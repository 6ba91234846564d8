import type { AdminSubmission } from '@chung/contracts';
import { Dialog, ErrorState, ProblemNotice, RowsSkeleton, useApi, useLocal, useTexts, useUiTexts } from '@chung/ui';
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AdminTexts } from '../texts/vi.ts';
import { MOST_REASONS, noteOn, type Refusal, reasonsOf, rulesFor, toggleRule } from './refusal.ts';
import classes from './reviews.module.css';
import type { Decide } from './use-decision.ts';

function useRules() {
  const api = useApi();
  const query = useQuery({
    queryKey: ['admin.reviewRules.list'],
    queryFn: ({ signal }) => api.call('admin.reviewRules.list', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const local = useLocal();
  return { ...query, rules: query.data?.items.map(({ rule, text }) => ({ rule, words: local(text) })) };
}

interface RulePickerProps {
  readonly rules: readonly { rule: string; words: string }[];
  readonly named: ReadonlySet<string>;
  readonly refusal: Refusal;
  readonly onChange: (refusal: Refusal) => void;
}

function RulePicker({ rules, named, refusal, onChange }: RulePickerProps) {
  const t = useTexts<AdminTexts>();
  const [search, setSearch] = useState('');
  const found = rulesFor(rules, search, named);
  return (
    <Stack gap="sm">
      <TextInput
        label={t('submission.refuseDialog.rules')}
        placeholder={t('submission.refuseDialog.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-autofocus
      />
      <div className={classes.rules}>
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            {t('submission.refuseDialog.noMatch')}
          </Text>
        )}
        {found.map(({ rule, words }) => {
          const isChosen = refusal.has(rule);
          return (
            <div key={rule} className={classes.rule}>
              <Checkbox
                label={
                  <>
                    <b>{rule}</b> {words}
                  </>
                }
                checked={isChosen}
                disabled={!isChosen && refusal.size >= MOST_REASONS}
                onChange={() => onChange(toggleRule(refusal, rule))}
              />
              {isChosen && (
                <Textarea
                  mt="xs"
                  label={t('submission.refuseDialog.note', { rule })}
                  description={t('submission.refuseDialog.noteHelp')}
                  value={refusal.get(rule) ?? ''}
                  onChange={(event) => onChange(noteOn(refusal, rule, event.currentTarget.value))}
                  maxLength={500}
                  autosize
                  minRows={2}
                />
              )}
            </div>
          );
        })}
      </div>
    </Stack>
  );
}

/** Refusing takes rules by number, each with a note: the partner always learns which rule and why. */
export function RefuseDialog({ submission, decide, onClose }: { submission: AdminSubmission; decide: Decide; onClose: () => void }) {
  const t = useTexts<AdminTexts>();
  const ui = useUiTexts();
  const { rules, error, refetch } = useRules();
  const [refusal, setRefusal] = useState<Refusal>(new Map());
  const named = new Set(submission.findings.map((finding) => finding.rule));
  const refuse = () => decide.mutate({ decision: 'refuse', reasons: reasonsOf(refusal) }, { onSuccess: onClose });
  return (
    <Dialog title={t('submission.refuseDialog.title')} onClose={onClose}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t('submission.refuseDialog.lead')}
        </Text>
        {rules && <RulePicker rules={rules} named={named} refusal={refusal} onChange={setRefusal} />}
        {!rules && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton height={36} />)}
        <ProblemNotice error={decide.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button color="red" disabled={refusal.size === 0} loading={decide.isPending} onClick={refuse}>
            {refusal.size === 0 ? t('submission.refuseDialog.none') : t('submission.refuseDialog.action', { count: refusal.size })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
