import type { Scope } from '@chung/contracts';
import type { Db } from '../../../kernel/db.ts';

/** The platform's own three web apps. */
export type WebApp = 'member' | 'partner' | 'admin';

export interface StoredSession {
  readonly oidcGrant: string;
  readonly scopes: readonly Scope[];
}

export async function insertSession(
  db: Db,
  session: { tokenHash: Buffer; app: WebApp; accountId: string; oidcGrant: string; scopes: readonly string[]; lifeSeconds: number },
): Promise<void> {
  await db.query(
    `INSERT INTO chung.web_sessions (token_hash, app, account_id, oidc_grant, scopes, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
    [session.tokenHash, session.app, session.accountId, session.oidcGrant, session.scopes, session.lifeSeconds],
  );
}

export async function findSession(db: Db, app: WebApp, tokenHash: Buffer): Promise<StoredSession | null> {
  const [row] = await db.query<{ oidc_grant: string; scopes: Scope[] }>(
    'SELECT oidc_grant, scopes FROM chung.web_sessions WHERE token_hash = $1 AND app = $2 AND expires_at > now()',
    [tokenHash, app],
  );
  return row ? { oidcGrant: row.oidc_grant, scopes: row.scopes } : null;
}
