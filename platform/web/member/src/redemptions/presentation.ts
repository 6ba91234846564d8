import type { Receipt } from '@chung/contracts';

// Time for a slow network, so that the code on the screen is good whenever the cashier is ready.
const RENEW_EARLY_SECONDS = 10;
const SHORTEST_WAIT_SECONDS = 5;

/** What the page needs of a presentation: the token and when it stops being good by this phone's own clock. */
export interface Presentation {
  readonly token: string;
  readonly receipt: string;
  readonly goodUntil: number;
}

/** Reads without checking the signature: that is for the counter. What cannot be read tells nothing. */
function claimsOf(jws: string): { iat?: unknown; exp?: unknown } {
  try {
    const payload = jws.split('.')[1] ?? '';
    const parsed: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/**
 * A phone's clock may be minutes off. The token's lifetime (`exp − iat`, both by the platform's clock) counted from the
 * moment it arrived is right on every phone; the printed end is used only when the token does not tell.
 */
export function presentationOf(receipt: Receipt, arrivedAt: number): Presentation {
  const { iat, exp } = claimsOf(receipt.presentation);
  const knowsLifetime = typeof iat === 'number' && typeof exp === 'number' && exp > iat;
  const goodUntil = knowsLifetime ? arrivedAt + (exp - iat) * 1000 : Date.parse(receipt.presentationExpiresAt);
  return { token: receipt.presentation, receipt: receipt.receipt, goodUntil };
}

/** When to ask for the next one: before this one ends, yet never in a tight loop. */
export function renewInMs(presentation: Presentation, now: number): number {
  return Math.max(presentation.goodUntil - now - RENEW_EARLY_SECONDS * 1000, SHORTEST_WAIT_SECONDS * 1000);
}
