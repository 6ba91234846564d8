import type { RedemptionPorts } from './ports.ts';
import { lockLapsed } from './store.ts';
import { transition } from './transition.ts';

const BATCH = 100;

/** Ends lapsed holds and tells how many. Several sweepers may run: each takes what no other has locked. */
export async function expireLapsedHolds(ports: RedemptionPorts): Promise<number> {
  let expired = 0;
  for (let swept = BATCH; swept === BATCH; ) {
    swept = await ports.db.tx(async (tx) => {
      const lapsed = await lockLapsed(tx, BATCH);
      for (const redemption of lapsed) await transition(tx, ports, { ...redemption, arrow: 'expire' });
      return lapsed.length;
    });
    expired += swept;
  }
  return expired;
}
