import { DomainError } from './errors.ts';
import { codeOf } from './outside.ts';

export interface GathererOptions<Item, Outcome> {
  /** Runs a batch as one transaction; outcomes in the order of the items. `attempt` begins with 1. */
  run(items: readonly Item[], attempt: number): Promise<readonly Outcome[]>;
  /** Failures, beside serialisation and deadlock, after which nothing was committed and the same batch may pass. */
  isAgain?(error: unknown, attempt: number): boolean;
  /** Items of one group share a lane and take turns with other groups, so that a hot one starves nobody. */
  groupOf(item: Item): string;
  /** Two items with one identity are never on their way at once in a lane: the second must see what the first did. */
  identityOf?(item: Item): string;
  readonly lanes: number;
  readonly maxBatch: number;
  /**
   * So many waiting go on their way while the last batch is still in flight: the database has the next at hand when it is done, instead
   * of waiting for us to read its answer. Fewer are better off in a larger batch. Never more than two at once.
   */
  readonly ahead?: number;
  /** Beyond this, and beyond the wait, newcomers are refused: a queue that cannot be served in time only grows. */
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  /** Clock for waits; a test moves its own. */
  readonly now?: () => number;
}

export interface Gatherer<Item, Outcome> {
  /** Resolves after the commit of the batch it was in. Throws `unavailable` with Retry-After when the queue is full. */
  submit(item: Item): Promise<Outcome>;
  readonly waiting: number;
}

interface Entry<Item, Outcome> {
  readonly item: Item;
  readonly since: number;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** Nothing was committed and the same batch may pass now: serialisation failure, deadlock. */
const AGAIN = new Set(['40001', '40P01']);
const MAX_TRIES = 5;
const AFTER_A_FAILURE = 2;

/**
 * Group commit: what arrives while a batch is in flight becomes the next batch. No timer and no target size, so a lone request waits
 * for nothing and a flood makes large batches, up to `maxBatch`.
 */
export function createGatherer<Item, Outcome>(options: GathererOptions<Item, Outcome>): Gatherer<Item, Outcome> {
  const lanes = Array.from({ length: options.lanes }, () => createLane(options));
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  return {
    get waiting() {
      return waiting();
    },
    submit: (item) => {
      const lane = lanes[hashOf(options.groupOf(item)) % lanes.length];
      if (!lane) throw new Error('a gatherer needs a lane');
      const expectedMs = lane.expectedWaitMs;
      if (waiting() >= options.maxWaiting || expectedMs > options.maxWaitMs) return Promise.reject(overloaded(expectedMs));
      return lane.add(item);
    },
  };
}

const overloaded = (expectedMs: number) =>
  new DomainError('unavailable', { retryAfterSeconds: Math.max(1, Math.min(30, Math.ceil(expectedMs / 1000))) });

/** FNV-1a; spreads ids over lanes, no secret in it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

interface Lane<Item, Outcome> {
  readonly waiting: number;
  readonly expectedWaitMs: number;
  add(item: Item): Promise<Outcome>;
}

function createLane<Item, Outcome>(options: GathererOptions<Item, Outcome>): Lane<Item, Outcome> {
  const now = options.now ?? performance.now.bind(performance);
  const groups = new Map<string, Entry<Item, Outcome>[]>();
  const underWay = new Set<string>();
  let waiting = 0;
  let running = 0;
  /** Milliseconds a batch took of late; 0 until the first is through. A batch of one takes about as long as one of a hundred. */
  let batchMs = 0;

  const serve = async (timely: readonly Entry<Item, Outcome>[]) => {
    const identities = timely.map(({ item }) => options.identityOf?.(item)).filter((identity) => identity !== undefined);
    for (const identity of identities) underWay.add(identity);
    const started = now();
    await runBatch(options, timely);
    const spent = now() - started;
    // A moving average over about eight batches: long enough for a hiccup, short enough to open again within a second.
    batchMs = batchMs === 0 ? spent : batchMs + (spent - batchMs) / 8;
    for (const identity of identities) underWay.delete(identity);
  };

  const drain = async () => {
    while (waiting > 0 && (running === 1 || waiting >= (options.ahead ?? Number.POSITIVE_INFINITY))) {
      const batch = takeBatch(groups, { ...options, underWay });
      // All who wait have somebody of theirs under way: the batch that brings them back goes on here.
      if (batch.length === 0) break;
      waiting -= batch.length;
      const late = batch.filter((entry) => now() - entry.since > options.maxWaitMs);
      for (const entry of late) entry.reject(overloaded(options.maxWaitMs));
      const timely = batch.filter((entry) => !late.includes(entry));
      if (timely.length > 0) await serve(timely);
    }
    running -= 1;
  };

