import type { CallInput } from '@chung/client';
import { useApi } from '@chung/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';

type Decision = CallInput<'admin.submissions.decide'>['body'];

export const submissionKey = (submissionId: string) => ['admin.submissions.get', submissionId];

/** Records a decision; queue and submission are read again even after a refusal, since someone else may have been quicker. */
export function useDecision(submissionId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Decision) => api.call('admin.submissions.decide', { params: { submissionId }, body }),
    onSuccess: (decided) => queries.setQueryData(submissionKey(submissionId), decided),
    onError: () => queries.invalidateQueries({ queryKey: submissionKey(submissionId) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin.submissions.list'] }),
  });
}

export type Decide = ReturnType<typeof useDecision>;
