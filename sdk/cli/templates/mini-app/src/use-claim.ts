import type { MemberOffer, OfferId, Redemption } from '@chung/contracts';
import { ApiError, UnreachableError } from '@chung/mini-app';
import { type RegisteredApp, useMiniApp } from '@chung/mini-app/react';
import { useRef, useState } from 'react';
import { isRefusal, type Refusal } from './words.ts';

/** How far the claim of one offer is. */
export type Claim =
  | { readonly state: 'none' }
  | { readonly state: 'working' }
  | { readonly state: 'refused'; readonly why: Refusal }
  | { readonly state: 'done'; readonly redemption: Redemption; readonly count: number };

/**
 * Claims an offer, and asks the member for the scope at the moment it is needed. `onClaimed` hears of each success; `count` is how often the
 * member will then have claimed it.
 */
export function useClaim({ id, usedByMember }: MemberOffer, onClaimed: () => void) {
  const app = useMiniApp();
  const [claim, setClaim] = useState<Claim>({ state: 'none' });
  // One key until it is known how the claim ended: a repeat after a lost answer then takes effect once.
  const key = useRef<string>(undefined);
  const run = async () => {
    if (claim.state === 'working') return;
    setClaim({ state: 'working' });
    key.current ??= crypto.randomUUID();
    const next = await attempt(app, id, key.current);
    if (!isUnknown(next)) key.current = undefined;
    setClaim(next.state === 'done' ? { ...next, count: usedByMember + 1 } : next);
    if (next.state === 'done') onClaimed();
  };
  return { claim, run };
}

type Ended = { readonly state: 'refused'; readonly why: Refusal } | { readonly state: 'done'; readonly redemption: Redemption };

/** No answer came: whether the claim took effect is not known. */
const isUnknown = (ended: Ended) => ended.state === 'refused' && ended.why === 'offline';

async function attempt(app: RegisteredApp, offerId: OfferId, idempotencyKey: string): Promise<Ended> {
  try {
    if (!app.has('redemptions:claim')) await app.request('redemptions:claim');
    if (!app.has('redemptions:claim')) return { state: 'refused', why: 'not_allowed' };
    return { state: 'done', redemption: await app.offers.claim({ offerId }, { idempotencyKey }) };
  } catch (error) {
    if (error instanceof UnreachableError) return { state: 'refused', why: 'offline' };
    return { state: 'refused', why: error instanceof ApiError && isRefusal(error.code) ? error.code : 'broken' };
  }
}
