import type { RedemptionPorts } from './ports.ts';
import { lockLapsed } from './store.ts';
import { transitionAll } from './transition.ts';

/** Few enough that a batch is over in milliseconds: claims of its offers wait for it at the end. */
const BATCH = 100;

/** Ends lapsed holds and tells how many. Several sweepers may run: each takes what no other has locked. */
export async function expireLapsedHolds(ports: RedemptionPorts): Promise<number> {
  for (let expired = 0; ; ) {
    const batch = await ports.db.tx(async (tx) => {
      const lapsed = await lockLapsed(tx, BATCH);
      await transitionAll(tx, ports, { arrow: 'expire', moves: lapsed });
      return lapsed.length;
    });
    expired += batch;
    if (batch < BATCH) return expired;
  }
}
