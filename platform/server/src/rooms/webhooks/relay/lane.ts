import type { WebhookReplayId } from '@chung/contracts';
import { type AttemptRecord, attemptOf, payloadOf, type StoredEvent } from '../delivery.ts';
import type { EndpointRecord, Position } from '../endpoint.ts';
import { nextTryAt } from '../schedule.ts';
import { type Signer, signedHeaders } from '../signing.ts';
import type { Outcomes, Standing } from './outcomes.ts';
import type { Sender, TryResult } from './sender.ts';

/** A key of the endpoint; one that was replaced signs until its time. */
export interface LaneKey {
  readonly sign: Signer;
  readonly retiresAt: Date | null;
}

/** The stream a lane delivers: the endpoint's own, or a replay with an end. */
export interface LaneStream {
  readonly replayId: WebhookReplayId | null;
  readonly cursor: Position;
  /** Inclusive; null for a stream that never ends. */
  readonly end: Position | null;
  readonly attempts: number;
  readonly delivered: number;
  readonly failingSince: Date | null;
  readonly nextTryAt: Date | null;
  wants(event: StoredEvent): boolean;
}

export interface LanePorts {
  readonly sender: Sender;
  readonly outcomes: Outcomes;
  readonly now: () => Date;
  readonly random: () => number;
  readonly makeId: () => string;
  observe(tried: { attempt: AttemptRecord; event: StoredEvent }): void;
  /** The last try failed, or the receiver said 410: the endpoint is to rest. */
  giveUp(reason: 'failing' | 'gone'): Promise<void>;
  onEnded(): void;
  onError(error: unknown): void;
}

export interface Lane {
  readonly endpoint: EndpointRecord;
  readonly keys: readonly LaneKey[];
  readonly stream: LaneStream;
  /** From where to read on; null while it needs nothing. */
  hunger(): Position | null;
  /** `from` is the hunger that this page answers; an answer to an earlier one is left out. */
  feed(events: readonly StoredEvent[], page: { from: Position; complete: boolean }): void;
  /** Begins a delivery whose time has come. */
  wake(): void;
  /** Ends after the running try, whose outcome still counts. */
  finish(): Promise<void>;
  /** Ends now: somebody else has the endpoint, so a late outcome must move nothing. */
  drop(): void;
  close(): void;
}

/** Read ahead below this many, so that a fast receiver never waits for the database. */
const LOW_MARK = 50;
const GONE = 410;

export interface LaneOptions {
  readonly endpoint: EndpointRecord;
  readonly keys: readonly LaneKey[];
  readonly stream: LaneStream;
}

/**
 * Delivers one stream to one endpoint, one event at a time and in order. While an event fails, those behind it wait; nobody else does:
 * a lane has its own connection, and what lanes share (reading, writing) never waits for a receiver.
 */
