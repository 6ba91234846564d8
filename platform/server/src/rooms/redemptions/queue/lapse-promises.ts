import type { QueuePorts } from './queue-ports.ts';
import { lapsePromisesOf, offersDue } from './queue-store.ts';

const OFFERS_A_ROUND = 100;

/**
 * Gives units that were not taken up in time to the next in line, and tells how many. Several nodes may run it: each offer is one short
 * transaction, and one that is busy is left to its holder or to the next round.
 */
export async function lapsePromises({ db }: Pick<QueuePorts, 'db'>): Promise<number> {
  let lapsed = 0;
  for (const offerId of await offersDue(db, OFFERS_A_ROUND)) lapsed += (await lapsePromisesOf(db, offerId)) ?? 0;
  return lapsed;
}
