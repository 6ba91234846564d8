import type { MemberId, OfferId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { usageOf } from './store.ts';

export { createClaimEngine } from './claim-engine.ts';
export { redemptionsRoutes } from './http.ts';
export { expireLapsedHolds } from './jobs.ts';
export type { RedemptionPorts } from './ports.ts';
export { drawLotteries } from './queue/draw-lotteries.ts';
export { queueRoutes } from './queue/http.ts';
export { lapsePromises } from './queue/lapse-promises.ts';
export { openQueue } from './queue/open-queue.ts';
export type { QueuePorts } from './queue/queue-ports.ts';
export { createReceiptSigner, type ReceiptSigner } from './receipt.ts';
export { createKeyRing, type KeyRing, makeReceiptKey } from './receipt-key-ring.ts';
export { fixedReceiptKeys, KEY_SET_MAX_AGE_SECONDS, PUBLISHED_AHEAD_SECONDS } from './receipt-keys.ts';

/** For the catalogue, which may not open this room: the composition root hands it over. */
export const createUsage =
  (db: Db) =>
  (memberId: MemberId, offerIds: readonly OfferId[]): Promise<ReadonlyMap<OfferId, number>> =>
    usageOf(db, memberId, offerIds);