  return {
    get waiting() {
      return waiting;
    },
    get expectedWaitMs() {
      // The batches before a newcomer's, and its own. Whoever finds nobody waiting is always let in: the only way to learn that a
      // database that was slow is quick again is to ask it.
      return waiting === 0 ? 0 : (Math.floor(waiting / options.maxBatch) + 1) * batchMs;
    },
    add: (item) =>
      new Promise((resolve, reject) => {
        const key = options.groupOf(item);
        const group = groups.get(key) ?? [];
        if (group.length === 0) groups.set(key, group);
        group.push({ item, since: now(), resolve, reject });
        waiting += 1;
        // In a microtask: what the same tick brings along shares the first batch.
        if (running === 0 || (running === 1 && waiting >= (options.ahead ?? Number.POSITIVE_INFINITY))) {
          running += 1;
          queueMicrotask(drain);
        }
      }),
  };
}

/** One of each group in turn until the batch is full. What shares an identity with a member of the batch stays for the next. */
function takeBatch<Item, Outcome>(
  groups: Map<string, Entry<Item, Outcome>[]>,
  { maxBatch, identityOf, underWay }: GathererOptions<Item, Outcome> & { readonly underWay: ReadonlySet<string> },
): Entry<Item, Outcome>[] {
  const batch: Entry<Item, Outcome>[] = [];
  const identities = new Set(underWay);
  const held = new Map<string, Entry<Item, Outcome>[]>();
  const heads = new Map([...groups.keys()].map((key) => [key, 0]));
  const fits = (entry: Entry<Item, Outcome>) => {
    const identity = identityOf?.(entry.item);
    if (identity === undefined) return true;
    const isNew = !identities.has(identity);
    identities.add(identity);
    return isNew;
  };
  const takeOne = (key: string, head: number) => {
    const entry = groups.get(key)?.[head];
    if (!entry) return false;
    heads.set(key, head + 1);
    if (fits(entry)) batch.push(entry);
    else held.set(key, [...(held.get(key) ?? []), entry]);
    return true;
  };
  const open = new Set(groups.keys());
  while (batch.length < maxBatch && open.size > 0)
    for (const key of open) if (batch.length < maxBatch && !takeOne(key, heads.get(key) ?? 0)) open.delete(key);
  for (const [key, head] of heads) keepRest(groups, key, [...(held.get(key) ?? []), ...(groups.get(key) ?? []).slice(head)]);
  return batch;
}
/** A group that was served goes to the end of the line: the next batch begins with those that this one had no room for. */
function keepRest<Entry>(groups: Map<string, Entry[]>, key: string, rest: Entry[]): void {
  if (rest.length === groups.get(key)?.length) return;
  groups.delete(key);
  if (rest.length > 0) groups.set(key, rest);
}

async function runBatch<Item, Outcome>(
  options: GathererOptions<Item, Outcome>,
  batch: readonly Entry<Item, Outcome>[],
  firstAttempt = 1,
): Promise<void> {
  for (let attempt = firstAttempt; ; attempt++) {
    try {
      const items = batch.map((entry) => entry.item);
      const outcomes = await options.run(items, attempt);
      for (const [index, entry] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) entry.reject(new Error('a batch answered fewer outcomes than it had items'));
        else entry.resolve(outcome);
      }
      return;
    } catch (error) {
      if ((AGAIN.has(codeOf(error)) || options.isAgain?.(error, attempt)) && attempt < firstAttempt + MAX_TRIES - 1) continue;
      await settleFailure(options, batch, error);
      return;
    }
  }
}

/** One bad item must not fail its neighbours: the batch is halved until it stands alone. A lost database fails everyone at once. */
async function settleFailure<Item, Outcome>(
  options: GathererOptions<Item, Outcome>,
  batch: readonly Entry<Item, Outcome>[],
  error: unknown,
): Promise<void> {
  if (batch.length === 1 || error instanceof DomainError) {
    for (const entry of batch) entry.reject(error);
    return;
  }
  const middle = batch.length >> 1;
  await runBatch(options, batch.slice(0, middle), AFTER_A_FAILURE);
  await runBatch(options, batch.slice(middle), AFTER_A_FAILURE);
}
