import type { RateClass } from '@chung/contracts';
import { DomainError } from './errors.ts';

/** Requests a minute for each class, one number for members and anonymous callers, one for partners and admins. */
export interface RateBudgets {
  readonly person: Readonly<Record<RateClass, number>>;
  readonly organisation: Readonly<Record<RateClass, number>>;
}

export const DEFAULT_BUDGETS: RateBudgets = {
  person: { read: 600, write: 600, bulk: 10, sensitive: 20 },
  organisation: { read: 6_000, write: 3_000, bulk: 60, sensitive: 600 },
};

/** All budgets times a factor, at least one request each. */
export function scaleBudgets(budgets: RateBudgets, factor: number): RateBudgets {
  const scale = ({ read, write, bulk, sensitive }: Readonly<Record<RateClass, number>>) => {
    const times = (points: number) => Math.max(1, Math.round(points * factor));
    return { read: times(read), write: times(write), bulk: times(bulk), sensitive: times(sensitive) };
  };
  return { person: scale(budgets.person), organisation: scale(budgets.organisation) };
}

const WINDOW_SECONDS = 60;

/**
 * Budgets that several callers share, as multiples of one caller's:
 * - `device`: the key of a device's DPoP proofs. One phone signed in as many members is bounded as three of them;
 * - `address`: everything from one address, asked before anybody is identified, so that a flood of bad tokens is cheap. Wide,
 *   because a mobile carrier puts thousands of members behind one address;
 * - `party`: one partner with all its apps and people.
 */
const SHARED = { device: 3, address: 100, party: 4 } as const;

/**
 * How many requests of one caller may run at the same moment. The pool of connections is one queue for all, and a page asks it
 * several times: each time behind everything that a flood has put there. Forty-eight at 20 ms each are still 2,400 a second.
 */
export interface InFlight {
  readonly person: number;
  readonly organisation: number;
}

const DEFAULT_IN_FLIGHT: InFlight = { person: 10, organisation: 48 };
const FEWEST_IN_FLIGHT = 4;

export function scaleInFlight(factor: number): InFlight {
  const times = (count: number) => Math.max(FEWEST_IN_FLIGHT, Math.round(count * factor));
  return { person: times(DEFAULT_IN_FLIGHT.person), organisation: times(DEFAULT_IN_FLIGHT.organisation) };
}

/** Who spends. `device` and `party` name what is shared with others, where there is such a thing. */
export interface Caller {
  readonly key: string;
  readonly kind: keyof RateBudgets;
  readonly device?: string | undefined;
  readonly party?: string | undefined;
}

export interface RateLimits {
  /** Takes one unit of each budget and returns the headers to send, or throws `rate_limited`. */
  take(caller: Caller, rate: RateClass): Readonly<Record<string, string>>;
  /** Takes one unit of an address, before it is known who calls. */
  takeAddress(address: string): void;
  /** Counts a request as running until the returned function is called; throws `rate_limited` when too many run. */
  enter(caller: Caller): () => void;
}

/**
 * Budgets of the API, held per process: they protect this process and need no round trip. What must hold over all
 * nodes (sign-in lockout, DPoP replay, per-member limits of an offer) is in the database.
 * Headers: draft-ietf-httpapi-ratelimit-headers-11.
 */
export function createRateLimits(budgets: RateBudgets, inFlight: InFlight = DEFAULT_IN_FLIGHT): RateLimits {
  const spend = createBuckets();
  const running = new Map<string, number>();
  const leave = (key: string) => {
    const left = (running.get(key) ?? 1) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  };
  return {
    takeAddress: (address) => {
      spend({ name: 'address', key: address, quota: budgets.person.read * SHARED.address });
    },
    take: ({ key, kind, device, party }, rate) => {
      const quota = budgets[kind][rate];
      const { left, endsInSeconds } = spend({ name: `${kind}:${rate}`, key, quota });
      if (device !== undefined) spend({ name: `device:${rate}`, key: device, quota: quota * SHARED.device });
      if (party !== undefined) spend({ name: `party:${rate}`, key: party, quota: quota * SHARED.party });
      return {
        'ratelimit-policy': `"${rate}";q=${quota};w=${WINDOW_SECONDS}`,
        ratelimit: `"${rate}";r=${left};t=${endsInSeconds}`,
      };
    },
    enter: ({ key, kind, party }) => {
      const slots = [{ key, most: inFlight[kind] }];
      if (party !== undefined) slots.push({ key: party, most: inFlight[kind] * 2 });
      if (slots.some((slot) => (running.get(slot.key) ?? 0) >= slot.most)) throw new DomainError('rate_limited', { retryAfterSeconds: 1 });
      for (const slot of slots) running.set(slot.key, (running.get(slot.key) ?? 0) + 1);
      return () => {
        for (const slot of slots) leave(slot.key);
      };
    },
  };
}

interface Spending {
  readonly name: string;
  readonly key: string;
  readonly quota: number;
}

interface Window {
  spent: number;
  readonly until: number;
}

/** Takes one unit and answers the window it was taken of; a refusal is a `rate_limited` that says when the window ends. */
function createBuckets(): (spending: Spending) => { readonly left: number; readonly endsInSeconds: number } {
  const buckets = new Map<string, Map<string, Window>>();
  return ({ name, key, quota }) => {
    const windows = buckets.get(name) ?? new Map<string, Window>();
    if (windows.size === 0) buckets.set(name, windows);
    // Whole milliseconds of a clock that cannot be set.
    const now = Math.floor(performance.now());
    const window = openWindow(windows, key, now);
    window.spent += 1;
    const endsInSeconds = Math.ceil((window.until - now) / 1000);
    if (window.spent > quota) throw new DomainError('rate_limited', { retryAfterSeconds: endsInSeconds });
    return { left: quota - window.spent, endsInSeconds };
  };
}

/**
 * The window that runs, or a new one. Windows are all of one length and the map keeps the order in which they began, so those that
 * are over stand in front: each newcomer takes out what it finds there, and memory holds one minute of callers and no timer.
 */
function openWindow(windows: Map<string, Window>, key: string, now: number): Window {
  const running = windows.get(key);
  if (running && running.until > now) return running;
  if (running) windows.delete(key);
  for (const [oldest, { until }] of windows) {
    if (until > now) break;
    windows.delete(oldest);
  }
  const window = { spent: 0, until: now + WINDOW_SECONDS * 1000 };
  windows.set(key, window);
  return window;
}
