import { type BodyOf, type EventId, type replayWebhook, WEBHOOK_REPLAY_DAYS, WebhookReplayId } from '@chung/contracts';
import { refusal } from '../refusal.ts';
import type { FakeEvent } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import type { FakeEndpoint, FakeReplay } from './records.ts';

const RUNNING_MAX = 3;
const DAY_MS = 86_400_000;

/** An endpoint wants an event of its types; without a list, every one. */
export const wants = ({ partnerId, eventTypes }: FakeEndpoint, event: FakeEvent): boolean =>
  event.partnerId === partnerId && (eventTypes.length === 0 || eventTypes.includes(event.type));

/** Asks for events again that the endpoint has already passed; the next delivery sends them under their own ids. */
export function requestReplay(store: Store, endpoint: FakeEndpoint, body: BodyOf<typeof replayWebhook>): FakeReplay {
  if (endpoint.replays.filter(({ state }) => state === 'running').length >= RUNNING_MAX)
    throw refusal('conflict', {
      detail: { vi: 'Đang có nhiều lượt gửi lại; hãy chờ.', en: 'Several replays are running; wait for one to end.' },
    });
  const period = 'eventId' in body ? ofEvent(store, endpoint, body.eventId) : ofPeriod(store, endpoint, body);
  const replay: FakeReplay = {
    ...period,
    id: WebhookReplayId.parse(store.newId()),
    state: 'running',
    delivered: 0,
    requestedAt: store.now().toISOString(),
    failing: null,
    at: 0,
  };
  endpoint.replays.unshift(replay);
  return replay;
}

type Chosen = Pick<FakeReplay, 'eventId' | 'from' | 'until' | 'eventIds'>;

function ofEvent(store: Store, endpoint: FakeEndpoint, eventId: EventId): Chosen {
  const place = store.events.findIndex(({ id, partnerId }) => id === eventId && partnerId === endpoint.partnerId);
  const event = store.events[place];
  const oldest = store.now().getTime() - WEBHOOK_REPLAY_DAYS * DAY_MS;
  if (!event || Date.parse(event.occurredAt) < oldest) throw refusal('not_found');
  if (place >= endpoint.passed)
    throw refusal('conflict', { detail: { vi: 'Sự kiện này chưa đến lượt gửi.', en: 'The event has not had its turn yet.' } });
  return { eventId, from: event.occurredAt, until: event.occurredAt, eventIds: [eventId] };
}

function ofPeriod(store: Store, endpoint: FakeEndpoint, given: { readonly from: string; readonly until: string }): Chosen {
  const [from, until] = [Date.parse(given.from), Date.parse(given.until)];
  const wrong = (path: string, message: string) => refusal('validation_failed', { fields: [{ path, code: 'custom', message }] });
  if (from < store.now().getTime() - WEBHOOK_REPLAY_DAYS * DAY_MS) throw wrong('from', `At most ${WEBHOOK_REPLAY_DAYS} days back.`);
  if (until <= from) throw wrong('until', 'Must be after `from`.');
  const eventIds = store.events
    .slice(0, endpoint.passed)
    .filter((event) => wants(endpoint, event) && Date.parse(event.occurredAt) >= from && Date.parse(event.occurredAt) < until)
    .map(({ id }) => id);
  return { eventId: null, from: new Date(from).toISOString(), until: new Date(until).toISOString(), eventIds };
}
