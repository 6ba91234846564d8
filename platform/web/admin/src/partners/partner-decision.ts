import type { PartnerStatus } from '@chung/contracts';
import type { Tone } from '@chung/ui/desk';

export type PartnerDecision = 'approve' | 'refuse' | 'suspend' | 'reinstate';

export const PARTNER_STATUSES = ['applied', 'active', 'suspended', 'refused'] as const satisfies readonly PartnerStatus[];

export const PARTNER_TONES: Readonly<Record<PartnerStatus, Tone>> = { applied: 'busy', active: 'good', suspended: 'warn', refused: 'bad' };

/** What can be decided about a partner in a status; the platform has the last word. */
export function decisionsOn(status: PartnerStatus): readonly PartnerDecision[] {
  switch (status) {
    case 'applied':
      return ['approve', 'refuse'];
    case 'active':
      return ['suspend'];
    case 'suspended':
      return ['reinstate'];
    case 'refused':
      return [];
  }
}

/** Taking something away needs a reason; giving does not. */
export const needsReason = (decision: PartnerDecision): boolean => decision === 'refuse' || decision === 'suspend';
