import { CopyButton, EmptyState, ErrorState, IconShield, Page, RowsSkeleton, useFormat, useList, useTexts } from '@chung/ui';
import { Facts, Panel } from '@chung/ui/desk';
import { Anchor, Code, Group, Stack, Text } from '@mantine/core';
import type { PartnerTexts } from '../texts/vi.ts';

export function AppsPage() {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const list = useList('partner.apps.list', { limit: 100 });
  return (
    <Page
      title={t('apps.title')}
      appName={t('app.name')}
      intro={t('apps.lead')}
      actions={
        <Anchor href="/docs/api" size="sm">
          {t('apps.reference')}
        </Anchor>
      }
    >
      {list.isPending && <RowsSkeleton rows={2} />}
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {!list.isPending && !list.error && list.items.length === 0 && (
        <EmptyState icon={<IconShield size={28} />} title={t('apps.empty.title')} detail={t('apps.empty.text')} />
      )}
      <Stack gap="lg">
        {list.items.map((app) => (
          <Panel key={app.clientId} title={app.name} intro={t('apps.created', { date: format.date(app.createdAt) })}>
            <Facts
              facts={[
                {
                  key: 'id',
                  label: t('apps.clientId'),
                  value: (
                    <Group gap="xs">
                      <Code>{app.clientId}</Code>
                      <CopyButton value={app.clientId} size="compact-xs" />
                    </Group>
                  ),
                },
                {
                  key: 'keys',
                  label: t('apps.keys'),
                  value:
                    app.keys.length === 0
                      ? t('apps.noKeys')
                      : app.keys.map((key) => (
                          <div key={key.kid}>
                            <Code>{key.alg}</Code> <Code>{key.kid}</Code>
                          </div>
                        )),
                },
                {
                  key: 'redirects',
                  label: t('apps.redirects'),
                  value:
                    app.redirectUris.length === 0 ? (
                      <Text size="sm">{t('apps.noRedirects')}</Text>
                    ) : (
                      app.redirectUris.map((uri) => <div key={uri}>{uri}</div>)
                    ),
                },
              ]}
            />
          </Panel>
        ))}
      </Stack>
    </Page>
  );
}
