import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { readBalance } from './get-balance.ts';
import { readTrialBalance } from './get-trial-balance.ts';
import { createLedger, credit, debit, type Journal } from './index.ts';

let database: TestDatabase;
let db: Db;
const ledger = createLedger();
const partner = newId<never>();

const journalOf = (amount: bigint, changes: Partial<Journal> = {}): Journal => ({
  shardId: partner,
  causeId: newId(),
  kind: 'redeemed',
  postings: [
    debit({ account: 1200, ownerId: partner, currency: 'VND' }, amount),
    credit({ account: 4110, ownerId: partner, currency: 'VND' }, amount),
  ],
  ...changes,
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test('a balanced journal shows in balance and trial balance', async () => {
  await db.tx((tx) => ledger.post(tx, [journalOf(3_000_000_000n)]));
  expect(await readBalance(db, partner)).toMatchObject({ receivableMinor: 3_000_000_000, payablePendingMinor: 0 });
  const { totals } = await readTrialBalance(db);
  expect(totals).toEqual([{ currency: 'VND', debitMinor: 3_000_000_000, creditMinor: 3_000_000_000, differenceMinor: 0 }]);
});

test('an unbalanced journal is refused by the code and by the database (I10)', async () => {
  const off = journalOf(5n, { postings: [...journalOf(5n).postings, debit({ account: 2300, ownerId: partner, currency: 'VND' }, 1n)] });
  await expect(db.tx((tx) => ledger.post(tx, [off]))).rejects.toThrow(/off by 1 VND/);
  const batch = (postings: object[]) => JSON.stringify([{ id: newId(), shardId: partner, causeId: newId(), kind: 'x', postings }]);
  const line = (currency: string, amount: string) => ({ account: 1200, ownerId: partner, currency, amount });
  for (const postings of [[line('VND', '1')], [line('VND', '1'), line('UNIT', '-1')], []])
    await expect(db.query('SELECT chung.post_journals($1)', [batch(postings)])).rejects.toThrow(/does not balance/);
});

test('an effect posts once', async () => {
  const journal = journalOf(7n);
  await db.tx((tx) => ledger.post(tx, [journal]));
  await expect(db.tx((tx) => ledger.post(tx, [journal]))).rejects.toMatchObject({ constraint: 'journals_once' });
});

test('the server’s role can neither write past the function nor change or remove a posting (I11)', async () => {
  for (const statement of [
    'UPDATE chung.postings SET amount_minor = 1',
    'DELETE FROM chung.postings',
    'TRUNCATE chung.postings',
    'UPDATE chung.journals SET kind = kind',
    'DELETE FROM chung.journals',
    `INSERT INTO chung.postings VALUES ('${partner}', '${partner}', 1, 1200, '${partner}', 'VND', 1)`,
    'ALTER TABLE chung.postings DISABLE ROW LEVEL SECURITY',
  ])
    await expect(db.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
});

test('the role owns nothing', async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(`SELECT relname FROM pg_class WHERE relowner = 'chung_server'::regrole`);
  await owner.end();
  expect(rows).toEqual([]);
});
