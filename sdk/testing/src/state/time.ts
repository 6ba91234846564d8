import { finishGeneration, generationEndsAt } from './code-jobs.ts';
import { drawLottery } from './lottery.ts';
import { lapse, promote } from './queue.ts';
import type { Store } from './state.ts';

interface Due {
  readonly at: Date;
  readonly happen: () => void | Promise<void>;
}

/**
 * Brings about what time has brought about: holds and promises that ran out, lotteries whose entries are over, generations that are done.
 * In the order in which they were due and each as at its own time, so that one long step of the clock ends where many short ones do.
 */
export function timeKeeper(store: Store): () => Promise<void> {
  const catchUp = async () => {
    for (let next = firstDue(store); next; next = firstDue(store)) await next.happen();
    // Somebody whose turn was passed over for a day may take it now.
    for (const offer of store.offers.values()) promote(store, offer);
  };
  let running: Promise<void> = Promise.resolve();
  return () => {
    // One after the other: two calls at the same time must not draw one lottery twice.
    running = running.then(catchUp, catchUp);
    return running;
  };
}

function firstDue(store: Store): Due | undefined {
  const due = dueOf(store, store.clock.now());
  return due.reduce<Due | undefined>((first, one) => (first && first.at.getTime() <= one.at.getTime() ? first : one), undefined);
}

function dueOf(store: Store, now: Date): Due[] {
  const at = (moment: Date, work: () => void): Due => ({ at: moment, happen: () => store.asAt(moment, work) });
  const holds = [...store.redemptions.values()].flatMap((redemption) =>
    redemption.state === 'RESERVED' && redemption.expiresAt && redemption.expiresAt <= now
      ? [at(redemption.expiresAt, () => store.move(redemption, 'EXPIRED'))]
      : [],
  );
  // While nobody can claim, no promise runs out.
  const promises = store.entries.flatMap((entry) =>
    entry.promisedUntil && entry.promisedUntil <= now && entry.offer.state === 'published'
      ? [at(entry.promisedUntil, () => lapse(store, entry))]
      : [],
  );
  const lotteries = [...store.lotteries.values()].flatMap((lottery) => {
    const until = new Date(lottery.entriesUntil);
    const isDue = lottery.state === 'OPEN' && lottery.offer.state === 'published' && until <= now;
    return isDue ? [{ at: until, happen: () => drawLottery(store, lottery) }] : [];
  });
  const generations = store.codeJobs.flatMap((job) => {
    const ends = generationEndsAt(job);
    const isDue = job.kind === 'generation' && job.state === 'running' && ends <= now;
    return isDue ? [at(ends, () => finishGeneration(store, job))] : [];
  });
  return [...holds, ...promises, ...lotteries, ...generations];
}
