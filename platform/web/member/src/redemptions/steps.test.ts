import { Redemption, RedemptionState } from '@chung/contracts';
import { expect, it } from 'vitest';
import { STATES, stepsOf } from './steps.ts';

const redemption = Redemption.parse({
  id: '01936b5e-7c00-7000-8000-000000000002',
  offerId: '01936b5e-7c00-7000-8000-000000000001',
  offerTitle: { vi: 'a', en: 'a' },
  state: 'RESERVED',
  termsVersion: 1,
  claimedAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-22T10:30:00Z',
  updatedAt: '2026-11-22T10:05:00Z',
  partner: { id: '01936b5e-7c00-7000-8000-000000000003', name: 'P' },
  code: null,
});

it('every state of the registry is listed in the wallet and has exactly one step that holds now', () => {
  expect([...STATES].sort()).toEqual([...RedemptionState.options].sort());
  for (const state of STATES) expect(stepsOf({ ...redemption, state }).filter((step) => step.phase === 'now')).toHaveLength(1);
});

it('a reservation shows its limit, not a time at which something happened', () => {
  expect(stepsOf(redemption)[1]).toEqual({ name: 'waiting', phase: 'now', at: '2026-11-22T10:30:00Z', isLimit: true });
});
