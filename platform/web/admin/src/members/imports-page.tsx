import type { MemberImport } from '@chung/contracts';
import { type Column, CursorTable, EmptyState, IconUpload, Page, useFormat, useList, useTexts } from '@chung/ui';
import { Tag, type Tone } from '@chung/ui/desk';
import { Stack, Title } from '@mantine/core';
import type { AdminTexts } from '../texts/vi.ts';
import { ImportPanel } from './import-panel.tsx';

const REFETCH_SECONDS = 5;
const TONES: Readonly<Record<MemberImport['state'], Tone>> = { running: 'busy', done: 'good', failed: 'bad' };

function useColumns(): Column<MemberImport>[] {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const figure = (key: 'rows' | 'inserted' | 'updated' | 'rejected', value: (row: MemberImport) => number): Column<MemberImport> => ({
    key,
    header: t(`imports.columns.${key}`),
    align: 'end',
    render: (row) => format.number(value(row)),
  });
  const seconds = (row: MemberImport) => (Date.parse(row.finishedAt ?? '') - Date.parse(row.startedAt)) / 1000;
  return [
    { key: 'started', header: t('imports.columns.started'), noWrap: true, render: (row) => format.dateTime(row.startedAt) },
    {
      key: 'state',
      header: t('imports.columns.state'),
      render: (row) => <Tag tone={TONES[row.state]}>{t(`imports.state.${row.state}`)}</Tag>,
    },
    figure('rows', (row) => row.rowsRead),
    figure('inserted', (row) => row.inserted),
    figure('updated', (row) => row.updated),
    figure('rejected', (row) => row.rejected),
    {
      key: 'took',
      header: t('imports.columns.took'),
      align: 'end',
      noWrap: true,
      render: (row) => (row.finishedAt ? t('imports.seconds', { count: format.number(Math.max(1, Math.round(seconds(row)))) }) : '…'),
    },
  ];
}

export function ImportsPage() {
  const t = useTexts<AdminTexts>();
  const list = useList('admin.members.imports.list', {}, { refetchSeconds: REFETCH_SECONDS });
  return (
    <Page title={t('imports.title')} appName={t('app.name')} intro={t('imports.lead')}>
      <Stack gap="lg">
        <ImportPanel />
        <Title order={2}>{t('imports.history')}</Title>
        <CursorTable
          caption={t('imports.history')}
          list={list}
          columns={useColumns()}
          rowKey={(row) => row.id}
          empty={<EmptyState icon={<IconUpload size={28} />} title={t('imports.empty')} detail={t('imports.emptyText')} />}
        />
      </Stack>
    </Page>
  );
}
