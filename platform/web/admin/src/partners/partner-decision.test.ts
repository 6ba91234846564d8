import { PartnerStatus } from '@chung/contracts';
import { describe, expect, it } from 'vitest';
import { decisionsOn, needsReason, PARTNER_STATUSES } from './partner-decision.ts';

describe('decisions on partners', () => {
  it('knows every status of the contract', () => expect([...PARTNER_STATUSES].sort()).toEqual([...PartnerStatus.options].sort()));
  it('offers approval to applicants alone', () => {
    expect(PARTNER_STATUSES.filter((status) => decisionsOn(status).includes('approve'))).toEqual(['applied']);
  });
  it('asks a reason for what takes something away', () => {
    expect((['approve', 'refuse', 'suspend', 'reinstate'] as const).filter(needsReason)).toEqual(['refuse', 'suspend']);
  });
});
