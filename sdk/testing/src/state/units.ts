import type { OfferDraft, RedemptionState } from '@chung/contracts';
import type { FakeMember } from '../fixtures.ts';
import { partOf } from './ledger.ts';
import type { FakeOffer, FakeRedemption } from './records.ts';
import type { Store } from './state.ts';

const LIVE: readonly RedemptionState[] = ['RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'];

/** What a member may still show at a counter, and what counts against their limit. */
export const isLive = ({ state }: Pick<FakeRedemption, 'state'>): boolean => LIVE.includes(state);

export const liveOf = (store: Store, offer: FakeOffer): FakeRedemption[] =>
  [...store.redemptions.values()].filter((one) => one.offer === offer && isLive(one));

/** The units of an offer: `available` = stock − held − redeemed − promised. */
export interface Units {
  readonly stock: number;
  readonly held: number;
  readonly redeemed: number;
  readonly promised: number;
  readonly available: number;
  /** What live redemptions cost together, and what that leaves of the budget; infinite without one. */
  readonly spentMinor: number;
  readonly budgetLeftMinor: number;
}

/** Counted from the redemptions and the queue each time: there is no second counter that could be wrong. */
export function unitsOf(store: Store, offer: FakeOffer): Units {
  const live = liveOf(store, offer);
  const { stock, budgetMinor } = offer.terms;
  const held = live.filter(({ state }) => state === 'RESERVED').length;
  const redeemed = live.length - held;
  const promised = store.entriesOf(offer).filter(({ state }) => state === 'PROMISED').length;
  const spentMinor = live.reduce((sum, { terms }) => sum + costOf(terms), 0);
  const budgetLeftMinor = budgetMinor === undefined ? Number.POSITIVE_INFINITY : budgetMinor - spentMinor;
  return { stock, held, redeemed, promised, available: stock - held - redeemed - promised, spentMinor, budgetLeftMinor };
}

/** How often a member uses an offer now. */
export const usedBy = (store: Store, offer: FakeOffer, member: FakeMember): number => usesOf(store, offer, member).length;

const usesOf = (store: Store, offer: FakeOffer, member: FakeMember): FakeRedemption[] =>
  liveOf(store, offer).filter((one) => one.member.id === member.id);

/** Whether a member may not claim any more: at all, or on this day (a day of Vietnam). */
export function hasReachedLimit(store: Store, offer: FakeOffer, member: FakeMember): 'for_good' | 'today' | null {
  const { perMember, perMemberPerDay } = offer.terms.limits;
  const uses = usesOf(store, offer, member);
  if (uses.length >= perMember) return 'for_good';
  if (perMemberPerDay === null) return null;
  const day = dayOf(store.now());
  return uses.filter(({ claimedAt }) => dayOf(new Date(claimedAt)) === day).length >= perMemberPerDay ? 'today' : null;
}

const days = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh' });
const dayOf = (at: Date): string => days.format(at);

/** What a member saves by one redemption, at most: that is what a budget is made for. */
export function costOf({ benefit, regularPriceMinor }: Pick<OfferDraft, 'benefit' | 'regularPriceMinor'>): number {
  switch (benefit.kind) {
    case 'percentage': {
      const share = partOf(regularPriceMinor, benefit.rateBasisPoints);
      return benefit.maxDiscountMinor === null ? share : Math.min(share, benefit.maxDiscountMinor);
    }
    case 'fixed_amount':
      return benefit.discountMinor;
    case 'free_voucher':
      return benefit.faceValueMinor;
    case 'bundle':
      return Math.max(0, benefit.items.reduce((sum, item) => sum + item.regularPriceMinor, 0) - benefit.bundlePriceMinor);
    case 'trial':
      return regularPriceMinor;
    case 'cashback':
      return benefit.cashbackMinor;
  }
}

/** Half-open: an offer that ends at midnight is gone at midnight. */
export const isOpen = ({ window }: Pick<OfferDraft, 'window'>, at: Date): boolean =>
  Date.parse(window.startsAt) <= at.getTime() && at.getTime() < Date.parse(window.endsAt);

export const hasEnded = ({ window }: Pick<OfferDraft, 'window'>, at: Date): boolean => Date.parse(window.endsAt) <= at.getTime();
