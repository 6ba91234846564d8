import type { AuditEntry } from '@chung/contracts';
import { type Column, CursorTable, EmptyState, IconShield, Page, useFormat, useList, useTexts } from '@chung/ui';
import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AdminTexts } from '../texts/vi.ts';
import classes from './audit.module.css';

const ACTORS = ['member', 'partner', 'admin', 'system', 'public'] as const;

function Details({ entry }: { entry: AuditEntry }) {
  const t = useTexts<AdminTexts>();
  return (
    <details className={classes.details}>
      <summary>{t('audit.details')}</summary>
      <pre>{JSON.stringify(entry.detail, null, 2)}</pre>
      {entry.requestId && (
        <div>
          {t('audit.request')}: <Code>{entry.requestId}</Code>
        </div>
      )}
      <div>
        {t('audit.hash')}: <Code>{entry.hash}</Code>
      </div>
    </details>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const kindOf = (kind: string) => {
    const known = ACTORS.find((name) => name === kind);
    return known ? t(`audit.actor.${known}`) : kind;
  };
  return [
    { key: 'at', header: t('audit.columns.at'), noWrap: true, render: (entry) => format.dateTime(entry.at) },
    {
      key: 'actor',
      header: t('audit.columns.actor'),
      render: (entry) => (
        <div style={{ minInlineSize: 120 }}>
          {entry.actor.name}
          <Text size="xs" c="dimmed">
            {kindOf(entry.actor.kind)}
          </Text>
        </div>
      ),
    },
    { key: 'action', header: t('audit.columns.action'), render: (entry) => <Code>{entry.action}</Code> },
    {
      key: 'target',
      header: t('audit.columns.target'),
      render: (entry) => (
        <div style={{ minInlineSize: 220 }}>
          <span className={classes.target}>{entry.target}</span>
          <Details entry={entry} />
        </div>
      ),
    },
  ];
}

function Filters({
  action,
  target,
  onFilter,
}: {
  action: string;
  target: string;
  onFilter: (filter: { action: string; target: string }) => void;
}) {
  const t = useTexts<AdminTexts>();
  const [values, setValues] = useState({ action, target });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onFilter({ action: values.action.trim(), target: values.target.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput
          label={t('audit.action')}
          placeholder={t('audit.actionPlaceholder')}
          value={values.action}
          onChange={(event) => setValues({ ...values, action: event.currentTarget.value })}
          maxLength={80}
          className={classes.filter}
        />
        <TextInput
          label={t('audit.target')}
          placeholder={t('audit.targetPlaceholder')}
          value={values.target}
          onChange={(event) => setValues({ ...values, target: event.currentTarget.value })}
          maxLength={120}
          className={classes.filter}
        />
        <Button type="submit" variant="default">
          {t('audit.filter')}
        </Button>
        {(action || target) && (
          <Button variant="subtle" color="gray" onClick={() => onFilter({ action: '', target: '' })}>
            {t('audit.clear')}
          </Button>
        )}
      </Group>
    </form>
  );
}

export function AuditPage() {
  const t = useTexts<AdminTexts>();
  const [search, setSearch] = useSearchParams();
  const action = search.get('action') ?? '';
  const target = search.get('target') ?? '';
  const list = useList('admin.audit.list', { ...(action ? { action } : {}), ...(target ? { target } : {}) });
  const filter = (values: { action: string; target: string }) =>
    setSearch(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));
  return (
    <Page title={t('audit.title')} appName={t('app.name')} intro={t('audit.lead')}>
      <Stack gap="md">
        <Filters key={`${action} ${target}`} action={action} target={target} onFilter={filter} />
        <CursorTable
          caption={t('audit.title')}
          list={list}
          columns={useColumns()}
          rowKey={(entry) => entry.id}
          empty={<EmptyState icon={<IconShield size={28} />} title={t('audit.empty')} detail={t('audit.emptyText')} />}
        />
      </Stack>
    </Page>
  );
}