export function createLane({ endpoint, keys, stream }: LaneOptions, ports: LanePorts): Lane {
  const { outcomes, now } = ports;
  let cursor = stream.cursor;
  let readTo = stream.cursor;
  let events: StoredEvent[] = [];
  let attempts = stream.attempts;
  let failingSince = stream.failingSince;
  let dueAt = stream.nextTryAt;
  let { delivered } = stream;
  let lastPage = false;
  let mode: 'running' | 'finishing' | 'dropped' = 'running';
  let busy: Promise<void> | null = null;

  const standing = (changes: Partial<Standing>): Standing => ({
    partnerId: endpoint.partnerId,
    endpointId: endpoint.id,
    replayId: stream.replayId,
    cursor,
    failing: null,
    attempts: 0,
    nextTryAt: null,
    lastError: '',
    state: 'running',
    delivered,
    ...changes,
  });
  // A retirement is looked at on every try: it comes with time, not with a message.
  const liveSigners = (at: Date) => keys.filter(({ retiresAt }) => retiresAt === null || retiresAt > at).map(({ sign }) => sign);

  const passed = (event: StoredEvent, attempt: AttemptRecord | null) => {
    cursor = placeOf(event);
    attempts = 0;
    failingSince = null;
    dueAt = null;
    if (attempt) delivered++;
    events.shift();
    outcomes.record(standing({}), attempt);
  };

  const failed = async (event: StoredEvent, result: TryResult, tried: AttemptRecord) => {
    const at = now();
    failingSince ??= at;
    const retry =
      result.status === GONE ? null : nextTryAt({ attempt: attempts, retryAfterSeconds: result.retryAfterSeconds }, at, ports.random());
    const attempt = { ...tried, nextTryAt: retry };
    const failing = { at: placeOf(event), since: failingSince };
    const lastError = attempt.error ?? `HTTP ${result.status}`;
    const ends = retry === null && stream.replayId !== null && result.status !== GONE;
    outcomes.record(standing({ failing, attempts, nextTryAt: retry, lastError, state: ends ? 'failed' : 'running' }), attempt);
    dueAt = retry;
    // Nothing is kept in memory for an endpoint that is down; it is read again when its time comes.
    events = [];
    readTo = cursor;
    lastPage = false;
    if (retry !== null) return;
    mode = 'finishing';
    if (!ends) await ports.giveUp(result.status === GONE ? 'gone' : 'failing');
    ports.onEnded();
  };

  const deliver = async (event: StoredEvent) => {
    await outcomes.room();
    const at = now();
    const payload = payloadOf(event);
    const headers = await signedHeaders(liveSigners(at), { id: event.id, payload, at });
    const result = await ports.sender.send({ headers, payload });
    attempts++;
    const about = {
      partnerId: endpoint.partnerId,
      endpointId: endpoint.id,
      eventId: event.id,
      eventType: event.type,
      attempt: attempts,
      at,
    };
    const cause = stream.replayId === null ? ('event' as const) : ('replay' as const);
    const tried = attemptOf({ ...about, id: ports.makeId(), cause, nextTryAt: null }, result);
    ports.observe({ attempt: tried, event });
    if (mode === 'dropped') return;
    if (tried.delivered) passed(event, tried);
    else await failed(event, result, tried);
  };

  const work = async () => {
    while (mode === 'running' && dueIn(dueAt, now()) === 0) {
      const [event] = events;
      if (!event) break;
      if (stream.wants(event)) await deliver(event);
      else passed(event, null);
    }
    if (mode !== 'running' || events.length > 0 || !lastPage || dueAt !== null) return;
    mode = 'finishing';
    outcomes.record(standing({ state: 'done' }), null);
    ports.onEnded();
  };
  const start = () => {
    busy ??= work()
      .catch((error: unknown) => {
        // Whatever it was, the endpoint is taken up anew from where it is written to stand.
        mode = 'dropped';
        ports.onError(error);
        ports.onEnded();
      })
      .finally(() => {
        busy = null;
      });
  };

  return {
    endpoint,
    keys,
    stream,
    hunger: () => (mode === 'running' && !lastPage && dueIn(dueAt, now()) === 0 && events.length < LOW_MARK ? readTo : null),
    feed: (more, { from, complete }) => {
      // A failure since the question was asked has set the lane back: appending now would leave a gap.
      if (from.txid !== readTo.txid || from.id !== readTo.id || lastPage) return;
      events.push(...more);
      const last = events.at(-1);
      if (last) readTo = placeOf(last);
      lastPage = complete;
      if (more.length > 0 || complete) start();
    },
    wake: () => {
      if (events.length > 0 && busy === null && dueIn(dueAt, now()) === 0) start();
    },
    finish: async () => {
      if (mode === 'running') mode = 'finishing';
      await busy;
      ports.sender.close();
    },
    close: () => ports.sender.close(),
    drop: () => {
      mode = 'dropped';
      ports.sender.close();
    },
  };
}

const placeOf = ({ txid, id }: StoredEvent): Position => ({ txid, id });

const dueIn = (dueAt: Date | null, now: Date): number => (dueAt === null ? 0 : Math.max(0, dueAt.getTime() - now.getTime()));
