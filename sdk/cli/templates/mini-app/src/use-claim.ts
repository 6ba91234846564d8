import type { OfferId, Redemption } from '@chung/contracts';
import { ApiError, UnreachableError } from '@chung/mini-app';
import { type RegisteredApp, useMiniApp } from '@chung/mini-app/react';
import { useRef, useState } from 'react';
import { isRefusal, type Refusal } from './words.ts';

/** How far the claim of one offer is. */
export type Claim =
  | { readonly state: 'none' }
  | { readonly state: 'working' }
  | { readonly state: 'refused'; readonly why: Refusal }
  | { readonly state: 'done'; readonly redemption: Redemption };

/** Claims an offer, and asks the member for the scope at the moment it is needed. `onClaimed` hears of each success. */
export function useClaim(offerId: OfferId, onClaimed: () => void) {
  const app = useMiniApp();
  const [claim, setClaim] = useState<Claim>({ state: 'none' });
  // One key until it is known how the claim ended: a repeat after a lost answer then takes effect once.
  const key = useRef<string>(undefined);
  const run = async () => {
    if (claim.state === 'working') return;
    setClaim({ state: 'working' });
    key.current ??= crypto.randomUUID();
    const next = await attempt(app, offerId, key.current);
    if (!isUnknown(next)) key.current = undefined;
    setClaim(next);
    if (next.state === 'done') onClaimed();
  };
  return { claim, run };
}

/** No answer came: whether the claim took effect is not known. */
const isUnknown = (claim: Claim) => claim.state === 'refused' && claim.why === 'offline';

async function attempt(app: RegisteredApp, offerId: OfferId, idempotencyKey: string): Promise<Claim> {
  try {
    if (!app.has('redemptions:claim')) await app.request('redemptions:claim');
    if (!app.has('redemptions:claim')) return { state: 'refused', why: 'not_allowed' };
    return { state: 'done', redemption: await app.offers.claim({ offerId }, { idempotencyKey }) };
  } catch (error) {
    if (error instanceof UnreachableError) return { state: 'refused', why: 'offline' };
    return { state: 'refused', why: error instanceof ApiError && isRefusal(error.code) ? error.code : 'broken' };
  }
}
