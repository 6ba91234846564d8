import type { RedemptionState } from '@chung/contracts';
import type { Tone } from '@chung/ui/desk';

export const REDEMPTION_STATES = [
  'RESERVED',
  'REDEEMED',
  'FULFILLED',
  'PARTLY_REVERSED',
  'RELEASED',
  'EXPIRED',
  'REVERSED',
] as const satisfies readonly RedemptionState[];

export const REDEMPTION_TONES: Readonly<Record<RedemptionState, Tone>> = {
  RESERVED: 'busy',
  REDEEMED: 'good',
  FULFILLED: 'good',
  PARTLY_REVERSED: 'warn',
  RELEASED: 'calm',
  EXPIRED: 'calm',
  REVERSED: 'warn',
};

/** What a partner can do next; the platform has the last word. */
export function actionsOn(state: RedemptionState): readonly ('confirm' | 'fulfil' | 'reverse')[] {
  switch (state) {
    case 'RESERVED':
      return ['confirm'];
    case 'REDEEMED':
      return ['fulfil', 'reverse'];
    case 'FULFILLED':
    case 'PARTLY_REVERSED':
      return ['reverse'];
    case 'RELEASED':
    case 'EXPIRED':
    case 'REVERSED':
      return [];
  }
}

/** The member's id for this partner, short enough to compare by eye. */
export const shortRef = (memberRef: string): string =>
  memberRef.length > 12 ? `${memberRef.slice(0, 4)}…${memberRef.slice(-6)}` : memberRef;

export interface Verdict {
  readonly words: 'found' | 'confirmed' | 'fulfilled' | 'already' | 'notUsable';
  readonly color: 'brand' | 'green' | 'orange' | 'red';
}

/** What to tell the cashier: the state, and whether it was reached just now or before. */
export function verdictOf(state: RedemptionState, justDone: 'confirmed' | 'fulfilled' | null): Verdict {
  if (justDone) return { words: justDone, color: 'green' };
  switch (state) {
    case 'RESERVED':
      return { words: 'found', color: 'brand' };
    case 'REDEEMED':
    case 'FULFILLED':
    case 'PARTLY_REVERSED':
      return { words: 'already', color: 'orange' };
    case 'RELEASED':
    case 'EXPIRED':
    case 'REVERSED':
      return { words: 'notUsable', color: 'red' };
  }
}
