import type { Logger } from 'pino';

const EVERY_SECONDS = 5;
const MAX_JITTER_SECONDS = 2;

export interface Worker {
  /** Starts no new round and waits for the running one. */
  stop(): Promise<void>;
}

/**
 * Runs the platform's jobs again and again, in this process by default. A job that fails is told and tried again next
 * round; the pause between rounds varies, so that several nodes do not sweep in step.
 */
export function startWorker(jobs: Readonly<Record<string, () => Promise<unknown>>>, log: Logger): Worker {
  const stopping = new AbortController();
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      for (const [name, job] of Object.entries(jobs))
        await job().catch((error: unknown) => log.warn({ err: error, job: name }, 'job failed'));
      await pause((EVERY_SECONDS + Math.random() * MAX_JITTER_SECONDS) * 1000, stopping.signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await rounds;
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
