import type { PartnerRedemption } from '@chung/contracts';
import { Dialog, ProblemNotice, useFormat, useTexts, useUiTexts } from '@chung/ui';
import { Button, Group, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import { useRedemptionActions } from './use-redemption-actions.ts';

/** Reversing needs a reason: the member and the administrators read it. */
export function ReverseDialog({ redemption, onClose }: { redemption: PartnerRedemption; onClose: () => void }) {
  const t = useTexts<PartnerTexts>();
  const ui = useUiTexts();
  const format = useFormat();
  const { reverse } = useRedemptionActions();
  const [reason, setReason] = useState('');
  const [wasTried, setWasTried] = useState(false);
  const [percent, setPercent] = useState<number | ''>('');
  const isShort = reason.trim().length < 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    // Per cent with two decimals is exact in basis points; rounding removes what binary fractions add.
    const part = percent === '' ? {} : { partBasisPoints: Math.round(percent * 100) };
    if (!isShort) reverse.mutate({ redemption, reason: reason.trim(), ...part }, { onSuccess: onClose });
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
          <NumberInput
            label={t('redemption.reverseDialog.part')}
            description={t('redemption.reverseDialog.partHelp')}
            value={percent}
            onChange={(next) => setPercent(typeof next === 'number' ? next : '')}
            suffix=" %"
            min={0.01}
            max={99.99}
            decimalScale={2}
            hideControls
          />
          {redemption.reversedBasisPoints !== undefined && (
            <Text size="sm">{t('redemption.reverseDialog.partSoFar', { percent: format.percent(redemption.reversedBasisPoints) })}</Text>
          )}
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
