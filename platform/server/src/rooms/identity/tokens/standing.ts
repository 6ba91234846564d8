import type { AccountId, GrantId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import { isScope } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { type AccountKind, holdsScope, scopesInStatus } from '../account.ts';
import type { App } from '../app.ts';

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

interface StandingRow {
  client_id: string;
  app_kind: App['kind'];
  actor: AccountKind | null;
  app_partner: PartnerId | null;
  app_scopes: Scope[];
  account_id: AccountId | null;
  account_kind: AccountKind | null;
  account_state: 'open' | 'closed' | null;
  member_id: MemberId | null;
  account_partner: PartnerId | null;
  display_name: string | null;
  partner_status: PartnerStatus | null;
  consent_id: GrantId | null;
  consented: Scope[] | null;
  revoked: boolean;
}

const SELECT_STANDING = `
  SELECT app.client_id, app.kind AS app_kind, app.actor, app.partner_id AS app_partner, app.scopes AS app_scopes,
         account.id AS account_id, account.kind AS account_kind, account.state AS account_state, account.member_id,
         account.partner_id AS account_partner, account.display_name,
         access.status AS partner_status, consent.id AS consent_id,
         (SELECT array_agg(line.scope) FROM chung.grant_scopes AS line WHERE line.grant_id = consent.id AND line.state = 'granted') AS consented,
         EXISTS (SELECT FROM chung.revoked_tokens AS denied WHERE denied.jti = $3) AS revoked
  FROM chung.apps AS app
  LEFT JOIN chung.oidc_artifacts AS artifact
    ON artifact.model = 'Grant' AND artifact.id = $2 AND artifact.client_id = app.client_id AND artifact.expires_at > now()
  LEFT JOIN chung.accounts AS account ON account.id = artifact.account_id
  LEFT JOIN chung.partner_access AS access ON access.partner_id = coalesce(app.partner_id, account.partner_id)
  LEFT JOIN chung.grants AS consent ON consent.account_id = account.id AND consent.client_id = app.client_id
  WHERE app.client_id = $1`;

/**
 * Loads it in one round trip. Throws `invalid_token` when the token stands on nothing any more (revoked, grant withdrawn,
 * account closed) and `partner_not_active` when the partner is stopped.
 */
export async function loadStanding(tx: Tx, key: { clientId: string; oidcGrant: string | null; jti: string | null }): Promise<Standing> {
  const [row] = await tx.query<StandingRow>(SELECT_STANDING, [key.clientId, key.oidcGrant, key.jti]);
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
