import { Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { useUiTexts } from '../texts/language.ts';
import classes from './states.module.css';

interface StateProps {
  readonly title: string;
  readonly detail?: string;
  readonly icon?: ReactNode;
  readonly role?: 'alert' | 'status';
  /** Buttons or links: what to do next. */
  readonly children?: ReactNode;
}

/** A whole area that has only one thing to say. */
export function State({ title, detail, icon, role = 'status', children }: StateProps) {
  return (
    <div className={classes.state} role={role}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <Text fw={600} fz="lg">
        {title}
      </Text>
      {detail && (
        <Text c="dimmed" maw={420}>
          {detail}
        </Text>
      )}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}

/** Nothing to show, and what to do about it. */
export function EmptyState(props: Omit<StateProps, 'role'>) {
  return <State {...props} />;
}

/** Grey shapes where rows will be; read out once as "loading". */
export function RowsSkeleton({ rows = 4, height = 76 }: { rows?: number; height?: number }) {
  const t = useUiTexts();
  return (
    <Stack gap="sm" role="status" aria-busy="true">
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never move
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  );
}

export function PageSkeleton() {
  return (
    <div className={classes.page}>
      <Skeleton height={32} width="45%" mb="lg" />
      <RowsSkeleton />
    </div>
  );
}
