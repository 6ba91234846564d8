import type { JWK } from 'jose';
import type { Db } from '../../kernel/db.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { StoredKey } from './receipt-keys.ts';

type Reader = Pick<Db, 'query'>;
type NamedKey = JWK & { readonly kid: string };

const contextOf = (kid: string) => `receipt-key:${kid}`;

interface KeyRow {
  generation: number;
  kid: string;
  public_key: JWK;
  sealed: Buffer | null;
  signs_from: Date;
  revoked_at: Date | null;
}

/** A private part sealed under another secret is as good as gone: its key only verifies. */
function opened(row: KeyRow, vault: Vault): JWK | null {
  if (row.sealed === null) return null;
  try {
    return { ...row.public_key, kid: row.kid, d: vault.open(row.sealed, contextOf(row.kid)) };
  } catch {
    return null;
  }
}

export interface KeysRead {
  readonly keys: readonly StoredKey[];
  /** The database's time. */
  readonly now: Date;
  /** The number of the youngest key there ever was, revoked ones too. */
  readonly generation: number;
}

/** All keys that still count. */
export async function readKeys(db: Reader, vault: Vault): Promise<KeysRead> {
  const rows = await db.query<Partial<KeyRow> & { now: Date; youngest: number }>(
    `SELECT clock_timestamp() AS now, (SELECT coalesce(max(generation), 0) FROM chung.receipt_keys) AS youngest, k.*
       FROM (SELECT 1) AS one LEFT JOIN chung.receipt_keys AS k ON k.revoked_at IS NULL`,
  );
  const keys = rows.filter((row): row is KeyRow & { now: Date; youngest: number } => typeof row.kid === 'string');
  return {
    now: rows[0]?.now ?? new Date(),
    generation: rows[0]?.youngest ?? 0,
    keys: keys.map((row) => ({
      generation: row.generation,
      publicKey: { ...row.public_key, kid: row.kid },
      privateKey: opened(row, vault),
      signsFrom: row.signs_from,
    })),
  };
}

export interface NewKey {
  readonly jwk: NamedKey;
  /** How long it is only published before it signs. */
  readonly aheadSeconds: number;
  /** What must still be so when it is written, so that of several nodes with the same thought one adds a key. */
  readonly onlyIf: { readonly youngestIs: number } | { readonly youngestIsOlderThanDays: number };
}

export async function addKey(db: Reader, vault: Vault, { jwk, aheadSeconds, onlyIf }: NewKey): Promise<boolean> {
  const { d, ...publicKey } = jwk;
  const sealed = d === undefined ? null : vault.seal(d, contextOf(jwk.kid));
  const [generation, days] = 'youngestIs' in onlyIf ? [onlyIf.youngestIs, null] : [null, onlyIf.youngestIsOlderThanDays];
  const added = await db.query(
    `INSERT INTO chung.receipt_keys (generation, kid, public_key, sealed, signs_from)
     SELECT coalesce(max(generation), 0) + 1, $1, $2, $3, now() + make_interval(secs => $4) FROM chung.receipt_keys
     HAVING coalesce(max(generation), 0) = $5::integer
         OR coalesce(max(signs_from) FILTER (WHERE revoked_at IS NULL), '-infinity') <= now() - make_interval(days => $6::integer)
     ON CONFLICT DO NOTHING RETURNING generation`,
    [jwk.kid, JSON.stringify(publicKey), sealed, aheadSeconds, generation, days],
  );
  return added.length > 0;
}

/** What it signed counts no more from now on, and it signs nothing more. False when there is no such key. */
export async function revokeKey(db: Reader, kid: string): Promise<boolean> {
  const revoked = await db.query(
    'UPDATE chung.receipt_keys SET revoked_at = now(), sealed = NULL WHERE kid = $1 AND revoked_at IS NULL RETURNING 1',
    [kid],
  );
  return revoked.length > 0;
}

/** Keys that a younger one has replaced for a day lose their private part; the day is for nodes that are slow to hear of it. */
export async function destroyReplaced(db: Reader): Promise<number> {
  const destroyed = await db.query(
    `UPDATE chung.receipt_keys AS k SET sealed = NULL
      WHERE sealed IS NOT NULL AND EXISTS (SELECT 1 FROM chung.receipt_keys AS n WHERE (n.signs_from, n.generation) > (k.signs_from, k.generation)
        AND n.revoked_at IS NULL AND n.sealed IS NOT NULL AND n.signs_from <= now() - interval '1 day')
     RETURNING 1`,
  );
  return destroyed.length;
}
