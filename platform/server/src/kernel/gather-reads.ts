import { createGatherer } from './gatherer.ts';

/** One statement takes as many keys; a burst beyond that waits for the next. */
const KEYS_AT_ONCE = 500;
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 4_000;

/**
 * Makes one set-based read of what many requests ask for while the last one runs. When a sale begins, every request is another
 * member, so no memory of earlier answers helps; a read a request was a third of what the server did. An answer is never older than
 * the question: what is asked after a read began goes with the next.
 */
export function gatherReads<Key, Row>(read: (keys: readonly Key[]) => Promise<readonly (Row | null)[]>): (key: Key) => Promise<Row | null> {
  const gatherer = createGatherer<Key, Row | null>({
    run: read,
    groupOf: () => '',
    lanes: 1,
    maxBatch: KEYS_AT_ONCE,
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
  });
  return (key) => gatherer.submit(key);
}
