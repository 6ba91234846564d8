import type { Redemption, RedemptionId, RedemptionState } from '@chung/contracts';
import { pageOf } from '../paging.ts';
import { type Caller, isHidden, memberOf, type Plays } from '../plays.ts';
import type { FakeReceipts } from '../receipts.ts';
import { refusal } from '../refusal.ts';
import type { FakeRedemption } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { isLive } from '../state/units.ts';

/** What members do with their redemptions. */
export function redemptionPlays(
  store: Store,
  receipts: FakeReceipts,
): Plays<'redemptions.list' | 'redemptions.get' | 'redemptions.receipt' | 'redemptions.cancel'> {
  const own = (given: Caller, id: RedemptionId) => {
    const caller = memberOf(given);
    const redemption = store.redemptions.get(id);
    // Another member's is not there, rather than forbidden: nobody learns that it exists. Nor is one of another partner, for an app.
    if (redemption?.member.id !== caller.member.id || isHidden(caller, redemption.offer.partner.id)) throw refusal('not_found');
    return redemption;
  };
  return {
    'redemptions.list': ({ query, caller: given }) => {
      const caller = memberOf(given);
      const wanted = [...store.redemptions.values()].filter(
        (one) =>
          one.member.id === caller.member.id && !isHidden(caller, one.offer.partner.id) && (!query.state || one.state === query.state),
      );
      const { items, nextCursor } = pageOf(wanted.toReversed(), 'falling', { list: 'redemptions', query, position: ({ id }) => id });
      return { items: items.map(memberRedemption), nextCursor };
    },
    'redemptions.get': ({ params, caller }) => memberRedemption(own(caller, params.redemptionId)),
    'redemptions.receipt': ({ params, caller }) => {
      const redemption = own(caller, params.redemptionId);
      if (!isLive(redemption)) throw refusal('wrong_state');
      return receipts.issue(redemption, store.now());
    },
    'redemptions.cancel': ({ params, caller }) => {
      const redemption = own(caller, params.redemptionId);
      assertFrom(redemption, ['RESERVED']);
      store.move(redemption, 'RELEASED');
      return memberRedemption(redemption);
    },
  };
}

/** Refuses a step that does not begin at this state, with how the redemption stands. */
export function assertFrom({ state }: FakeRedemption, from: readonly RedemptionState[]): void {
  if (from.includes(state)) return;
  // Who asks for what only a hold has is told that it ran out; who takes money back is not.
  if (state === 'EXPIRED' && !from.includes('PARTLY_REVERSED')) throw refusal('reservation_expired');
  const detail = { vi: `Lượt nhận đang ở trạng thái ${state}.`, en: `The redemption is ${state}.` };
  throw refusal('wrong_state', { detail });
}

/** What both views of a redemption say. */
export function redemptionFields(redemption: FakeRedemption) {
  const { id, offer, terms, termsVersion, state, claimedAt, expiresAt, updatedAt, reversedBasisPoints } = redemption;
  return {
    id,
    offerId: offer.id,
    offerTitle: terms.title,
    state,
    termsVersion,
    claimedAt,
    expiresAt: state === 'RESERVED' && expiresAt ? expiresAt.toISOString() : null,
    updatedAt,
    ...(state === 'PARTLY_REVERSED' && { reversedBasisPoints }),
  };
}

/** The member's view; the code is shown only while the redemption is theirs to use. */
export const memberRedemption = (one: FakeRedemption): Redemption => ({
  ...redemptionFields(one),
  partner: { id: one.offer.partner.id, name: one.offer.partner.name },
  code: isLive(one) ? one.code : null,
});
