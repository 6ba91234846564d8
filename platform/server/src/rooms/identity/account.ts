import type { AccountId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import { SCOPES } from '@chung/contracts';
import { assertUnreachable } from '../../kernel/errors.ts';

export type AccountKind = 'member' | 'partner' | 'admin';

export interface Account {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly username: string;
  readonly displayName: string;
  readonly memberId: MemberId | null;
  readonly partnerId: PartnerId | null;
  readonly state: 'open' | 'closed';
}

/** What a new account is made of; exactly one owner, as the kind says. */
export type NewAccount = {
  readonly username: string;
  /** Without one the account can only sign in through the operator's identity provider. */
  readonly password?: string;
  readonly displayName: string;
} & (
  | { readonly kind: 'member'; readonly memberId: MemberId }
  | { readonly kind: 'partner'; readonly partnerId: PartnerId }
  | { readonly kind: 'admin' }
);

/** The account's own scopes: an admin's app asking a member for `admin.*` gets none of them. */
export function holdsScope(kind: AccountKind, scope: Scope): boolean {
  return scope === 'openid' || SCOPES[scope].holder === kind;
}

/**
 * What a partner's status leaves of the scopes of its own people. Applied: they may look, not act. Refused: they may read why.
 * Suspended answers null: tokens and sessions are stopped, not cut.
 */
export function scopesInStatus(status: PartnerStatus, scopes: readonly Scope[]): readonly Scope[] | null {
  switch (status) {
    case 'active':
      return scopes;
    case 'applied':
      return scopes.filter((scope) => scope === 'openid' || scope.endsWith(':read'));
    case 'refused':
      return scopes.filter((scope) => scope === 'openid' || scope === 'partner.profile:read');
    case 'suspended':
      return null;
    default:
      return assertUnreachable(status);
  }
}
