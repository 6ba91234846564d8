import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorState, ProblemNotice } from '../feedback/problem.tsx';
import { EmptyState, RowsSkeleton } from '../feedback/states.tsx';
import { useUiTexts } from '../texts/language.ts';
import classes from './cursor-table.module.css';
import type { CursorList } from './use-list.ts';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly render: (row: Row) => ReactNode;
  /** Numbers and amounts stand at the end. */
  readonly align?: 'start' | 'end';
  readonly noWrap?: boolean;
}

interface CursorTableProps<Row> {
  /** Read by screen readers; what the rows are. */
  readonly caption: string;
  readonly list: CursorList<Row>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly empty?: ReactNode;
}

function Pager<Row>({ list }: { list: CursorList<Row> }) {
  const t = useUiTexts();
  if (list.page === 1 && !list.hasNext) return null;
  return (
    <Group justify="space-between" className={classes.pager}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('page', { page: list.page })}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={list.page === 1} onClick={list.previous}>
          {t('previous')}
        </Button>
        <Button size="xs" variant="default" disabled={!list.hasNext || list.isFetching} onClick={list.next}>
          {t('next')}
        </Button>
      </Group>
    </Group>
  );
}

/**
 * A table over a cursor list with its loading, empty and error states. On a phone each row is a card, so that the state and the buttons at the
 * end of a row are seen without scrolling sideways.
 */
export function CursorTable<Row>({ caption, list, columns, rowKey, empty }: CursorTableProps<Row>) {
  const t = useUiTexts();
  if (list.isPending) return <RowsSkeleton rows={6} height={44} />;
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} onRetry={list.refetch} />;
  if (list.items.length === 0 && list.page === 1) return empty ?? <EmptyState title={t('empty')} />;
  return (
    <div className={classes.frame}>
      <ProblemNotice error={list.error} onRetry={list.refetch} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} aria-label={caption} aria-busy={list.isFetching} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" data-align={column.align}>
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.items.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((column) => (
                  <td key={column.key} data-align={column.align} data-nowrap={column.noWrap} data-label={column.header}>
                    <div>{column.render(row)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Pager list={list} />
    </div>
  );
}
