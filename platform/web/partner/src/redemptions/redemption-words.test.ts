import { RedemptionState } from '@chung/contracts';
import { describe, expect, it } from 'vitest';
import { actionsOn, REDEMPTION_STATES, shortRef, verdictOf } from './redemption-words.ts';

describe('redemptions in the portal', () => {
  it('knows every state of the contract', () => expect(REDEMPTION_STATES).toEqual(RedemptionState.options));
  it('offers nothing on a redemption that is over', () => {
    expect(actionsOn('EXPIRED')).toEqual([]);
    expect(actionsOn('REVERSED')).toEqual([]);
    expect(actionsOn('RESERVED')).toEqual(['confirm']);
    expect(actionsOn('PARTLY_REVERSED')).toEqual(['reverse']);
  });
  it('never tells the cashier that a used code is fresh', () => {
    expect(verdictOf('REDEEMED', null).words).toBe('already');
    expect(verdictOf('REDEEMED', 'confirmed')).toEqual({ words: 'confirmed', color: 'green' });
    expect(verdictOf('RELEASED', null).color).toBe('red');
  });
  it('shortens a long id and keeps a short one', () => {
    expect(shortRef('abcdefghijklmnop')).toBe('abcd…klmnop');
    expect(shortRef('short')).toBe('short');
  });
});
