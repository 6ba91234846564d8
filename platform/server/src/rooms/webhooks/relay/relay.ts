import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Db } from '../../../kernel/db.ts';
import { createIdMaker, newId } from '../../../kernel/ids.ts';
import { outboxHorizon } from '../../../kernel/outbox.ts';
import type { Vault } from '../../../kernel/vault.ts';
import { type EndpointRecord, type KeyRecord, sealContext, wantsType } from '../endpoint.ts';
import type { AllowedHosts } from '../endpoint-url.ts';
import { signerOf } from '../signing.ts';
import type { NameResolver } from './guarded-lookup.ts';
import { createLane, type Lane, type LaneKey, type LaneStream } from './lane.ts';
import { createOutcomes } from './outcomes.ts';
import { readEvents } from './read-events.ts';
import type { RelayMetrics } from './relay-metrics.ts';
import {
  keepLeases,
  loadHeld,
  loadReplays,
  type RunningReplay,
  releaseLeases,
  removeRelay,
  takeEndpoints,
  writeOutcomes,
} from './relay-store.ts';
import { createSender, type SenderOptions } from './sender.ts';

export interface RelayPorts {
  readonly db: Db;
  readonly vault: Vault;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
  readonly resolver: NameResolver;
  readonly allowedHosts: AllowedHosts;
  /** Decides about retries, key retirement and signatures' timestamps; tests move it. Leases run on the database's own clock. */
  readonly now: () => Date;
  readonly random: () => number;
  readonly timeouts?: SenderOptions['timeouts'];
  readonly leaseSeconds?: number;
  /** Pauses an endpoint with event and audit entry, if this process still holds it. */
  rest(endpoint: EndpointRecord, reason: 'failing' | 'gone', relayId: string): Promise<void>;
}

export interface Relay {
  /** Begins nothing more, lets running tries end, writes what they came to and gives the endpoints back. */
  stop(): Promise<void>;
}

const LEASE_SECONDS = 20;
const HEARTBEAT_MS = 1_000;
const MAX_LANES = 2_000;
const STOP_WITHIN_MS = 15_000;
/** Pauses between two readings: short while events come, so that they leave soon; growing while nothing happens. */
const BUSY_MS = 15;
const IDLE_MS = 150;
const GROWTH = 1.3;
const AFTER_ERROR_MS = 1_000;

/**
 * Delivers events to the endpoints that this process holds a lease of. Three loops that never wait for a receiver: leases (who delivers
 * to whom), reading (what is next for lanes that run low), writing (what came of it). The lanes do the waiting, each for itself.
 *
 * At least once: a place in the outbox moves only after the receiver's 2xx. In order: every process that delivers to an endpoint goes
 * through its stream one by one from a place that was delivered up to, so the first arrivals stand in order also when two processes
 * overlap for a moment after a lost lease.
 */
export function startRelay(ports: RelayPorts): Relay {
  const relay = new RelayProcess(ports);
  relay.start();
  return { stop: () => relay.stop() };
}

