// What was written stays as it was: not by promise of the code, but because the server's role has no right to change it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 2, onIdleError: () => {} });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** A column of each, for an update that would be harmless. */
const APPEND_ONLY = [
  ['postings', 'line'],
  ['journals', 'kind'],
  ['audit_entries', 'action'],
  ['outbox', 'type'],
  ['consent_receipts', 'scope'],
  ['presentations', 'used_at'],
  ['contracts', 'version'],
  ['offer_terms', 'version'],
  ['vat_rates', 'basis_points'],
] as const;

describe.each(APPEND_ONLY)('%s', (table, column) => {
  test.each([
    ['UPDATE', `UPDATE chung.${table} SET ${column} = ${column}`],
    ['UPDATE of no row', `UPDATE chung.${table} SET ${column} = ${column} WHERE false`],
    ['DELETE', `DELETE FROM chung.${table}`],
    ['TRUNCATE', `TRUNCATE chung.${table}`],
    ['DROP', `DROP TABLE chung.${table}`],
    ['a trigger', `CREATE TRIGGER t BEFORE INSERT ON chung.${table} EXECUTE FUNCTION suppress_redundant_updates_trigger()`],
  ])('refuses %s', async (_what, statement) => {
    await expect(db.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });
});

test('only what is meant to go away can be deleted, and only the import’s work table emptied', async () => {
  const may = async (right: string) => {
    const rows = await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = 'chung'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege('chung_server', c.oid, $1) ORDER BY 1`,
      [right],
    );
    return rows.map(({ name }) => name);
  };
  expect(await may('DELETE')).toEqual([
    'grant_scopes',
    'grants',
    'idempotency_keys',
    'member_import_rows',
    'offer_listings',
    'oidc_artifacts',
    'revoked_tokens',
    'seen_ids',
    'sign_in_failures',
    'web_sessions',
    'webhook_attempts',
    'webhook_endpoints',
    'webhook_keys',
    'webhook_relays',
    'webhook_replays',
  ]);
  expect(await may('TRUNCATE')).toEqual(['member_import_rows']);
  expect(await may('TRIGGER')).toEqual([]);
  expect(await may('REFERENCES')).toEqual([]);
});

test('books are written by the function alone, which no caller can turn to other tables', async () => {
  await expect(db.query('SET ROLE postgres')).rejects.toThrow(/permission denied/);
  const [found] = await db.query<{ definer: boolean; config: string[] }>(
    `SELECT prosecdef AS definer, proconfig AS config FROM pg_proc WHERE oid = 'chung.post_journals'::regproc`,
  );
  // Without a fixed search path a caller's own "sum" or "jsonb_array_elements" would run with the owner's rights.
  expect(found).toEqual({ definer: true, config: ['search_path=pg_catalog, pg_temp'] });
  await expect(db.query('CREATE FUNCTION chung.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$')).rejects.toThrow(/permission denied/);
  await expect(db.query('CREATE TABLE public.mine (id int)')).rejects.toThrow(/permission denied/);
});
