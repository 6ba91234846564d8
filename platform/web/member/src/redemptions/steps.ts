import type { Redemption, RedemptionState } from '@chung/contracts';

/** States as the wallet lists them: what can be used first. */
export const STATES = [
  'RESERVED',
  'REDEEMED',
  'FULFILLED',
  'PARTLY_REVERSED',
  'EXPIRED',
  'RELEASED',
  'REVERSED',
] as const satisfies readonly RedemptionState[];

export function isState(value: string | null): value is RedemptionState {
  return STATES.some((state) => state === value);
}

/** In these the member still has something to show at the counter. */
export function isPresentable(state: RedemptionState): boolean {
  return state === 'RESERVED' || state === 'REDEEMED';
}

export type Tone = 'waiting' | 'good' | 'done' | 'off';

export const TONES = {
  RESERVED: 'waiting',
  REDEEMED: 'good',
  FULFILLED: 'done',
  PARTLY_REVERSED: 'done',
  RELEASED: 'off',
  EXPIRED: 'off',
  REVERSED: 'off',
} as const satisfies Record<RedemptionState, Tone>;

export type StepName =
  | 'claimed'
  | 'waiting'
  | 'redeemed'
  | 'toFulfil'
  | 'fulfilled'
  | 'released'
  | 'expired'
  | 'partlyReversed'
  | 'reversed';

export interface Step {
  readonly name: StepName;
  readonly phase: 'past' | 'now' | 'next';
  readonly at: string | null;
  /** `at` is a limit ("before 14:30") and not when it happened. */
  readonly isLimit?: boolean;
}

/** What happened, what holds now, what comes next. Only times that the platform told are shown. */
export function stepsOf({ state, claimedAt, expiresAt, updatedAt }: Redemption): Step[] {
  const claimed: Step = { name: 'claimed', phase: 'past', at: claimedAt };
  const ended = (name: StepName): Step[] => [claimed, { name, phase: 'now', at: updatedAt }];
  switch (state) {
    case 'RESERVED':
      return [claimed, { name: 'waiting', phase: 'now', at: expiresAt, isLimit: true }, { name: 'redeemed', phase: 'next', at: null }];
    case 'REDEEMED':
      return [claimed, { name: 'redeemed', phase: 'now', at: updatedAt }, { name: 'toFulfil', phase: 'next', at: null }];
    case 'FULFILLED':
      return [claimed, { name: 'redeemed', phase: 'past', at: null }, { name: 'fulfilled', phase: 'now', at: updatedAt }];
    case 'PARTLY_REVERSED':
      return [claimed, { name: 'redeemed', phase: 'past', at: null }, { name: 'partlyReversed', phase: 'now', at: updatedAt }];
    case 'RELEASED':
      return ended('released');
    case 'EXPIRED':
      return ended('expired');
    case 'REVERSED':
      return ended('reversed');
    default:
      return assertUnreachable(state);
  }
}

function assertUnreachable(state: never): never {
  throw new TypeError(`Unknown state ${String(state)}`);
}
