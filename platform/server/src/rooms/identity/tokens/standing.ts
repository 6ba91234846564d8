import type { AccountId, GrantId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import { isScope } from '@chung/contracts';
import { DomainError } from '../../../kernel/errors.ts';
import { type AccountKind, holdsScope, scopesInStatus } from '../account.ts';
import type { App } from '../app.ts';
import type { StandingKey, StandingRow } from './standing-store.ts';

/** Where everything stands that a token hangs on, read from the database now: app, partner, account, grant, consent. */
export interface Standing {
  readonly app: Pick<App, 'clientId' | 'kind' | 'actor' | 'partnerId'> & { readonly scopes: readonly Scope[] };
  readonly account: {
    readonly id: AccountId;
    readonly kind: AccountKind;
    readonly memberId: MemberId | null;
    readonly partnerId: PartnerId | null;
    readonly displayName: string;
  } | null;
  readonly partnerStatus: PartnerStatus | null;
  /** What the member allows this app now; null where consent is not asked (the platform's own web apps, partners, admins). */
  readonly consent: { readonly grantId: GrantId; readonly scopes: readonly Scope[] } | null;
}

/**
 * Reads it from its row. Throws `invalid_token` when the token stands on nothing any more (revoked, grant withdrawn,
 * account closed) and `partner_not_active` when the partner is stopped.
 */
export function standingFrom(row: StandingRow | null, key: Pick<StandingKey, 'oidcGrant'>): Standing {
  if (!row || row.revoked) throw new DomainError('invalid_token');
  if (key.oidcGrant !== null && row.account_state !== 'open') throw new DomainError('invalid_token');
  const account =
    row.account_id && row.account_kind
      ? {
          id: row.account_id,
          kind: row.account_kind,
          memberId: row.member_id,
          partnerId: row.account_partner,
          displayName: row.display_name ?? '',
        }
      : null;
  const asksConsent = account?.kind === 'member' && row.app_kind !== 'first-party';
  // Withdrawn as a whole: the line is gone, and with it every token, also one that a race let through.
  if (asksConsent && row.consent_id === null) throw new DomainError('invalid_token');
  return {
    app: { clientId: row.client_id, kind: row.app_kind, actor: row.actor, partnerId: row.app_partner, scopes: row.app_scopes },
    account,
    partnerStatus: row.partner_status,
    consent: asksConsent && row.consent_id ? { grantId: row.consent_id, scopes: row.consented ?? [] } : null,
  };
}

/** Granted ∩ approved for the app ∩ what this kind of account holds ∩ what the partner's status leaves. */
export function effectiveScopes(standing: Standing, issued: readonly string[]): readonly Scope[] {
  const { app, account, consent } = standing;
  const scopes = issued.filter(
    (scope): scope is Scope =>
      isScope(scope) &&
      app.scopes.includes(scope) &&
      (consent === null || consent.scopes.includes(scope)) &&
      holdsScope(account?.kind ?? 'partner', scope),
  );
  // A partner that identity has never heard of is treated as stopped: fail closed.
  const status = standing.partnerStatus ?? 'suspended';
  if (app.partnerId !== null && status !== 'active') throw new DomainError('partner_not_active');
  if (account?.kind !== 'partner') return scopes;
  const left = scopesInStatus(status, scopes);
  if (left === null) throw new DomainError('partner_not_active');
  return left;
}
