import type { PartnerRedemption } from '@chung/contracts';
import { Dialog, ProblemNotice, useTexts, useUiTexts } from '@chung/ui';
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import { useRedemptionActions } from './use-redemption-actions.ts';

/** Reversing needs a reason: the member and the administrators read it. */
export function ReverseDialog({ redemption, onClose }: { redemption: PartnerRedemption; onClose: () => void }) {
  const t = useTexts<PartnerTexts>();
  const ui = useUiTexts();
  const { reverse } = useRedemptionActions();
  const [reason, setReason] = useState('');
  const [wasTried, setWasTried] = useState(false);
  const isShort = reason.trim().length < 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (!isShort) reverse.mutate({ redemption, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('redemption.reverseDialog.title')} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t('redemption.reverseDialog.text')}</Text>
          <Textarea
            label={t('redemption.reverseDialog.reason')}
            description={t('redemption.reverseDialog.reasonHelp')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={wasTried && isShort ? t('redemption.reverseDialog.reasonShort') : undefined}
            maxLength={500}
            rows={3}
            required
            data-autofocus
          />
          <ProblemNotice error={reverse.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {ui('cancel')}
            </Button>
            <Button type="submit" color="red" loading={reverse.isPending}>
              {t('redemption.reverseDialog.action')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
