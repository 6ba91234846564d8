import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

/** `.ts` from the sources, `.js` in the package. */
const THREAD = new URL(`./inference-thread${path.extname(import.meta.url)}`, import.meta.url);

export const Inferred = z.object({
  uses: z.array(z.object({ scope: z.string(), at: z.string() })),
  /** Errors that `chung check` would find. */
  findings: z.int(),
});
export type Inferred = z.infer<typeof Inferred>;

/**
 * Works out what the source needs, again whenever it is asked to; while it works, asking is remembered once. `onResult` gets null for a
 * program that cannot be read, which the build tells by itself.
 */
export function createInference(root: string, onResult: (inferred: Inferred | null) => void) {
  let thread: Worker | null = null;
  let isAskedAgain = false;
  const ask = (): void => {
    if (thread) {
      isAskedAgain = true;
      return;
    }
    thread = new Worker(THREAD, { workerData: { root } });
    thread.once('message', (message) => onResult(Inferred.parse(message)));
    thread.once('error', () => onResult(null));
    thread.once('exit', () => {
      thread = null;
      if (!isAskedAgain) return;
      isAskedAgain = false;
      ask();
    });
  };
  return {
    ask,
    close: async () => {
      isAskedAgain = false;
      await thread?.terminate();
    },
  };
}
