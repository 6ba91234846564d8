import type { MemberId, OfferId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { shareReads } from '../../kernel/share-reads.ts';
import { findUsage } from './usage-store.ts';

interface Asked {
  readonly memberId: MemberId;
  readonly offerIds: readonly OfferId[];
}

/**
 * How often a member used each offer of a page, for the catalogue, which may not open this room: the composition root hands it
 * over. Offers that are not in the answer were not used. The pages that are asked for at a time are one statement.
 */
export function createUsage(db: Db): (memberId: MemberId, offerIds: readonly OfferId[]) => Promise<ReadonlyMap<OfferId, number>> {
  const ask = shareReads(async (asked: readonly Asked[]) => {
    const pairs = asked.flatMap(({ memberId, offerIds }, no) => offerIds.map((offerId) => ({ no, memberId, offerId })));
    const answers = new Map(asked.map((one) => [one, new Map<OfferId, number>()]));
    for (const { no, offerId, used } of await findUsage(db, pairs)) {
      const one = asked[no];
      if (one) answers.get(one)?.set(offerId, used);
    }
    return answers;
  });
  return async (memberId, offerIds) => {
    const one = { memberId, offerIds };
    return (offerIds.length === 0 ? null : (await ask([one])).get(one)) ?? new Map();
  };
}
