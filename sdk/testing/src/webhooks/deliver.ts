import { EVENT_TYPES, EventId, type WebhookAttempt } from '@chung/contracts';
import type { Switchboard } from '../faults.ts';
import { signedDelivery } from '../signing.ts';
import type { FakeEvent } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { liveKeys, touched } from './endpoints.ts';
import type { Failing, FakeEndpoint, FakeReplay } from './records.ts';
import { wants } from './replays.ts';

/** Where deliveries go: your handler, or a `fetch`. Without one every address is as if nobody had it. */
export type WebhookReceiver = (request: Request) => Response | Promise<Response>;

/** Seconds after the first, second, … failed try; docs/webhooks.md has the same table. */
const RETRY_SECONDS = [5, 30, 120, 900, 3_600, 14_400, 36_000, 64_800, 86_400, 108_000, 117_000];
const RETRY_AFTER_MAX_SECONDS = 86_400;
const EXCERPT_LENGTH = 500;
const GONE = 410;

export interface Deliveries {
  readonly endpoints: FakeEndpoint[];
  /** Sends everything that is due now: events in their order, those that failed and whose time has come again, replays. */
  deliver(): Promise<void>;
  /** Sends one test event now, also to an endpoint that rests. */
  sendTest(endpoint: FakeEndpoint): Promise<WebhookAttempt>;
}

interface DeliverySettings {
  readonly store: Store;
  readonly switches: Switchboard;
  readonly receiver: WebhookReceiver | undefined;
}

interface Tried {
  readonly event: Pick<FakeEvent, 'id' | 'type' | 'occurredAt' | 'data'>;
  readonly cause: WebhookAttempt['cause'];
  readonly attempt: number;
}

interface Outcome {
  readonly attempt: WebhookAttempt;
  /** Null after the last try, and at 410. */
  readonly nextTryAt: string | null;
}

/** The platform's side of webhooks: endpoints, and what is sent to them when it is asked to. */
export function createDeliveries({ store, switches, receiver = nobody }: DeliverySettings): Deliveries {
  const endpoints: FakeEndpoint[] = [];
  const send = async (endpoint: FakeEndpoint, tried: Tried): Promise<Outcome> => {
    const outcome = await attemptOf(store, { receiver, endpoint }, tried);
    endpoint.attempts.unshift(outcome.attempt);
    return outcome;
  };
  const sendDue = async (endpoint: FakeEndpoint): Promise<void> => {
    while (endpoint.state === 'active' && isDue(store, endpoint.failing)) {
      const event = store.events[endpoint.passed];
      if (!event) return;
      if (wants(endpoint, event)) {
        const { attempt, nextTryAt } = await send(endpoint, { event, cause: 'event', attempt: (endpoint.failing?.attempts ?? 0) + 1 });
        if (!attempt.delivered) return failed(store, endpoint, { attempt, nextTryAt });
        if (switches.faults.deliveries === 'duplicated') await send(endpoint, { event, cause: 'event', attempt: 1 });
      }
      Object.assign(endpoint, { passed: endpoint.passed + 1, failing: null });
    }
  };
  const runReplay = async (endpoint: FakeEndpoint, replay: FakeReplay): Promise<void> => {
    while (endpoint.state === 'active' && replay.state === 'running' && isDue(store, replay.failing)) {
      const event = store.events.find(({ id }) => id === replay.eventIds[replay.at]);
      if (!event) return void Object.assign(replay, { state: 'done' });
      const { attempt, nextTryAt } = await send(endpoint, { event, cause: 'replay', attempt: (replay.failing?.attempts ?? 0) + 1 });
      if (attempt.delivered) Object.assign(replay, { at: replay.at + 1, delivered: replay.delivered + 1, failing: null });
      else
        Object.assign(replay, { failing: failingOf(replay.failing, attempt, nextTryAt), state: nextTryAt === null ? 'failed' : 'running' });
    }
  };
  return {
    endpoints,
    deliver: async () => {
      // A copy: a receiver may call the platform and change its endpoints.
      for (const endpoint of [...endpoints]) {
        await sendDue(endpoint);
        for (const replay of endpoint.replays.toReversed()) await runReplay(endpoint, replay);
      }
    },
    sendTest: async (endpoint) => {
      const data = EVENT_TYPES['webhook.test.v1'].parse({ endpointId: endpoint.id, message: 'Xin chào từ Chung / Hello from Chung' });
      const event = { id: EventId.parse(store.newId()), type: 'webhook.test.v1' as const, occurredAt: store.now().toISOString(), data };
      const { attempt } = await send(endpoint, { event, cause: 'test', attempt: 1 });
      const only = { ...attempt, nextTryAt: null };
      endpoint.attempts[0] = only;
      return only;
    },
  };
}

