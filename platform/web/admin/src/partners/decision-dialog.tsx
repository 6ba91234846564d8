import type { Partner } from '@chung/contracts';
import { Dialog, ProblemNotice, useApi, useTexts, useUiTexts } from '@chung/ui';
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AdminTexts } from '../texts/vi.ts';
import { needsReason, type PartnerDecision } from './partner-decision.ts';

interface DecisionDialogProps {
  readonly partner: Partner;
  readonly decision: PartnerDecision;
  readonly onClose: () => void;
}

export function DecisionDialog({ partner, decision, onClose }: DecisionDialogProps) {
  const t = useTexts<AdminTexts>();
  const ui = useUiTexts();
  const api = useApi();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [wasTried, setWasTried] = useState(false);
  const decide = useMutation({
    mutationFn: () => api.call('admin.partners.decide', { params: { partnerId: partner.id }, body: { decision, reason: reason.trim() } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin.partners.list'] }),
    onSuccess: onClose,
  });
  const isMissing = needsReason(decision) && reason.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (!isMissing) decide.mutate();
  };
  return (
    <Dialog title={t(`partners.dialog.${decision}.title`, { name: partner.name })} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t(`partners.dialog.${decision}.text`)}</Text>
          <Textarea
            label={t('partners.reason')}
            description={t('partners.reasonHelp')}
            required={needsReason(decision)}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={wasTried && isMissing ? t('partners.reasonNeeded') : undefined}
            maxLength={500}
            autosize
            minRows={2}
          />
          <ProblemNotice error={decide.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {ui('cancel')}
            </Button>
            <Button type="submit" color={needsReason(decision) ? 'red' : 'brand'} loading={decide.isPending}>
              {t(`partners.action.${decision}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
