import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';

const EVERY_SECONDS = 5;

export interface Worker {
  /** Starts no new job and waits for the running one. */
  stop(): Promise<void>;
}

/**
 * Runs the platform's jobs again and again, in this process by default. A job that fails is told and tried again next
 * round; the pause between rounds varies, so that several nodes do not sweep in step.
 */
export function startWorker(
  jobs: Readonly<Record<string, () => Promise<unknown>>>,
  { log, everySeconds = EVERY_SECONDS }: { log: Logger; everySeconds?: number },
): Worker {
  const stopping = new AbortController();
  const runJob = async (name: string, job: () => Promise<unknown>) => {
    try {
      await job();
    } catch (error) {
      log.warn({ err: error, job: name }, 'job failed');
    }
  };
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      for (const [name, job] of Object.entries(jobs)) if (!stopping.signal.aborted) await runJob(name, job);
      await setTimeout((everySeconds + (Math.random() * everySeconds) / 3) * 1000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await rounds;
    },
  };
}
