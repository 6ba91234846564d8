// One offer with a line before it, played by a handful of members: what the tests of waiting lists and lotteries share.
import type { OfferDraft, OfferId, QueueEntry, RedemptionId } from '@chung/contracts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { MemberPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { cancelRedemption } from '../../platform/server/src/rooms/redemptions/change-redemption.ts';
import { claimOffer } from '../../platform/server/src/rooms/redemptions/claim-offer.ts';
import type { QueuePorts } from '../../platform/server/src/rooms/redemptions/index.ts';
import { joinQueue } from '../../platform/server/src/rooms/redemptions/queue/join-queue.ts';
import { lapsePromises } from '../../platform/server/src/rooms/redemptions/queue/lapse-promises.ts';
import { leaveQueue } from '../../platform/server/src/rooms/redemptions/queue/leave-queue.ts';
import { readOwnEntry } from '../../platform/server/src/rooms/redemptions/queue/read-queue.ts';
import { inDays, vault } from './partner-rooms.ts';
import { hold, type RedemptionRooms } from './redemption-rooms.ts';

/** Held offers, because a hold can be given back by its member. */
export const withList = (changes: Partial<OfferDraft> = {}): Partial<OfferDraft> => ({
  ...hold(60),
  allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 30 },
  ...changes,
});

export const byLottery = (changes: Partial<OfferDraft> = {}): Partial<OfferDraft> => ({
  ...hold(60),
  allocation: { mode: 'lottery', entriesFrom: inDays(-0.5), entriesUntil: inDays(1), acceptMinutes: 30 },
  ...changes,
});

export interface QueueStage {
  readonly offerId: OfferId;
  readonly queue: QueuePorts;
  /** Each answers what came of it: a state, a word, or the code of the refusal. */
  join(member: MemberPrincipal): Promise<string>;
  leave(member: MemberPrincipal): Promise<string>;
  claim(member: MemberPrincipal): Promise<string>;
  /** Cancels the member's hold. */
  giveBack(member: MemberPrincipal): Promise<string>;
  /** Lets the member's promise run out, as time would. */
  runOut(member: MemberPrincipal): Promise<string>;
  sweep(): Promise<number>;
  entry(member: MemberPrincipal): Promise<QueueEntry>;
  /** `held/promised/free`. */
  units(): Promise<string>;
  /** Entries of a lottery are over, as time would have it. */
  endEntries(): Promise<void>;
}

export const queueOf = (world: RedemptionRooms): QueuePorts => ({ ...world.ports, vault });

export async function openQueueStage(world: RedemptionRooms, draft: Partial<OfferDraft>): Promise<QueueStage> {
  const queue = queueOf(world);
  const { owner, ports } = world;
  const offerId = await world.offer(draft);
  const holds = new Map<MemberPrincipal, RedemptionId>();
  const outcome = (work: Promise<string>) =>
    work.catch((error: unknown) => {
      if (error instanceof DomainError) return error.code;
      throw error;
    });
  const claim = async (principal: MemberPrincipal) => {
    const { id } = await claimOffer(ports, { principal, offerId, idempotencyKey: newId<string>() });
    holds.set(principal, id);
    return 'claimed';
  };
  const giveBack = async (principal: MemberPrincipal) => {
    const id = holds.get(principal);
    if (!id) return 'nothing';
    holds.delete(principal);
    await ports.db.tx((tx) => cancelRedemption(tx, ports, { principal, id }));
    return 'given back';
  };
  return {
    offerId,
    queue,
    join: (member) => outcome(joinQueue(queue, member, offerId).then(({ state }) => state)),
    leave: (member) => outcome(leaveQueue(queue, member, offerId).then(() => 'left')),
    claim: (member) => outcome(claim(member)),
    giveBack: (member) => outcome(giveBack(member)),
    runOut: async ({ memberId }) => {
      const { rowCount } = await owner.query(
        `UPDATE chung.queue_entries SET promised_until = now() - interval '1 second' WHERE offer_id = $1 AND member_id = $2 AND state = 'PROMISED'`,
        [offerId, memberId],
      );
      return rowCount ? 'ran out' : 'nothing';
    },
    sweep: () => lapsePromises(queue),
    entry: (member) => readOwnEntry(queue, member, offerId),
    units: async () => {
      const { rows } = await owner.query(
        'SELECT held, promised, stock - held - redeemed - promised AS free FROM chung.offer_stock WHERE offer_id = $1',
        [offerId],
      );
      return `${rows[0].held}/${rows[0].promised}/${rows[0].free}`;
    },
    endEntries: async () => {
      await owner.query(`UPDATE chung.lotteries SET entries_until = now() - interval '1 millisecond' WHERE offer_id = $1`, [offerId]);
    },
  };
}
