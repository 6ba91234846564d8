import { DomainError } from '../../kernel/errors.ts';

/** Lets few in at once and a few more wait; whoever comes beyond is told so, instead of waiting past every patience. */
export interface Gate {
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
}

const BUSY_SECONDS = 30;

export function createGate({ atOnce, waiting }: { atOnce: number; waiting: number }): Gate {
  const queue: (() => void)[] = [];
  let inside = 0;
  return {
    pass: async (work) => {
      if (inside >= atOnce) {
        if (queue.length >= waiting) throw new DomainError('unavailable', { retryAfterSeconds: BUSY_SECONDS });
        // The place of whoever leaves is handed on, so that nobody who comes later slips in between.
        await new Promise<void>((resolve) => queue.push(resolve));
      } else inside++;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next) next();
        else inside--;
      }
    },
  };
}
