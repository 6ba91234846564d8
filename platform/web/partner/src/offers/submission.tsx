import type { PartnerOffer, Submission } from '@chung/contracts';
import { ApiError, ProblemNotice, useApi, useLocal, useTexts } from '@chung/ui';
import { Alert, Text } from '@mantine/core';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { PartnerTexts } from '../texts/vi.ts';
import { focusField } from './editor/editor-context.tsx';
import { RuleList } from './rule-list.tsx';

interface SubmissionHandle {
  readonly send: UseMutationResult<Submission, Error, void>;
  /** The last submission made on this page; it survives the reload of the offer that it causes. */
  readonly last: Submission | undefined;
  readonly fieldOf: (path: string) => string;
}

const lastKey = (offerId: string) => ['partner.offers.submit', offerId];

/** Sends the offer to review. A refusal by the automatic checks also marks the fields it names. */
export function useSubmission(
  offer: PartnerOffer,
  { refuse, fieldOf }: { refuse: (error: Error) => void; fieldOf: (path: string) => string },
): SubmissionHandle {
  const api = useApi();
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: () => api.call('partner.offers.submit', { params: { offerId: offer.id }, body: {} }),
    onError: refuse,
    onSuccess: async (submission) => {
      queries.setQueryData(lastKey(offer.id), submission);
      await queries.invalidateQueries({ queryKey: ['partner.offers.get', offer.id] });
      void queries.invalidateQueries({ queryKey: ['partner.offers.list'] });
    },
  });
  return { send, last: queries.getQueryData<Submission>(lastKey(offer.id)), fieldOf };
}

function ChecksFailed({ error, fieldOf }: { error: ApiError; fieldOf: (path: string) => string }) {
  const t = useTexts<PartnerTexts>();
  // The same findings come as fields and as reasons; fields also say where.
  const findings =
    error.fields.length > 0
      ? error.fields.map((field) => ({ rule: field.code, words: field.message, path: field.path }))
      : error.reasons.map((reason) => ({ rule: reason.fact, words: reason.message, path: '' }));
  return (
    <Alert color="red" variant="light" role="alert" title={t('offers.submit.failed.title')}>
      <Text size="sm" mb="xs">
        {t('offers.submit.failed.text')}
      </Text>
      <RuleList
        rules={findings.map(({ rule, words, path }) => ({
          rule,
          words,
          ...(path ? { onGo: () => focusField(fieldOf(path)) } : {}),
        }))}
      />
    </Alert>
  );
}

/** What came of submitting: findings that stopped it, or the place in the queue with the remarks the reviewer will see. */
export function SubmissionNotice({ submission: { send, last, fieldOf } }: { submission: SubmissionHandle }) {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  if (send.error instanceof ApiError && send.error.code === 'checks_failed') return <ChecksFailed error={send.error} fieldOf={fieldOf} />;
  if (send.error) return <ProblemNotice error={send.error} onRetry={() => send.mutate()} />;
  if (last?.state !== 'waiting') return null;
  return (
    <Alert color="green" variant="light" role="status" title={t('offers.submit.sent')}>
      <Text size="sm">
        {t('offers.submit.passed')} {last.queuePosition !== null && t('offers.submit.position', { position: last.queuePosition })}
      </Text>
      {last.findings.length > 0 && (
        <>
          <Text size="sm" mt="sm" mb="xs">
            {t('offers.submit.warnings')}
          </Text>
          <RuleList
            rules={last.findings.map((finding) => ({
              rule: finding.rule,
              words: local(finding.text),
              label: t(`offers.severity.${finding.severity}`),
            }))}
          />
        </>
      )}
    </Alert>
  );
}
