import type { Partner, PartnerStatus } from '@chung/contracts';

/** What an admin can decide about a partner. */
export type PartnerDecision = 'approve' | 'refuse' | 'suspend' | 'reinstate';

interface Transition {
  readonly from: readonly PartnerStatus[];
  readonly to: PartnerStatus;
}

/**
 * The state table of a partner: `applied → active ⇄ suspended`, `applied → refused`.
 * A refusal can be corrected by approving later, because the slug stays with the one who asked for it.
 */
export const PARTNER_DECISIONS: Readonly<Record<PartnerDecision, Transition>> = {
  approve: { from: ['applied', 'refused'], to: 'active' },
  refuse: { from: ['applied'], to: 'refused' },
  suspend: { from: ['active'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'active' },
};

/** What a partner writes when it registers; the owner's account is identity's. */
export type PartnerApplication = Pick<Partner, 'slug' | 'name' | 'legalName' | 'taxId' | 'contactEmail'>;
