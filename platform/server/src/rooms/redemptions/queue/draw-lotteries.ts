import { createDigest, keyOf, paddedKeys } from './draw.ts';
import { closeEntries, drawRows, findToDraw, type LotteryRow, lockToClose, ticketsAfter } from './lottery-store.ts';
import { seedContext } from './open-queue.ts';
import type { QueuePorts } from './queue-ports.ts';

const TICKETS_AT_ONCE = 10_000;

/**
 * Closes and draws every lottery that is due, and tells how many were drawn here. Two transactions each, so that the list's digest is
 * public before the seed is used; a node killed before, between or within them leaves a state from which any node goes on.
 */
export async function drawLotteries(ports: Pick<QueuePorts, 'db' | 'vault'>): Promise<number> {
  while (await closeOne(ports));
  let drawn = 0;
  for (let next = await findToDraw(ports.db); next; next = await findToDraw(ports.db)) if (await draw(ports, next)) drawn += 1;
  return drawn;
}

const closeOne = ({ db }: Pick<QueuePorts, 'db'>): Promise<boolean> =>
  db.tx(async (tx) => {
    const lottery = await lockToClose(tx);
    if (!lottery) return false;
    const digest = createDigest();
    let tickets = 0;
    // By parts, because a national list does not fit into memory; the lock keeps it as it is meanwhile.
    for (let after = ''; ; ) {
      const page = (await ticketsAfter(tx, { offerId: lottery.offerId, after, limit: TICKETS_AT_ONCE })).map(({ ticket }) => ticket);
      digest.add(page);
      tickets += page.length;
      const last = page.at(-1);
      if (last === undefined) break;
      after = last;
    }
    await closeEntries(tx, { offerId: lottery.offerId, digest: digest.end(), tickets });
    return true;
  });

function draw({ db, vault }: Pick<QueuePorts, 'db' | 'vault'>, { offerId, sealedSeed, digest }: LotteryRow): Promise<boolean> {
  if (!digest) throw new Error(`the lottery of offer ${offerId} is closed without a digest`);
  const seed = Buffer.from(vault.open(sealedSeed, seedContext(offerId)), 'hex');
  return drawRows(db, { offerId, seed, ...paddedKeys(keyOf(seed, digest)) });
}
