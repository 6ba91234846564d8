import type { RateClass } from '@chung/contracts';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
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

export interface RateLimits {
  /** Takes one unit and returns the headers to send, or throws `rate_limited`. */
  take(caller: { key: string; kind: keyof RateBudgets }, rate: RateClass): Promise<Readonly<Record<string, string>>>;
}

/**
 * Budgets of the API, held per process: they protect this process and need no round trip. What must hold over all
 * nodes (sign-in lockout, DPoP replay, per-member limits of an offer) is in the database.
 * Headers: draft-ietf-httpapi-ratelimit-headers-11.
 */
export function createRateLimits(budgets: RateBudgets): RateLimits {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiterOf = (kind: keyof RateBudgets, rate: RateClass) => {
    const name = `${kind}:${rate}`;
    const existing = limiters.get(name);
    if (existing) return existing;
    const made = new RateLimiterMemory({ points: budgets[kind][rate], duration: WINDOW_SECONDS, keyPrefix: name });
    limiters.set(name, made);
    return made;
  };
  return {
    take: async ({ key, kind }, rate) => {
      const quota = budgets[kind][rate];
      const headers = (state: RateLimiterRes) => ({
        'ratelimit-policy': `"${rate}";q=${quota};w=${WINDOW_SECONDS}`,
        ratelimit: `"${rate}";r=${state.remainingPoints};t=${Math.ceil(state.msBeforeNext / 1000)}`,
      });
      try {
        return headers(await limiterOf(kind, rate).consume(key));
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
        throw new DomainError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(rejection.msBeforeNext / 1000)) });
      }
    },
  };
}
