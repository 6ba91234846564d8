import type { PartnerId, WebhookEndpointId, WebhookReplayId } from '@chung/contracts';
import type { AttemptRecord } from '../delivery.ts';
import type { Position } from '../endpoint.ts';

/** Where a lane stands after its last try; only the newest of a lane is written. */
export interface Standing {
  readonly partnerId: PartnerId;
  readonly endpointId: WebhookEndpointId;
  /** Null for the endpoint's own stream. */
  readonly replayId: WebhookReplayId | null;
  readonly cursor: Position;
  readonly failing: { readonly at: Position; readonly since: Date } | null;
  readonly attempts: number;
  readonly nextTryAt: Date | null;
  readonly lastError: string;
  /** Replays only. */
  readonly state: 'running' | 'done' | 'failed';
  /** Replays only: how many were delivered so far. */
  readonly delivered: number;
}

export interface OutcomeBatch {
  readonly attempts: readonly AttemptRecord[];
  readonly standings: readonly Standing[];
}

export interface OutcomesOptions {
  /** Writes a batch in one transaction and answers the endpoints whose lease this process still held. */
  write(batch: OutcomeBatch): Promise<ReadonlySet<string>>;
  onLost(endpointId: WebhookEndpointId): void;
  onError(error: unknown): void;
}

export interface Outcomes {
  record(standing: Standing, attempt: AttemptRecord | null): void;
  /** Resolves when there is room for another outcome: a database that is away stops the deliveries, not the memory. */
  room(): Promise<void>;
  /** Resolves when everything recorded before is written. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const WRITE_EVERY_MS = 40;
const BATCH_MAX = 2_000;
const PENDING_MAX = 4_000;
const AFTER_FAILURE_MS = 1_000;

/**
 * Gathers the outcomes of all lanes and writes them set by set: at thousands a second one commit each would be the whole cost. What is
 * not yet written when the process dies is delivered again, under the same ids; nothing can be skipped by it.
 */
export function createOutcomes({ write, onLost, onError }: OutcomesOptions): Outcomes {
  let attempts: AttemptRecord[] = [];
  let standings = new Map<string, Standing>();
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;

  const isEmpty = () => attempts.length === 0 && standings.size === 0;
  const schedule = (afterMs: number) => {
    if (!stopped) timer ??= setTimeout(() => void writeOnce(), afterMs);
  };
  const writeOnce = (): Promise<void> => {
    timer = clear(timer);
    running ??= writeBatch().finally(() => {
      running = null;
      if (!isEmpty()) schedule(attempts.length >= BATCH_MAX ? 0 : WRITE_EVERY_MS);
    });
    return running;
  };
  const writeBatch = async () => {
    const batch = { attempts: attempts.splice(0, BATCH_MAX), standings: [...standings.values()] };
    const taken = standings;
    standings = new Map();
    try {
      const held = await write(batch);
      for (const { endpointId, replayId } of batch.standings) if (replayId === null && !held.has(endpointId)) onLost(endpointId);
      const admitted = waiting;
      waiting = [];
      for (const admit of admitted) admit();
    } catch (error) {
      // Put back before what came meanwhile: the newer standing of a lane wins.
      attempts = [...batch.attempts, ...attempts];
      standings = new Map([...taken, ...standings]);
      onError(error);
      await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
    }
  };
  return {
    record: (standing, attempt) => {
      if (attempt) attempts.push(attempt);
      standings.set(`${standing.endpointId}:${standing.replayId ?? ''}`, standing);
      schedule(attempts.length >= BATCH_MAX ? 0 : WRITE_EVERY_MS);
    },
    room: () => (attempts.length < PENDING_MAX ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    flush: async () => {
      // The batch that is under way may have been cut before our outcome was recorded.
      if (running) await running;
      if (!isEmpty()) await writeOnce();
    },
    stop: async () => {
      stopped = true;
      timer = clear(timer);
      if (running) await running;
      if (!isEmpty()) await writeOnce();
    },
  };
}

function clear(timer: NodeJS.Timeout | null): null {
  if (timer) clearTimeout(timer);
  return null;
}
