import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useExplain } from '../feedback/explain-error.ts';
import { Reference } from '../feedback/problem.tsx';
import { useUiTexts } from '../texts/language.ts';
import { Page } from './page.tsx';

/** A page that could not be loaded at all: what went wrong is its heading and title. */
export function ErrorPage({ error, onRetry, above }: { error: unknown; onRetry: () => void; above?: ReactNode }) {
  const t = useUiTexts();
  const explained = useExplain()(error);
  return (
    <Page title={explained.title} width="narrow" above={above}>
      <Stack gap="md" align="flex-start" role="alert">
        {explained.detail && <Text>{explained.detail}</Text>}
        <Group gap="sm">
          {explained.canRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
          <Button component={Link} href="/" variant={explained.canRetry ? 'default' : 'filled'}>
            {t('notFound.home')}
          </Button>
        </Group>
        <Reference explained={explained} />
      </Stack>
    </Page>
  );
}
