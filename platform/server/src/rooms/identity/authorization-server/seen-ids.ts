import type { Db } from '../../../kernel/db.ts';
import { rememberIds } from './artifact-store.ts';

/** Ids that may be seen once, on whatever node: client assertions and DPoP proofs. */
export interface SeenIds {
  /** Remembers an id until it expires; false when it was seen before. Answers after the commit: a failover must not forget it. */
  seeOnce(id: string, expiresInSeconds: number): Promise<boolean>;
}

interface Asked {
  readonly expiresInSeconds: number;
  readonly first: PromiseWithResolvers<boolean>;
}

/** One statement takes as many; a burst beyond that waits for the next. */
const IDS_AT_ONCE = 500;

/**
 * While one statement waits for its commit, the ids of all requests that arrive meanwhile gather and go with the next: a
 * commit a request was the limit of the token endpoint. The primary key still decides who was first, so two nodes cannot both win.
 */
export function createSeenIds(db: Db): SeenIds {
  const waiting = new Map<string, Asked>();
  let isRunning = false;

  const run = async () => {
    isRunning = true;
    while (waiting.size > 0) await write(db, takeFrom(waiting));
    isRunning = false;
  };
  return {
    seeOnce: async (id, expiresInSeconds) => {
      // The same id twice in one batch: whoever asked first is being answered, this one is a repeat whatever the answer is.
      if (waiting.has(id)) return false;
      const first = Promise.withResolvers<boolean>();
      waiting.set(id, { expiresInSeconds: Math.max(1, Math.ceil(expiresInSeconds)), first });
      if (!isRunning) void run();
      return first.promise;
    },
  };
}

function takeFrom(waiting: Map<string, Asked>): Map<string, Asked> {
  const batch = new Map([...waiting].slice(0, IDS_AT_ONCE));
  for (const id of batch.keys()) waiting.delete(id);
  return batch;
}

/** Never throws: each who asked is told, and the next batch is tried by itself. */
async function write(db: Db, batch: ReadonlyMap<string, Asked>): Promise<void> {
  try {
    const lives = [...batch].map(([id, { expiresInSeconds }]) => ({ id, expiresInSeconds }));
    const news = await rememberIds(db, lives);
    for (const [id, { first }] of batch) first.resolve(news.has(id));
  } catch (error) {
    for (const { first } of batch.values()) first.reject(error);
  }
}
