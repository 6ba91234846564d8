import type { PartnerId } from '@chung/contracts';
import { refusal } from '../refusal.ts';
import { normaliseCode } from '../state/code-pool.ts';
import type { FakeRedemption } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { isLive } from '../state/units.ts';

/** Wrong codes in a window until an app is locked out; each lock in a row takes twice as long, up to 64 times. */
const TRIES = 100;
const WINDOW_MS = 10 * 60_000;
const LOCK_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const DOUBLINGS_MAX = 6;

interface Guesses {
  wrong: number;
  windowUntil: number;
  locks: number;
  lockedUntil: number;
}

/** Finds the redemption that a code was given out for; unknown, not given out and another partner's are one answer, and each counts as a wrong one. */
export function codeFinder(store: Store): (partnerId: PartnerId, presented: string) => FakeRedemption {
  const guesses = new Map<PartnerId, Guesses>();
  return (partnerId, presented) => {
    const at = store.now().getTime();
    const own = guesses.get(partnerId) ?? { wrong: 0, windowUntil: 0, locks: 0, lockedUntil: 0 };
    guesses.set(partnerId, own);
    if (own.lockedUntil > at) throw refusal('account_locked', { retryAfterSeconds: Math.ceil((own.lockedUntil - at) / 1000) });
    const code = normaliseCode(presented);
    const holders = [...store.redemptions.values()].filter((one) => one.code === code && one.offer.partner.id === partnerId);
    // The same code in two pools: the live one first, then the newest.
    const found = code === null ? undefined : (holders.findLast(isLive) ?? holders.at(-1));
    if (found) return found;
    countWrong(own, at);
    throw refusal('not_found');
  };
}

function countWrong(own: Guesses, at: number): void {
  if (own.windowUntil <= at) Object.assign(own, { wrong: 0, windowUntil: at + WINDOW_MS });
  own.wrong += 1;
  if (own.wrong < TRIES) return;
  // A day without a lock is forgiven.
  if (own.lockedUntil < at - DAY_MS) own.locks = 0;
  const lockedUntil = at + LOCK_MS * 2 ** Math.min(own.locks, DOUBLINGS_MAX);
  Object.assign(own, { wrong: 0, windowUntil: 0, locks: own.locks + 1, lockedUntil });
}
