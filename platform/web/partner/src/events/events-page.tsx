import type { PartnerEvent } from '@chung/contracts';
import { EmptyState, ErrorState, IconList, Page, RowsSkeleton, useFormat, useTexts } from '@chung/ui';
import { Code, Text } from '@mantine/core';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './events.module.css';
import { useEvents } from './use-events.ts';

const TYPES = [
  'redemption.reserved.v1',
  'redemption.redeemed.v1',
  'redemption.fulfilled.v1',
  'redemption.released.v1',
  'redemption.expired.v1',
  'redemption.partly_reversed.v1',
  'redemption.reversed.v1',
  'offer.submitted.v1',
  'offer.published.v1',
  'offer.refused.v1',
  'app.submitted.v1',
  'partner.approved.v1',
  'consent.granted.v1',
  'consent.withdrawn.v1',
  'webhook.endpoint_paused.v1',
] as const;

function Event({ event }: { event: PartnerEvent }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const known = TYPES.find((type) => type === event.type);
  return (
    <li className={classes.event}>
      <time dateTime={event.occurredAt}>{format.dateTime(event.occurredAt)}</time>
      <details>
        <summary>
          <span>{known ? t(`events.type.${known}`) : event.type}</span> <Code>{event.type}</Code>
        </summary>
        <pre>{JSON.stringify({ id: event.id, ...event.data }, null, 2)}</pre>
      </details>
    </li>
  );
}

export function EventsPage() {
  const t = useTexts<PartnerTexts>();
  const { data, error, refetch } = useEvents();
  return (
    <Page title={t('events.title')} appName={t('app.name')} intro={t('events.lead')}>
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton height={44} />)}
      {data?.events.length === 0 && (
        <EmptyState icon={<IconList size={28} />} title={t('events.empty.title')} detail={t('events.empty.text')} />
      )}
      {data && data.events.length > 0 && (
        <>
          <ol className={classes.events}>
            {data.events.map((event) => (
              <Event key={event.id} event={event} />
            ))}
          </ol>
          <Text size="sm" c="dimmed" mt="md" ta="center">
            {t('events.end')}
          </Text>
        </>
      )}
    </Page>
  );
}
