import { ProblemNotice, useLanguage, useTexts } from '@chung/ui';
import { FileDrop, Panel, useUpload } from '@chung/ui/desk';
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AdminTexts } from '../texts/vi.ts';
import { bytesText } from './bytes.ts';
import { ImportResult } from './import-result.tsx';

/** Streams a register file to the platform, showing how far it is. */
export function ImportPanel() {
  const t = useTexts<AdminTexts>();
  const [language] = useLanguage();
  const queries = useQueryClient();
  const { state, start, stop } = useUpload<'admin.members.import'>('/v1/admin/members/import');
  const isBusy = state.phase === 'sending' || state.phase === 'working';
  useEffect(() => {
    if (!isBusy) void queries.invalidateQueries({ queryKey: ['admin.members.imports.list'] });
  }, [isBusy, queries]);
  const size = (bytes: number) => bytesText(bytes, language === 'vi' ? 'vi-VN' : 'en-GB');
  const words =
    state.phase === 'sending' ? t('imports.sending', { sent: size(state.sentBytes), total: size(state.totalBytes) }) : t('imports.reading');
  const percent = state.phase === 'sending' ? (state.sentBytes / Math.max(1, state.totalBytes)) * 100 : 100;
  return (
    <Panel>
      <Stack gap="md">
        {state.phase === 'failed' && <ProblemNotice error={state.error} />}
        {state.phase === 'stopped' && <Alert color="orange">{t('imports.stopped')}</Alert>}
        {state.phase === 'done' && <ImportResult result={state.reply} />}
        {isBusy ? (
          <div>
            <Group justify="space-between" mb={6}>
              <Text size="sm" aria-live="polite">
                {words}
              </Text>
              <Button size="compact-sm" variant="subtle" color="gray" onClick={stop}>
                {t('imports.stop')}
              </Button>
            </Group>
            <Progress value={percent} animated={state.phase === 'working'} aria-label={words} />
          </div>
        ) : (
          <FileDrop
            accept=".csv,text/csv"
            choose={state.phase === 'done' ? t('imports.again') : t('imports.choose')}
            drop={t('imports.drop')}
            onFile={(file) => start(file, 'text/csv')}
          />
        )}
      </Stack>
    </Panel>
  );
}
