import { createHash } from 'node:crypto';
import type { Db, Tx } from '../../../kernel/db.ts';

/** A row of oidc-provider's storage; the payload is its own and opaque to us, but for a grant's scopes. */
export interface Artifact {
  readonly model: string;
  readonly id: string;
  readonly payload: Record<string, unknown>;
  readonly expiresInSeconds: number;
}

/** Ids of grants stand in tokens and are no secret; every other id is the cookie, code or token itself. */
export const storedId = (model: string, id: string): string =>
  model === 'Grant' ? id : createHash('sha256').update(id).digest('base64url');

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Without an end of its own an artifact would stay for ever. */
const DEFAULT_LIFE_SECONDS = 86_400;

export async function upsertArtifact(db: Db, artifact: Artifact): Promise<void> {
  const { jti: _secret, ...payload } = artifact.payload;
  await db.query(
    `INSERT INTO chung.oidc_artifacts (model, id, payload, grant_id, uid, account_id, client_id, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
     ON CONFLICT (model, id) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, account_id = $6, client_id = $7, expires_at = EXCLUDED.expires_at`,
    [
      artifact.model,
      storedId(artifact.model, artifact.id),
      JSON.stringify(payload),
      artifact.model === 'Grant' ? artifact.id : textOrNull(payload['grantId']),
      textOrNull(payload['uid']),
      textOrNull(payload['accountId']),
      textOrNull(payload['clientId']),
      artifact.expiresInSeconds || DEFAULT_LIFE_SECONDS,
    ],
  );
}

interface PayloadRow {
  payload: Record<string, unknown>;
  consumed: number | null;
}

const SELECT = `SELECT payload, floor(extract(epoch FROM consumed_at))::int AS consumed FROM chung.oidc_artifacts`;

const withState = (row: PayloadRow): Record<string, unknown> =>
  row.consumed === null ? row.payload : { ...row.payload, consumed: row.consumed };

export async function findArtifact(db: Db, model: string, id: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await db.query<PayloadRow>(`${SELECT} WHERE model = $1 AND id = $2`, [model, storedId(model, id)]);
  return row && { ...withState(row), jti: id };
}

/** The id itself is not in the table, so what this finds can be read but not saved. */
export async function findArtifactByUid(db: Db, model: string, uid: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await db.query<PayloadRow>(`${SELECT} WHERE model = $1 AND uid = $2`, [model, uid]);
  return row && withState(row);
}

/** Marks as used; false when somebody else was faster. The update decides, so two nodes cannot both win. */
export async function consumeArtifact(db: Db, model: string, id: string): Promise<{ first: boolean; grantId: string | null }> {
  const key = [model, storedId(model, id)];
  const [won] = await db.query<{ grant_id: string | null }>(
    'UPDATE chung.oidc_artifacts SET consumed_at = now() WHERE model = $1 AND id = $2 AND consumed_at IS NULL RETURNING grant_id',
    key,
  );
  if (won) return { first: true, grantId: won.grant_id };
  const [lost] = await db.query<{ grant_id: string | null }>('SELECT grant_id FROM chung.oidc_artifacts WHERE model = $1 AND id = $2', key);
  return { first: false, grantId: lost?.grant_id ?? null };
}

export async function deleteArtifact(db: Db, model: string, id: string): Promise<void> {
  await db.query('DELETE FROM chung.oidc_artifacts WHERE model = $1 AND id = $2', [model, storedId(model, id)]);
}

export async function deleteSessionByUid(db: Db, uid: string): Promise<void> {
  await db.query(`DELETE FROM chung.oidc_artifacts WHERE model = 'Session' AND uid = $1`, [uid]);
}

/**
 * Ends an authorization: the grant and all that came of it, codes, refresh tokens and web sessions, in one statement.
 * Access tokens are JWTs and not stored; they die with the grant, which every API call looks up.
 */
export async function revokeByGrantId(tx: Tx, grantId: string): Promise<void> {
  await tx.query(
    `WITH gone AS (DELETE FROM chung.oidc_artifacts WHERE grant_id = $1)
     DELETE FROM chung.web_sessions WHERE oidc_grant = $1`,
    [grantId],
  );
}

/**
 * Remembers ids until they expire and answers those that were new. In their order: two nodes that bring the same ids in
 * another order would wait for each other.
 */
export async function rememberIds(db: Db, ids: readonly { id: string; expiresInSeconds: number }[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ id: string }>(
    `INSERT INTO chung.seen_ids (id, expires_at)
     SELECT id, now() + make_interval(secs => seconds) FROM unnest($1::text[], $2::int[]) AS given (id, seconds) ORDER BY id
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [ids.map(({ id }) => id), ids.map(({ expiresInSeconds }) => expiresInSeconds)],
  );
  return new Set(rows.map(({ id }) => id));
}

export async function denyToken(db: Db, jti: string, expiresInSeconds: number): Promise<void> {
  await db.query(
    `INSERT INTO chung.revoked_tokens (jti, expires_at) VALUES ($1, now() + make_interval(secs => $2)) ON CONFLICT (jti) DO NOTHING`,
    [jti, expiresInSeconds],
  );
}
