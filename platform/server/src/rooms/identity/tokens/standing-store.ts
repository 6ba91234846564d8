import type { AccountId, GrantId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';
import type { AccountKind } from '../account.ts';
import type { App } from '../app.ts';

export interface StandingRow {
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

// One statement, so that all of it is of one moment: read one after another, a withdrawal between two reads could be missed.
const STANDING = `
  SELECT app.client_id, app.kind AS app_kind, app.actor, app.partner_id AS app_partner, app.scopes AS app_scopes,
         account.id AS account_id, account.kind AS account_kind, account.state AS account_state, account.member_id,
         account.partner_id AS account_partner, account.display_name,
         access.status AS partner_status, consent.id AS consent_id,
         (SELECT array_agg(line.scope) FROM chung.grant_scopes AS line WHERE line.grant_id = consent.id AND line.state = 'granted') AS consented,
         EXISTS (SELECT FROM chung.revoked_tokens AS denied WHERE denied.jti = key.jti) AS revoked
  FROM chung.apps AS app
  LEFT JOIN chung.oidc_artifacts AS artifact
    ON artifact.model = 'Grant' AND artifact.id = key.oidc_grant AND artifact.client_id = app.client_id AND artifact.expires_at > now()
  LEFT JOIN chung.accounts AS account ON account.id = artifact.account_id
  LEFT JOIN chung.partner_access AS access ON access.partner_id = coalesce(app.partner_id, account.partner_id)
  LEFT JOIN chung.grants AS consent ON consent.account_id = account.id AND consent.client_id = app.client_id
  WHERE app.client_id = key.client_id
  -- Keeps the planner from turning a look-up by key into a join over all members.
  OFFSET 0`;

/** Joins the standing to a row called `key` with `client_id`, `oidc_grant` and `jti`. */
export const WITH_STANDING = `LEFT JOIN LATERAL (${STANDING}) AS standing ON true`;

/** What a token hangs on. `oidcGrant` is null when an app acts for itself, `jti` for a web session: it has no token to revoke. */
export interface StandingKey {
  readonly clientId: string;
  readonly oidcGrant: string | null;
  readonly jti: string | null;
}

/** One row a key, in their order; null for an app that is not there. */
export async function findStandings(tx: Tx, keys: readonly StandingKey[]): Promise<(StandingRow | null)[]> {
  const rows = await tx.query<StandingRow | { client_id: null }>(
    `SELECT standing.* FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS key (client_id, oidc_grant, jti, no)
       ${WITH_STANDING} ORDER BY key.no`,
    [keys.map(({ clientId }) => clientId), keys.map(({ oidcGrant }) => oidcGrant), keys.map(({ jti }) => jti)],
  );
  return rows.map(knownStanding);
}

/** What a left join found, or nothing. */
export const knownStanding = <Row extends StandingRow>(row: Row | { client_id: null }): Row | null => (row.client_id === null ? null : row);
