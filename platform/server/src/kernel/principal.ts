import type { AccountId, GrantId, MemberId, PartnerId, Scope } from '@chung/contracts';

/** A member, through an app that they allowed. */
export interface MemberPrincipal {
  readonly actor: 'member';
  readonly memberId: MemberId;
  readonly clientId: string;
  /** The partner whose app calls; null for the platform's own member app, which sees every partner's offers. */
  readonly partnerId: PartnerId | null;
  readonly grantId: GrantId;
  /** Pairwise id for this partner: what the app may know the member by. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
}

/** A partner: its backend (client credentials) or one of its people in the portal (session). */
export interface PartnerPrincipal {
  readonly actor: 'partner';
  readonly partnerId: PartnerId;
  readonly clientId: string;
  readonly accountId: AccountId | null;
  readonly scopes: readonly Scope[];
}

export interface AdminPrincipal {
  readonly actor: 'admin';
  readonly accountId: AccountId;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
}

export type Principal = MemberPrincipal | PartnerPrincipal | AdminPrincipal;

export interface PrincipalOf {
  readonly public: null;
  readonly member: MemberPrincipal;
  readonly partner: PartnerPrincipal;
  readonly admin: AdminPrincipal;
}

/** Stable text for audit, idempotency and rate limits: who, without personal data. */
export function principalKey(principal: Principal): string {
  switch (principal.actor) {
    case 'member':
      return `member:${principal.memberId}:${principal.clientId}`;
    case 'partner':
      return `partner:${principal.partnerId}:${principal.accountId ?? principal.clientId}`;
    case 'admin':
      return `admin:${principal.accountId}`;
  }
}