class RelayProcess {
  readonly #ports: RelayPorts;
  readonly #id = newId<string>();
  readonly #makeId = createIdMaker<string>();
  readonly #stopping = new AbortController();
  readonly #lanes = new Map<string, Lane>();
  readonly #outcomes;
  #loops: readonly Promise<void>[] = [];
  #troubled = false;
  #pauseMs = BUSY_MS;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#outcomes = createOutcomes({
      write: async (batch) => {
        const began = performance.now();
        const held = await writeOutcomes(ports.db, this.#id, batch);
        ports.metrics.wrote((performance.now() - began) / 1000);
        return held;
      },
      onLost: (endpointId) => this.#drop(endpointId),
      onError: (error) => this.#tell(error),
    });
  }

  start(): void {
    this.#loops = [
      this.#loop(
        () => this.#heartbeat(),
        () => HEARTBEAT_MS,
      ),
      this.#loop(
        () => this.#read(),
        (found) => {
          this.#pauseMs = found ? BUSY_MS : Math.min(IDLE_MS, this.#pauseMs * GROWTH);
          return this.#pauseMs;
        },
      ),
    ];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const orderly = async () => {
      await Promise.all(this.#loops);
      await Promise.all([...this.#lanes.values()].map((lane) => lane.finish()));
      await this.#outcomes.stop();
      await releaseLeases(this.#ports.db, this.#id, null);
      await removeRelay(this.#ports.db, this.#id);
    };
    // A database that is away must not keep the process alive; the leases then end by themselves.
    const waiting = new AbortController();
    const late = sleep(STOP_WITHIN_MS, undefined, { signal: waiting.signal }).catch(() => {});
    await Promise.race([orderly().catch((error: unknown) => this.#tell(error)), late]);
    waiting.abort();
    for (const lane of this.#lanes.values()) lane.drop();
  }

  async #loop<Result>(step: () => Promise<Result>, pauseMs: (result: Result) => number): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const pause = await step().then(
        (result) => {
          this.#troubled = false;
          return pauseMs(result);
        },
        (error: unknown) => {
          this.#tell(error);
          return AFTER_ERROR_MS;
        },
      );
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  /** A database that is away is told once and not every second. */
  #tell(error: unknown): void {
    if (!this.#troubled) this.#ports.log.warn({ err: error }, 'webhook relay: trouble, going on');
    this.#troubled = true;
  }

  async #heartbeat(): Promise<void> {
    const { db, leaseSeconds = LEASE_SECONDS } = this.#ports;
    const { held, share } = await keepLeases(db, this.#id, leaseSeconds);
    const lost = [...this.#lanes.values()].filter(({ endpoint }) => !held.has(endpoint.id));
    for (const { endpoint } of lost) this.#drop(endpoint.id);
    // What they delivered is written before anybody takes their endpoints up again.
    if (lost.length > 0) await this.#outcomes.flush();
    if (held.size > share) await this.#giveBack([...held].slice(share));
    const limit = Math.min(share, MAX_LANES) - held.size;
    if (limit > 0) await takeEndpoints(db, { relayId: this.#id, leaseSeconds, limit });
    await this.#openLanes();
    this.#ports.metrics.lanes(this.#lanes.size);
  }

  /** More processes than before: those over the share go to them, after their running try. */
  async #giveBack(endpointIds: readonly string[]): Promise<void> {
    const lanes = [...this.#lanes].filter(([, lane]) => endpointIds.includes(lane.endpoint.id));
    await Promise.all(lanes.map(([, lane]) => lane.finish()));
    await this.#outcomes.flush();
    for (const [key] of lanes) this.#lanes.delete(key);
    await releaseLeases(this.#ports.db, this.#id, endpointIds);
  }

  async #openLanes(): Promise<void> {
    const { db } = this.#ports;
    const known = [...this.#lanes.values()].filter(({ stream }) => stream.replayId === null).map(({ endpoint }) => endpoint.id);
    for (const { endpoint, keys } of await loadHeld(db, this.#id, known)) {
      this.#open(endpoint, this.#keysOf(keys), liveStream(endpoint));
    }
    for (const replay of await loadReplays(db, this.#id)) {
      const lane = this.#lanes.get(replay.endpointId);
      if (lane && !this.#lanes.has(replay.id)) this.#open(lane.endpoint, lane.keys, replayStream(replay, lane.endpoint));
    }
  }

  #keysOf(keys: readonly KeyRecord[]): readonly LaneKey[] {
    const { vault } = this.#ports;
    return keys.map(({ id, sealed, retiresAt }) => ({ sign: signerOf(vault.open(sealed, sealContext(id))), retiresAt }));
  }

  #open(endpoint: EndpointRecord, keys: readonly LaneKey[], stream: LaneStream): void {
    const { resolver, allowedHosts, now, random, timeouts, metrics } = this.#ports;
    const key = stream.replayId ?? endpoint.id;
    const lane: Lane = createLane(
      { endpoint, keys, stream },
      {
        sender: createSender(endpoint.url, { resolver, allowedHosts, now, ...(timeouts && { timeouts }) }),
        outcomes: this.#outcomes,
        now,
        random,
        makeId: this.#makeId,
        observe: metrics.tried,
        giveUp: async (reason) => {
          // First the place behind what was delivered: the pause ends the lease, and with it the right to move.
          await this.#outcomes.flush();
          await this.#ports.rest(endpoint, reason, this.#id);
        },
        onEnded: () => {
          if (this.#lanes.get(key) === lane) this.#lanes.delete(key);
          lane.close();
        },
        onError: (error) => this.#tell(error),
      },
    );
    this.#lanes.set(key, lane);
  }

  #drop(endpointId: string): void {
    for (const [key, lane] of this.#lanes) {
      if (lane.endpoint.id !== endpointId) continue;
      lane.drop();
      this.#lanes.delete(key);
    }
  }

  /** One horizon and one statement for all lanes that run low; answers whether anything came. */
  async #read(): Promise<boolean> {
    const hungry = [...this.#lanes.values()].flatMap((lane) => {
      lane.wake();
      const from = lane.hunger();
      return from ? [{ lane, from }] : [];
    });
    if (hungry.length === 0) return false;
    const horizon = await outboxHorizon(this.#ports.db);
    return readEvents(this.#ports.db, hungry, horizon);
  }
}

const liveStream = (endpoint: EndpointRecord): LaneStream => ({
  replayId: null,
  cursor: endpoint.cursor,
  end: null,
  attempts: endpoint.attempts,
  delivered: 0,
  failingSince: endpoint.failing?.since ?? null,
  nextTryAt: endpoint.nextTryAt,
  wants: (event) => wantsType(endpoint, event.type),
});

const replayStream = (replay: RunningReplay, endpoint: EndpointRecord): LaneStream => ({
  replayId: replay.id,
  cursor: replay.cursor,
  end: replay.end,
  attempts: replay.attempts,
  delivered: replay.delivered,
  failingSince: null,
  nextTryAt: replay.nextTryAt,
  wants: ({ id, type, occurredAt }) =>
    replay.eventId === null ? wantsType(endpoint, type) && occurredAt >= replay.from && occurredAt < replay.until : id === replay.eventId,
});
