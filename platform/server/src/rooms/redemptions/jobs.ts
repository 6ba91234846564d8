import type { RedemptionPorts } from './ports.ts';
import { lockLapsed } from './store.ts';
import { transition } from './transition.ts';

/**
 * Ends lapsed holds and tells how many. Several sweepers may run: each takes what no other has locked.
 *
 * One transaction a hold: a second hold would be worked on with the first one's stock row locked, which stops every claim of
 * that offer and dead-locks with a claim by the second hold's member, who has their limit's row and waits for the stock.
 */
export async function expireLapsedHolds(ports: RedemptionPorts): Promise<number> {
  for (let expired = 0; ; expired++) if (!(await expireOne(ports))) return expired;
}

const expireOne = (ports: RedemptionPorts): Promise<boolean> =>
  ports.db.tx(async (tx) => {
    const lapsed = await lockLapsed(tx);
    if (lapsed) await transition(tx, ports, { ...lapsed, arrow: 'expire' });
    return lapsed !== null;
  });
