import type { AccountId, GrantId, MemberId, PartnerId, Scope } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { Purpose } from './app.ts';

export type ScopeState = 'granted' | 'refused';

export interface Grant {
  readonly id: GrantId;
  readonly accountId: AccountId;
  readonly clientId: string;
  readonly scopes: ReadonlyMap<Scope, { readonly state: ScopeState; readonly changedAt: Date }>;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

interface GrantRow {
  id: GrantId;
  account_id: AccountId;
  client_id: string;
  created_at: Date;
  last_used_at: Date | null;
  lines: { scope: Scope; state: ScopeState; changed_at: string }[] | null;
}

const SELECT_GRANT = `SELECT g.id, g.account_id, g.client_id, g.created_at, g.last_used_at,
    (SELECT jsonb_agg(jsonb_build_object('scope', l.scope, 'state', l.state, 'changed_at', l.changed_at) ORDER BY l.changed_at, l.scope)
     FROM chung.grant_scopes AS l WHERE l.grant_id = g.id) AS lines
  FROM chung.grants AS g`;

const grantOf = (row: GrantRow): Grant => ({
  id: row.id,
  accountId: row.account_id,
  clientId: row.client_id,
  scopes: new Map((row.lines ?? []).map((line) => [line.scope, { state: line.state, changedAt: new Date(line.changed_at) }])),
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

export async function findGrant(tx: Tx, key: { accountId: AccountId; clientId: string }): Promise<Grant | null> {
  const [row] = await tx.query<GrantRow>(`${SELECT_GRANT} WHERE g.account_id = $1 AND g.client_id = $2`, [key.accountId, key.clientId]);
  return row ? grantOf(row) : null;
}

/** Locks the grant, so that a withdrawal and a new consent of the same app follow one another. */
export async function lockGrant(tx: Tx, key: { grantId: string; accountId: AccountId }): Promise<Grant | null> {
  const locked = await tx.query('SELECT FROM chung.grants WHERE id = $1 AND account_id = $2 FOR UPDATE', [key.grantId, key.accountId]);
  if (locked.length === 0) return null;
  const [row] = await tx.query<GrantRow>(`${SELECT_GRANT} WHERE g.id = $1`, [key.grantId]);
  return row ? grantOf(row) : null;
}

/** The app's grant, made now if there is none, and locked until the transaction ends. */
export async function openGrant(tx: Tx, key: { accountId: AccountId; clientId: string }): Promise<Grant> {
  const [opened] = await tx.query<{ id: string }>(
    `INSERT INTO chung.grants (id, account_id, client_id) VALUES ($1, $2, $3)
     ON CONFLICT (account_id, client_id) DO UPDATE SET client_id = EXCLUDED.client_id RETURNING id`,
    [newId<GrantId>(), key.accountId, key.clientId],
  );
  const grant = opened && (await lockGrant(tx, { grantId: opened.id, accountId: key.accountId }));
  if (!grant) throw new Error('a grant that was just opened is not there');
  return grant;
}

/** Writes what changes and leaves the rest its old time: `grantedAt` is when it was granted, not when it was last seen. */
export async function setScopes(tx: Tx, grantId: GrantId, lines: { scopes: readonly Scope[]; state: ScopeState }): Promise<void> {
  await tx.query(
    `INSERT INTO chung.grant_scopes AS old (grant_id, scope, state, changed_at) SELECT $1, scope, $3, now() FROM unnest($2::text[]) AS scope
     ON CONFLICT (grant_id, scope) DO UPDATE SET state = EXCLUDED.state, changed_at = EXCLUDED.changed_at WHERE old.state <> EXCLUDED.state`,
    [grantId, lines.scopes, lines.state],
  );
}

export async function deleteGrant(tx: Tx, grantId: GrantId): Promise<void> {
  await tx.query('DELETE FROM chung.grants WHERE id = $1', [grantId]);
}

/** The member sees when an app last got a token for them. */
export async function touchGrant(tx: Tx, key: { accountId: string; clientId: string }): Promise<void> {
  await tx.query('UPDATE chung.grants SET last_used_at = now() WHERE account_id = $1 AND client_id = $2', [key.accountId, key.clientId]);
}

export async function listGrantsOf(
  tx: Tx,
  page: { accountId: AccountId; before: string | null; limit: number },
): Promise<readonly Grant[]> {
  const rows = await tx.query<GrantRow>(
    `${SELECT_GRANT} WHERE g.account_id = $1 AND ($2::text IS NULL OR g.id < $2) ORDER BY g.id DESC LIMIT $3`,
    [page.accountId, page.before, page.limit],
  );
  return rows.map(grantOf);
}

export interface Receipt {
  readonly id: string;
  readonly accountId: AccountId;
  readonly memberId: MemberId;
  readonly grantId: GrantId;
  readonly clientId: string;
  readonly appName: string;
  readonly partnerId: PartnerId | null;
  readonly action: 'granted' | 'withdrawn';
  readonly scope: Scope;
  readonly purpose: Purpose;
  readonly language: 'vi' | 'en';
  readonly at: Date;
}

export async function insertReceipt(tx: Tx, receipt: Omit<Receipt, 'id' | 'at'>): Promise<void> {
  await tx.query(
    `INSERT INTO chung.consent_receipts
       (id, account_id, member_id, grant_id, client_id, app_name, partner_id, action, scope, purpose_vi, purpose_en, purpose_version, language)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      newId(),
      receipt.accountId,
      receipt.memberId,
      receipt.grantId,
      receipt.clientId,
      receipt.appName,
      receipt.partnerId,
      receipt.action,
      receipt.scope,
      receipt.purpose.vi,
      receipt.purpose.en,
      receipt.purpose.version,
      receipt.language,
    ],
  );
}

interface ReceiptRow {
  id: string;
  client_id: string;
  app_name: string;
  action: 'granted' | 'withdrawn';
  scope: string;
  purpose_vi: string;
  purpose_en: string;
  purpose_version: number;
  language: 'vi' | 'en';
  occurred_at: Date;
}

export async function listReceiptsOf(
  tx: Tx,
  page: { accountId: AccountId; before: string | null; limit: number },
): Promise<readonly ReceiptRow[]> {
  return tx.query<ReceiptRow>(
    `SELECT * FROM chung.consent_receipts WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [page.accountId, page.before, page.limit],
  );
}

/** Takes scopes out of every authorization of an app, so that a refresh gets the narrowed set. */
export async function narrowAuthorizations(
  tx: Tx,
  key: { accountId: AccountId; clientId: string; resource: string },
  withdrawn: Scope,
): Promise<void> {
  const rows = await tx.query<{ id: string; payload: { resources?: Record<string, string> } }>(
    `SELECT id, payload FROM chung.oidc_artifacts WHERE model = 'Grant' AND account_id = $1 AND client_id = $2 FOR UPDATE`,
    [key.accountId, key.clientId],
  );
  for (const { id, payload } of rows) {
    const scopes = payload.resources?.[key.resource]?.split(' ').filter((scope) => scope !== withdrawn) ?? [];
    const narrowed = { ...payload, resources: { ...payload.resources, [key.resource]: scopes.join(' ') } };
    await tx.query(`UPDATE chung.oidc_artifacts SET payload = $2 WHERE model = 'Grant' AND id = $1`, [id, JSON.stringify(narrowed)]);
  }
}

/** Ends every authorization of an app for this account, with all codes and refresh tokens, in the caller's transaction. */
export async function endAuthorizations(tx: Tx, key: { accountId: AccountId; clientId: string }): Promise<void> {
  await tx.query(
    `DELETE FROM chung.oidc_artifacts WHERE grant_id IN
       (SELECT id FROM chung.oidc_artifacts WHERE model = 'Grant' AND account_id = $1 AND client_id = $2)`,
    [key.accountId, key.clientId],
  );
}
