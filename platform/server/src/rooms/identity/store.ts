import type { AccountId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import type { JWK } from 'jose';
import { constraintOf, type Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Account, AccountKind } from './account.ts';
import type { App, Purpose } from './app.ts';

interface AccountRow {
  id: AccountId;
  kind: AccountKind;
  username: string;
  password_hash: string | null;
  display_name: string;
  member_id: MemberId | null;
  partner_id: PartnerId | null;
  state: 'open' | 'closed';
}

/** With the hash; only for signing in. */
export interface StoredAccount extends Account {
  readonly passwordHash: string | null;
}

const accountOf = (row: AccountRow): StoredAccount => ({
  id: row.id,
  kind: row.kind,
  username: row.username,
  displayName: row.display_name,
  memberId: row.member_id,
  partnerId: row.partner_id,
  state: row.state,
  passwordHash: row.password_hash,
});

/** Throws `username_taken`, or `conflict` when the member has an account already. */
export async function insertAccount(tx: Tx, account: Omit<StoredAccount, 'state'>): Promise<void> {
  try {
    await tx.query(
      `INSERT INTO chung.accounts (id, kind, username, password_hash, display_name, member_id, partner_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [account.id, account.kind, account.username, account.passwordHash, account.displayName, account.memberId, account.partnerId],
    );
  } catch (error) {
    if (constraintOf(error) === 'accounts_username') throw new DomainError('username_taken', { cause: error });
    if (constraintOf(error) === 'accounts_member') throw new DomainError('conflict', { cause: error });
    throw error;
  }
}

export async function findAccount(
  tx: Tx,
  by: { id: string } | { username: string } | { memberId: MemberId },
): Promise<StoredAccount | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : 'username' in by ? ['username', by.username] : ['member_id', by.memberId];
  const [row] = await tx.query<AccountRow>(`SELECT * FROM chung.accounts WHERE ${column} = $1`, [value]);
  return row ? accountOf(row) : null;
}

export async function upsertPartnerAccess(tx: Tx, partnerId: PartnerId, status: PartnerStatus): Promise<void> {
  await tx.query(
    // The time is part of the row that is proposed: a table spread over nodes refuses a clock inside DO UPDATE.
    `INSERT INTO chung.partner_access (partner_id, status, changed_at) VALUES ($1, $2, now())
     ON CONFLICT (partner_id) DO UPDATE SET status = EXCLUDED.status, changed_at = EXCLUDED.changed_at`,
    [partnerId, status],
  );
}

export async function findPartnerAccess(tx: Tx, partnerId: PartnerId): Promise<PartnerStatus | null> {
  const [row] = await tx.query<{ status: PartnerStatus }>('SELECT status FROM chung.partner_access WHERE partner_id = $1', [partnerId]);
  return row?.status ?? null;
}

interface AppRow {
  client_id: string;
  kind: App['kind'];
  actor: AccountKind | null;
  partner_id: PartnerId | null;
  name: string;
  jwks: { keys: JWK[] };
  redirect_uris: string[];
  scopes: Scope[];
  optional_scopes: Scope[];
  purposes: Record<string, Purpose>;
  created_at: Date;
}

const appOf = (row: AppRow): App => ({
  clientId: row.client_id,
  kind: row.kind,
  actor: row.actor,
  partnerId: row.partner_id,
  name: row.name,
  jwks: row.jwks,
  redirectUris: row.redirect_uris,
  scopes: row.scopes,
  optionalScopes: row.optional_scopes,
  purposes: row.purposes,
  createdAt: row.created_at,
});

const appValues = (app: Omit<App, 'createdAt'>) => [
  app.clientId,
  app.kind,
  app.actor,
  app.partnerId,
  app.name,
  JSON.stringify(app.jwks),
  app.redirectUris,
  app.scopes,
  app.optionalScopes,
  JSON.stringify(app.purposes),
];

const INSERT_APP = `INSERT INTO chung.apps (client_id, kind, actor, partner_id, name, jwks, redirect_uris, scopes, optional_scopes, purposes)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Throws `conflict` when the client id is taken. */
export async function insertApp(tx: Tx, app: Omit<App, 'createdAt'>): Promise<void> {
  try {
    await tx.query(INSERT_APP, appValues(app));
  } catch (error) {
    if (constraintOf(error) === 'apps_pkey') throw new DomainError('conflict', { cause: error });
    throw error;
  }
}

/** What is given is right, the row follows. Whose app it is never changes: throws `conflict` for another's. */
export async function upsertApp(tx: Tx, app: Omit<App, 'createdAt'>): Promise<void> {
  const written = await tx.query(
    `${INSERT_APP} ON CONFLICT (client_id) DO UPDATE SET kind = $2, actor = $3, name = $5, jwks = $6, redirect_uris = $7, scopes = $8,
       optional_scopes = $9, purposes = $10 WHERE apps.partner_id IS NOT DISTINCT FROM EXCLUDED.partner_id RETURNING client_id`,
    appValues(app),
  );
  if (written.length === 0) throw new DomainError('conflict');
}

export async function findApp(tx: Tx, clientId: string): Promise<App | null> {
  const [row] = await tx.query<AppRow>('SELECT * FROM chung.apps WHERE client_id = $1', [clientId]);
  return row ? appOf(row) : null;
}

/** An app that may act now: the platform's own, or of a partner that an admin has approved and not stopped. */
export async function findUsableApp(tx: Tx, clientId: string): Promise<App | null> {
  const [row] = await tx.query<AppRow>(
    `SELECT app.* FROM chung.apps AS app LEFT JOIN chung.partner_access AS access USING (partner_id)
     WHERE app.client_id = $1 AND (app.partner_id IS NULL OR access.status = 'active')`,
    [clientId],
  );
  return row ? appOf(row) : null;
}

export async function listApps(
  tx: Tx,
  page: { partnerId: PartnerId; before: readonly string[] | null; limit: number },
): Promise<readonly App[]> {
  // A cursor holds milliseconds and the column microseconds: compared as they are, apps of one millisecond would be left out.
  const rows = await tx.query<AppRow>(
    `SELECT * FROM chung.apps
     WHERE partner_id = $1 AND ($2::timestamptz IS NULL OR (date_trunc('milliseconds', created_at), client_id) < ($2, $3))
     ORDER BY date_trunc('milliseconds', created_at) DESC, client_id DESC LIMIT $4`,
    [page.partnerId, page.before?.[0] ?? null, page.before?.[1] ?? null, page.limit],
  );
  return rows.map(appOf);
}

/** Every sign-in of the partner's people, and every sign-in to the partner's apps. */
export async function endPartnerSessions(tx: Tx, partnerId: PartnerId): Promise<void> {
  await tx.query(`DELETE FROM chung.web_sessions WHERE account_id IN (SELECT id FROM chung.accounts WHERE partner_id = $1)`, [partnerId]);
  await tx.query(
    `DELETE FROM chung.oidc_artifacts WHERE account_id IN (SELECT id FROM chung.accounts WHERE partner_id = $1)
       OR client_id IN (SELECT client_id FROM chung.apps WHERE partner_id = $1)`,
    [partnerId],
  );
}

const SWEPT = ['oidc_artifacts', 'seen_ids', 'revoked_tokens', 'web_sessions', 'sign_in_failures'] as const;
const SWEEP_BATCH = 5_000;

/** Removes what has expired, in batches that lock briefly; answers how many rows went. */
export async function deleteExpired(tx: Tx): Promise<number> {
  let deleted = 0;
  for (const table of SWEPT) {
    for (;;) {
      const rows = await tx.query(
        `DELETE FROM chung.${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM chung.${table} WHERE expires_at < now() LIMIT ${SWEEP_BATCH}))
         RETURNING 1 AS one`,
      );
      deleted += rows.length;
      if (rows.length < SWEEP_BATCH) break;
    }
  }
  return deleted;
}
