import type { Scope } from '@chung/contracts';

/** What can go wrong, each as it goes wrong in earnest. */
export interface Faults {
  /** As if the member had not granted them, or the review had not approved them. */
  readonly deniedScopes: readonly Scope[];
  readonly token: 'valid' | 'expired';
  /** Before each answer, in real time. */
  readonly latencySeconds: number;
  /** `unreachable`: nothing arrives. `answers_lost`: it arrives and takes effect, and the answer is lost; what idempotency keys are for. */
  readonly network: 'up' | 'unreachable' | 'answers_lost';
  readonly rate: 'unlimited' | { readonly retryAfterSeconds: number };
  /** How webhooks come: each once and in order, each twice, or the newest first. */
  readonly deliveries: 'in_order' | 'duplicated' | 'reordered';
}

const NONE: Faults = {
  deniedScopes: [],
  token: 'valid',
  latencySeconds: 0,
  network: 'up',
  rate: 'unlimited',
  deliveries: 'in_order',
};

export interface Switchboard {
  readonly faults: Faults;
  set(change: Partial<Faults>): void;
  reset(): void;
  /** Sets faults for as long as `work` takes, and puts them back also when it throws. */
  during<Value>(change: Partial<Faults>, work: () => Value | Promise<Value>): Promise<Value>;
}

/**
 * The switches for faults; a fake platform, its host and its deliveries look at them at each step.
 *
 * @example
 * await platform.switches.during({ network: 'answers_lost' }, () => app.offers.claim({ offerId }).catch(() => {}));
 */
export function switchboard(initial: Partial<Faults> = {}): Switchboard {
  let faults: Faults = { ...NONE, ...initial };
  return {
    get faults() {
      return faults;
    },
    set: (change) => {
      faults = { ...faults, ...change };
    },
    reset: () => {
      faults = NONE;
    },
    during: async (change, work) => {
      const before = faults;
      faults = { ...faults, ...change };
      try {
        return await work();
      } finally {
        faults = before;
      }
    },
  };
}
