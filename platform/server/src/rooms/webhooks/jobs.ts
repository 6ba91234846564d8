import type { Db } from '../../kernel/db.ts';
import { deleteOldAttempts, deleteOldReplays, deletePassedEvents, selectPartnersWithEvents } from './log-store.ts';

/** Events are kept for this long at least: for partners who page them, and for replays, which reach back 30 days. */
const EVENTS_DAYS = 90;
const LOG_DAYS = 30;
const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
const BATCH = 2_000;
/** Batches of one partner in one round, so that a round ends. */
const BATCHES_MAX = 20;

/**
 * Takes away events that are old and that every endpoint of their partner has passed (also a paused one: it can be resumed after a
 * year), and old lines of the delivery log; once an hour, in small batches; a round that is cut off is gone on with by the next.
 */
export function deleteOldDeliveries({ db, now }: { db: Db; now: () => Date }): () => Promise<void> {
  let dueAt = 0;
  return async () => {
    if (now().getTime() < dueAt) return;
    // Set first: a round that fails is tried again in an hour and not every few seconds.
    dueAt = now().getTime() + EVERY_MS;
    await deleteRound(db, now);
  };
}

async function deleteRound(db: Db, now: () => Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now().getTime() - days * DAY_MS);
  for (const partnerId of await selectPartnersWithEvents(db))
    await inBatches(() => deletePassedEvents(db, partnerId, { before: daysAgo(EVENTS_DAYS), atMost: BATCH }));
  await inBatches(() => deleteOldAttempts(db, { belowId: firstIdOf(daysAgo(LOG_DAYS)), atMost: BATCH }));
  await deleteOldReplays(db, daysAgo(LOG_DAYS));
}

async function inBatches(deleteBatch: () => Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch++) if ((await deleteBatch()) < BATCH) return;
}

/** The lowest UUIDv7 of a moment (RFC 9562 §5.7). */
const firstIdOf = (at: Date): string => {
  const milliseconds = at.getTime().toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7000-8000-000000000000`;
};
