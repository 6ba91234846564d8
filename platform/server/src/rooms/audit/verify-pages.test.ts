// Chains longer than one reading of the database takes: the seams between readings are where an entry could go missing unseen.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { type AuditRecord, recordEntry, verifyAudit } from './index.ts';
import { PLATFORM_CHAIN } from './record-entry.ts';
import { selectPage } from './store.ts';

/** As many as are read at once. */
const BATCH = 1_000;
let database: TestDatabase;
let db: Db;
let owner: pg.Client;
const long = randomUUID();

const record = (changes: Partial<AuditRecord>): AuditRecord => ({
  partnerId: long,
  actor: { kind: 'partner', id: 'backend' },
  action: 'partner.offers.change',
  target: 'offer:1',
  requestId: null,
  detail: {},
  ...changes,
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await db.tx(async (tx) => {
    for (let entry = 1; entry <= BATCH + 2; entry++) await recordEntry(tx, record({ target: `offer:${entry % 3}` }));
    for (let entry = 0; entry < 3; entry++) await recordEntry(tx, record({ partnerId: null, action: 'admin.partners.decide' }));
  });
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

test('every entry of every chain is counted, beyond one reading', async () => {
  expect(await verifyAudit(db)).toEqual({ entries: BATCH + 5, broken: [] });
});

test.each([BATCH - 1, BATCH, BATCH + 1, BATCH + 2])(
  'an entry that was changed at the seam, the %ith, is named; the other chain counts whole',
  async (position) => {
    const set = (action: string) =>
      owner.query('UPDATE chung.audit_entries SET action = $3 WHERE chain_id = $1 AND position = $2', [long, position, action]);
    await set('partner.offers.create');
    expect(await verifyAudit(db)).toEqual({ entries: position - 1 + 3, broken: [{ chainId: long, position: String(position) }] });
    await set('partner.offers.change');
  },
);

test('two broken chains are both named, each by its first wrong entry', async () => {
  const set = (target: string) => owner.query(`UPDATE chung.audit_entries SET target = $1 WHERE position = 2`, [target]);
  const { rows } = await owner.query('SELECT chain_id, target FROM chung.audit_entries WHERE position = 2');
  await set('offer:wrong');
  const { broken } = await verifyAudit(db);
  expect(broken.map(({ chainId }) => chainId).toSorted()).toEqual([long, PLATFORM_CHAIN].toSorted());
  expect(broken.map(({ position }) => position)).toEqual(['2', '2']);
  for (const { chain_id, target } of rows)
    await owner.query('UPDATE chung.audit_entries SET target = $2 WHERE chain_id = $1 AND position = 2', [chain_id, target]);
  expect((await verifyAudit(db)).broken).toEqual([]);
});

test('pages go from the newest back, through both chains, and each filter keeps what it names', async () => {
  const all = { beforeId: null, action: null, target: null, limit: 2_000 };
  const rows = await selectPage(db, all);
  expect(rows.map(({ id }) => id)).toEqual(
    rows
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  );
  expect(rows).toHaveLength(BATCH + 5);
  const [first, second] = rows;
  expect((await selectPage(db, { ...all, beforeId: first?.id ?? '', limit: 1 })).map(({ id }) => id)).toEqual([second?.id]);
  expect(await selectPage(db, { ...all, action: 'admin.partners.decide' })).toHaveLength(3);
  expect(await selectPage(db, { ...all, target: 'offer:2' })).toHaveLength(334);
  expect(await selectPage(db, { ...all, target: 'offer:2', action: 'admin.partners.decide' })).toEqual([]);
  expect(await selectPage(db, { ...all, target: 'offer:%' })).toEqual([]);
});
