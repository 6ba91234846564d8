import type { Tx } from '../../kernel/db.ts';

// Own SQL instead of rate-limiter-flexible's store: that one names its prepared statements, which break behind PgBouncer,
// keeps time by each node's clock, and does arithmetic on int8 that our driver returns as bigint.

const WINDOW = `interval '15 minutes'`;

/**
 * Counts an attempt before its password is looked at, so that a burst in parallel cannot pass the limit.
 * Answers the seconds to wait, 0 when the attempt may go on. Attempts during a lock do not lengthen it.
 */
export async function takeAttempt(tx: Tx, key: string, limit: number): Promise<number> {
  const [row] = await tx.query<{ attempts: number; seconds: number }>(
    `INSERT INTO chung.sign_in_failures AS old (key, failures, expires_at) VALUES ($1, 1, now() + ${WINDOW})
     ON CONFLICT (key) DO UPDATE SET
       failures = CASE WHEN old.expires_at > EXCLUDED.expires_at - ${WINDOW} THEN old.failures + 1 ELSE 1 END,
       expires_at = CASE WHEN old.expires_at > EXCLUDED.expires_at - ${WINDOW} AND old.failures >= $2 THEN old.expires_at ELSE EXCLUDED.expires_at END
     RETURNING failures AS attempts, ceil(extract(epoch FROM expires_at - now()))::int AS seconds`,
    [key, limit],
  );
  if (!row) throw new Error('the sign-in counter answered no row');
  return row.attempts > limit ? Math.max(1, row.seconds) : 0;
}

/** A right password: the account starts anew, the address gets its one attempt back. */
export async function returnAttempt(tx: Tx, keys: { account: string; address: string }): Promise<void> {
  await tx.query('DELETE FROM chung.sign_in_failures WHERE key = $1', [keys.account]);
  await tx.query('UPDATE chung.sign_in_failures SET failures = greatest(0, failures - 1) WHERE key = $1', [keys.address]);
}
