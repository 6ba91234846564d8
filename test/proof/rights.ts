// I11: tries as the server's role what the server must never be able to do.
import pg from 'pg';

const APPEND_ONLY = ['journals', 'postings', 'outbox', 'audit_entries', 'claim_keys', 'codes'] as const;

/** No row is needed: PostgreSQL asks for the right before it looks for rows, and all is rolled back. */
const statements = (table: string, column: string): string[] => [
  `UPDATE chung.${table} SET "${column}" = "${column}"`,
  `DELETE FROM chung.${table}`,
  `TRUNCATE chung.${table}`,
];

const OTHERS = [
  // A redemption may change its state, never disappear; books are written by their functions alone.
  'DELETE FROM chung.redemptions',
  'DELETE FROM chung.offer_stock',
  'DELETE FROM chung.redemption_usage',
  `INSERT INTO chung.journals (shard_id, id, kind, cause_id) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', gen_random_uuid())`,
  `INSERT INTO chung.postings (shard_id, journal_id, line, account, owner_id, currency, amount_minor)
     VALUES (gen_random_uuid(), gen_random_uuid(), 1, 1200, gen_random_uuid(), 'VND', 1)`,
  'ALTER TABLE chung.offer_stock DROP CONSTRAINT offer_stock_not_oversold',
];

const DENIED = '42501';

/** Which of these the server's role may do after all; empty when every one is refused. */
export async function deniedToServer(serverUrl: string): Promise<{ checks: number; allowed: string[] }> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const allowed: string[] = [];
  let checks = 0;
  try {
    const { rows } = await client.query<{ table: string; column: string }>(
      `SELECT c.relname AS table, (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT 1) AS column
         FROM pg_class c WHERE c.relnamespace = 'chung'::regnamespace AND c.relname = ANY ($1)`,
      [APPEND_ONLY],
    );
    const present = new Set(rows.map(({ table }) => table));
    const missing = APPEND_ONLY.filter((table) => !present.has(table));
    if (missing.length > 0) throw new Error(`the proof looks for tables that do not exist: ${missing.join(', ')}`);
    for (const statement of [...rows.flatMap(({ table, column }) => statements(table, column)), ...OTHERS]) {
      checks += 1;
      await client.query('BEGIN');
      const refused = await client.query(statement).then(
        () => false,
        (error: unknown) => error instanceof Error && 'code' in error && error.code === DENIED,
      );
      await client.query('ROLLBACK');
      if (!refused) allowed.push(statement);
    }
  } finally {
    await client.end();
  }
  return { checks, allowed };
}