const nobody: WebhookReceiver = () => {
  throw Object.assign(new Error('There is no receiver.'), { code: 'ENOTFOUND' });
};

const isDue = (store: Store, failing: Failing | null): boolean =>
  failing === null || failing.nextTryAt === null || Date.parse(failing.nextTryAt) <= store.now().getTime();

/** The event waits with those behind it; after the last try the endpoint rests, and its partner is told. */
function failed(store: Store, endpoint: FakeEndpoint, { attempt, nextTryAt }: Outcome): void {
  endpoint.failing = failingOf(endpoint.failing, attempt, nextTryAt);
  if (nextTryAt !== null) return;
  const reason = attempt.status === GONE ? 'gone' : 'failing';
  const { id: endpointId, url, partnerId } = touched(store, endpoint, { state: 'paused', pauseReason: reason });
  store.emit('webhook.endpoint_paused.v1', { endpointId, url, reason }, partnerId);
}

function failingOf(before: Failing | null, { eventId, attempt, at, error, status }: WebhookAttempt, nextTryAt: string | null): Failing {
  return { eventId, since: before?.since ?? at, attempts: attempt, nextTryAt, lastError: error ?? `HTTP ${status}` };
}

async function attemptOf(
  store: Store,
  { receiver, endpoint }: { readonly receiver: WebhookReceiver; readonly endpoint: FakeEndpoint },
  { event, cause, attempt }: Tried,
): Promise<Outcome> {
  const signers = liveKeys(store, endpoint).map(({ signer }) => signer);
  const { headers, body } = await signedDelivery(event, signers, { at: store.now() });
  const began = performance.now();
  const ask = () => receiver(new Request(endpoint.url, { method: 'POST', headers: { ...headers }, body }));
  const answer = await answerOf(ask, store.now());
  const { retryAfterSeconds, ...seen } = answer;
  const delivered = seen.status !== null && seen.status >= 200 && seen.status < 300;
  const planned = seen.status === GONE ? undefined : RETRY_SECONDS[attempt - 1];
  const wait = planned === undefined ? null : Math.max(planned, Math.min(retryAfterSeconds, RETRY_AFTER_MAX_SECONDS));
  const nextTryAt = delivered || wait === null ? null : new Date(store.now().getTime() + wait * 1000).toISOString();
  const latencyMs = Math.round(performance.now() - began);
  const about = { id: store.newId(), eventId: event.id, eventType: event.type, cause, attempt, at: store.now().toISOString() };
  return { attempt: { ...about, ...seen, delivered, latencyMs, nextTryAt }, nextTryAt };
}

type Answer = Pick<WebhookAttempt, 'status' | 'error' | 'responseExcerpt'> & { readonly retryAfterSeconds: number };

async function answerOf(ask: () => Response | Promise<Response>, now: Date): Promise<Answer> {
  try {
    const response = await ask();
    const { status, ok } = response;
    const isRedirect = status >= 300 && status < 400;
    return {
      status,
      error: isRedirect ? 'REDIRECT_NOT_FOLLOWED' : null,
      responseExcerpt: ok ? null : (await response.text()).replace(/[^\P{Cc}\n\t]/gu, ' ').slice(0, EXCERPT_LENGTH),
      retryAfterSeconds: status === 429 || status === 503 ? wishOf(response.headers.get('retry-after') ?? '', now) : 0,
    };
  } catch (error) {
    // A code and never a sentence, as the log keeps it.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'CONNECTION_FAILED';
    return { status: null, error: code, responseExcerpt: null, retryAfterSeconds: 0 };
  }
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in the form that HTTP has. Anything else is no wish. */
function wishOf(header: string, now: Date): number {
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = /^[A-Z][a-z]+, .+ GMT$/.test(header.trim()) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
