import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { type AuditRecord, recordEntry, verifyAudit } from './index.ts';

let database: TestDatabase;
let db: Db;
let owner: pg.Client;
const partnerId = newId();

const record = (changes: Partial<AuditRecord> = {}): AuditRecord => ({
  partnerId,
  actor: { kind: 'partner', id: 'backend' },
  action: 'partner.redemptions.fulfil',
  target: 'redemption:1',
  requestId: 'request-1',
  detail: { z: 1, a: { y: [1, 'hai'], b: null } },
  ...changes,
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

test('entries written at once form one unbroken chain a partner', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, i) => db.tx((tx) => recordEntry(tx, record({ partnerId: i % 3 ? partnerId : null })))));
  expect(await verifyAudit(db)).toEqual({ entries: 30, broken: [] });
});

test('the server’s role may not change or remove an entry', async () => {
  await expect(db.query('DELETE FROM chung.audit_entries')).rejects.toThrow(/permission denied/);
  await expect(db.query(`UPDATE chung.audit_entries SET action = 'x'`)).rejects.toThrow(/permission denied/);
});

test('a changed and a removed entry are named, also when the owner did it', async () => {
  const at = { chainId: partnerId, position: '5' };
  await owner.query(`BEGIN`);
  await owner.query(`UPDATE chung.audit_entries SET target = 'redemption:2' WHERE chain_id = $1 AND position = 5`, [partnerId]);
  await owner.query('COMMIT');
  expect((await verifyAudit(db)).broken).toEqual([at]);
  await owner.query(`UPDATE chung.audit_entries SET target = 'redemption:1' WHERE chain_id = $1 AND position = 5`, [partnerId]);
  expect((await verifyAudit(db)).broken).toEqual([]);
  await owner.query(`DELETE FROM chung.audit_entries WHERE chain_id = $1 AND position = 20`, [partnerId]);
  expect((await verifyAudit(db)).broken).toEqual([{ chainId: partnerId, position: '20' }]);
});
