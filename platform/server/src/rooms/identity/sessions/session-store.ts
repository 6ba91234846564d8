import { hash } from 'node:crypto';
import type { Scope } from '@chung/contracts';
import type { Db } from '../../../kernel/db.ts';
import { knownStanding, type StandingRow, scopesIn, type WrittenStanding } from '../tokens/standing-store.ts';

/** The platform's own three web apps. */
export type WebApp = 'member' | 'partner' | 'admin';

export interface StoredSession {
  readonly oidcGrant: string;
  readonly scopes: readonly Scope[];
  /** As it is at the moment of the session's read; null when even its app is gone. */
  readonly standing: StandingRow | null;
}

/** The hash of a cookie, in the words that PostgreSQL has for bytes. Bytes of our own would cost more than the hashing. */
export type TokenHash = `\\x${string}`;

export const tokenHashOf = (cookie: string): TokenHash => `\\x${hash('sha256', cookie, 'hex')}`;

export interface SessionKey {
  readonly app: WebApp;
  readonly tokenHash: TokenHash;
}

export async function insertSession(
  db: Db,
  session: { tokenHash: TokenHash; app: WebApp; accountId: string; oidcGrant: string; scopes: readonly string[]; lifeSeconds: number },
): Promise<void> {
  await db.query(
    `INSERT INTO chung.web_sessions (token_hash, app, account_id, oidc_grant, scopes, expires_at)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
    [session.tokenHash, session.app, session.accountId, session.oidcGrant, session.scopes, session.lifeSeconds],
  );
}

/** One a key, in their order, each with its standing; null for one that is not there or is over. */
export async function findSessions(db: Db, keys: readonly SessionKey[]): Promise<(StoredSession | null)[]> {
  const rows = await db.query<WrittenStanding & { oidc_grant: string | null; session_scopes: string }>(
    'SELECT * FROM chung.find_sessions($1, $2)',
    [keys.map(({ tokenHash }) => tokenHash), keys.map(({ app }) => app)],
  );
  return rows.map((row) =>
    row.oidc_grant === null ? null : { oidcGrant: row.oidc_grant, scopes: scopesIn(row.session_scopes), standing: knownStanding(row) },
  );
}
