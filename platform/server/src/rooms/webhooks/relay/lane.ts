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
export function createLane(options: LaneOptions, ports: LanePorts): Lane {
  return new DeliveryLane(options, ports);
}

class DeliveryLane implements Lane {
  readonly endpoint: EndpointRecord;
  readonly keys: readonly LaneKey[];
  readonly stream: LaneStream;
  readonly #ports: LanePorts;
  #mode: 'running' | 'finishing' | 'dropped' = 'running';
  #busy: Promise<void> | null = null;
  /** Everything up to here is delivered; up to `readTo` it is read. */
  #cursor: Position;
  #readTo: Position;
  #events: StoredEvent[] = [];
  #lastPage = false;
  #attempts: number;
  #failingSince: Date | null;
  #dueAt: Date | null;
  #delivered: number;

  constructor({ endpoint, keys, stream }: LaneOptions, ports: LanePorts) {
    this.endpoint = endpoint;
    this.keys = keys;
    this.stream = stream;
    this.#ports = ports;
    this.#cursor = stream.cursor;
    this.#readTo = stream.cursor;
    this.#attempts = stream.attempts;
    this.#failingSince = stream.failingSince;
    this.#dueAt = stream.nextTryAt;
    this.#delivered = stream.delivered;
  }

  hunger(): Position | null {
    const reads = this.#mode === 'running' && !this.#lastPage && this.#isDue() && this.#events.length < LOW_MARK;
    return reads ? this.#readTo : null;
  }

  feed(more: readonly StoredEvent[], { from, complete }: { from: Position; complete: boolean }): void {
    // A failure since the question was asked has set the lane back: appending now would leave a gap.
    if (from.txid !== this.#readTo.txid || from.id !== this.#readTo.id || this.#lastPage) return;
    this.#events.push(...more);
    const last = this.#events.at(-1);
    if (last) this.#readTo = placeOf(last);
    this.#lastPage = complete;
    if (more.length > 0 || complete) this.#start();
  }

  wake(): void {
    if (this.#events.length > 0 && this.#isDue()) this.#start();
  }

  async finish(): Promise<void> {
    if (this.#mode === 'running') this.#mode = 'finishing';
    await this.#busy;
    this.close();
  }

  drop(): void {
    this.#mode = 'dropped';
    this.close();
  }

  close(): void {
    this.#ports.sender.close();
  }

  #isDue(): boolean {
    return this.#dueAt === null || this.#dueAt <= this.#ports.now();
  }

  #start(): void {
    this.#busy ??= this.#work()
      .catch((error: unknown) => {
        // Whatever it was, the endpoint is taken up anew from where it is written to stand.
        this.#mode = 'dropped';
        this.#ports.onError(error);
        this.#ports.onEnded();
      })
      .finally(() => {
        this.#busy = null;
      });
  }

  async #work(): Promise<void> {
    while (this.#mode === 'running' && this.#isDue()) {
      const [event] = this.#events;
      if (!event) break;
      if (this.stream.wants(event)) await this.#deliver(event);
      else this.#passed(event, null);
    }
    if (this.#mode !== 'running' || this.#events.length > 0 || !this.#lastPage || this.#dueAt !== null) return;
    this.#mode = 'finishing';
    this.#ports.outcomes.record(this.#standing({ state: 'done' }), null);
    this.#ports.onEnded();
  }

  async #deliver(event: StoredEvent): Promise<void> {
    const { outcomes, sender, now, makeId, observe } = this.#ports;
    await outcomes.room();
    const at = now();
    const payload = payloadOf(event);
    // A retirement is looked at on every try: it comes with time, not with a message.
    const live = this.keys.filter(({ retiresAt }) => retiresAt === null || retiresAt > at).map(({ sign }) => sign);
    const headers = await signedHeaders(live, { id: event.id, payload, at });
    const result = await sender.send({ headers, payload });
    this.#attempts++;
    const about = { partnerId: this.endpoint.partnerId, endpointId: this.endpoint.id, eventId: event.id, eventType: event.type, at };
    const cause = this.stream.replayId === null ? ('event' as const) : ('replay' as const);
    const tried = attemptOf({ ...about, id: makeId(), cause, attempt: this.#attempts, nextTryAt: null }, result);
    observe({ attempt: tried, event });
    if (this.#mode === 'dropped') return;
    if (tried.delivered) this.#passed(event, tried);
    else await this.#failed(event, result, tried);
  }

  #passed(event: StoredEvent, attempt: AttemptRecord | null): void {
    this.#cursor = placeOf(event);
    this.#attempts = 0;
    this.#failingSince = null;
    this.#dueAt = null;
    if (attempt) this.#delivered++;
    this.#events.shift();
    this.#ports.outcomes.record(this.#standing({}), attempt);
  }

  async #failed(event: StoredEvent, result: TryResult, tried: AttemptRecord): Promise<void> {
    const { now, random, outcomes, giveUp, onEnded } = this.#ports;
    const at = now();
    const isGone = result.status === GONE;
    this.#failingSince ??= at;
    const retry = isGone ? null : nextTryAt({ attempt: this.#attempts, retryAfterSeconds: result.retryAfterSeconds }, at, random());
    const attempt = { ...tried, nextTryAt: retry };
    const failing = { at: placeOf(event), since: this.#failingSince };
    const lastError = attempt.error ?? `HTTP ${result.status}`;
    // A replay that fails to its end is over; that the endpoint rests is for its own stream to say.
    const ends = retry === null && this.stream.replayId !== null && !isGone;
    const state = ends ? 'failed' : 'running';
    outcomes.record(this.#standing({ failing, attempts: this.#attempts, nextTryAt: retry, lastError, state }), attempt);
    this.#dueAt = retry;
    // Nothing is kept in memory for an endpoint that is down; it is read again when its time comes.
    this.#events = [];
    this.#readTo = this.#cursor;
    this.#lastPage = false;
    if (retry !== null) return;
    this.#mode = 'finishing';
    if (!ends) await giveUp(isGone ? 'gone' : 'failing');
    onEnded();
  }

  #standing(changes: Partial<Standing>): Standing {
    return {
      partnerId: this.endpoint.partnerId,
      endpointId: this.endpoint.id,
      replayId: this.stream.replayId,
      cursor: this.#cursor,
      failing: null,
      attempts: 0,
      nextTryAt: null,
      lastError: '',
      state: 'running',
      delivered: this.#delivered,
      ...changes,
    };
  }
}

const placeOf = ({ txid, id }: StoredEvent): Position => ({ txid, id });
