import type { PartnerRedemption, RedemptionId } from '@chung/contracts';
import { refOf } from '../fixtures.ts';
import { pageOf } from '../paging.ts';
import { type Caller, type IdsOf, type Plays, partnerOf } from '../plays.ts';
import type { FakeReceipts } from '../receipts.ts';
import { refusal } from '../refusal.ts';
import { hintOf } from '../state/code-pool.ts';
import type { FakeRedemption } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { isLive } from '../state/units.ts';
import { codeFinder } from './code-guesses.ts';
import { assertFrom, redemptionFields } from './redemptions.ts';

/** What a partner does at the counter and afterwards. */
export function partnerRedemptionPlays(store: Store, receipts: FakeReceipts): Plays<IdsOf<'partner.redemptions.'>> {
  const own = (caller: Caller, id: RedemptionId): FakeRedemption => {
    const redemption = store.redemptions.get(id);
    if (redemption?.offer.partner.id !== partnerOf(caller)) throw refusal('not_found');
    return redemption;
  };
  const byCode = codeFinder(store);
  return {
    'partner.redemptions.list': ({ query, caller }) => {
      const wanted = [...store.redemptions.values()].filter(
        ({ state, offer }) =>
          offer.partner.id === partnerOf(caller) &&
          (!query.state || state === query.state) &&
          (!query.offerId || offer.id === query.offerId),
      );
      const { items, nextCursor } = pageOf(wanted.toReversed(), 'falling', { list: 'redemptions', query, position: ({ id }) => id });
      return { items: items.map(partnerRedemption), nextCursor };
    },
    'partner.redemptions.lookup': ({ body: { presented }, caller }) => {
      if (presented.split('.').length !== 3) return partnerRedemption(byCode(partnerOf(caller), presented));
      const shown = receipts.read(presented, store.now());
      if (!shown) throw refusal('receipt_invalid');
      const redemption = own(caller, shown.redemptionId);
      assertPresents(receipts, presented, redemption, store.now());
      return partnerRedemption(redemption);
    },
    'partner.redemptions.confirm': ({ params, body: { presented }, caller }) => {
      const redemption = own(caller, params.redemptionId);
      if (presented !== undefined) assertPresents(receipts, presented, redemption, store.now());
      assertFrom(redemption, ['RESERVED']);
      if (presented !== undefined) receipts.use(presented);
      store.move(redemption, 'REDEEMED');
      return partnerRedemption(redemption);
    },
    'partner.redemptions.fulfil': ({ params, caller }) => {
      const redemption = own(caller, params.redemptionId);
      assertFrom(redemption, ['RESERVED', 'REDEEMED']);
      // A held one is confirmed first, as two steps with an event each.
      if (redemption.state === 'RESERVED') store.move(redemption, 'REDEEMED');
      store.move(redemption, 'FULFILLED');
      return partnerRedemption(redemption);
    },
    'partner.redemptions.reverse': ({ params, body: { reason, partBasisPoints }, caller }) => {
      const redemption = own(caller, params.redemptionId);
      assertFrom(redemption, ['REDEEMED', 'FULFILLED', 'PARTLY_REVERSED']);
      if (partBasisPoints === undefined) store.move(redemption, 'REVERSED', { reason });
      // The last part is taken back by leaving the share out.
      else if (redemption.reversedBasisPoints + partBasisPoints >= 10_000) throw refusal('part_too_large');
      else store.move(redemption, 'PARTLY_REVERSED', { reason, partBasisPoints });
      return partnerRedemption(redemption);
    },
  };
}

/** Refuses a QR that does not speak for this redemption as it is now, or that was used before. */
function assertPresents(receipts: FakeReceipts, presented: string, redemption: FakeRedemption, now: Date): void {
  const shown = receipts.read(presented, now);
  if (shown?.redemptionId !== redemption.id) throw refusal('receipt_invalid');
  if (!isLive(redemption)) throw refusal(redemption.state === 'EXPIRED' ? 'reservation_expired' : 'wrong_state');
  if (shown.state !== redemption.state || shown.isUsed) throw refusal('receipt_already_used');
}

const partnerRedemption = (one: FakeRedemption): PartnerRedemption => ({
  ...redemptionFields(one),
  memberRef: refOf(one.member, one.offer.partner.id),
  codeHint: one.code === null ? null : hintOf(one.code),
});
