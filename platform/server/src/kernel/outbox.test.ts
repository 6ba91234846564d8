import type { PartnerId } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createDb, type Db } from './db.ts';
import { newId } from './ids.ts';
import { appendEvent, outboxHorizon, outboxPlaceAt, WRITES_NO_EVENTS } from './outbox.ts';

let database: TestDatabase;
let db: Db;
const partnerId = newId<PartnerId>();

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const tell = () => db.tx((tx) => appendEvent(tx, { type: 'partner.approved.v1', shardId: partnerId, partnerId, data: { partnerId } }));

async function below(horizon: string): Promise<number> {
  const [row] = await db.query<{ n: bigint }>('SELECT count(*) AS n FROM chung.outbox WHERE txid < $1::xid8', [horizon]);
  return Number(row?.n);
}

test('an event is below the horizon once it and every older transaction have ended', async () => {
  const slow = new pg.Client({ connectionString: database.serverUrl });
  await slow.connect();
  await slow.query('BEGIN');
  await slow.query('SELECT pg_current_xact_id()');
  await tell();
  expect(await below(await outboxHorizon(db)), 'the older one could still add an event').toBe(0);
  await slow.query('ROLLBACK');
  await expect.poll(async () => below(await outboxHorizon(db))).toBe(1);
  await slow.end();
});

test('a long transaction that says it adds no event holds nothing back', async () => {
  const copying = new pg.Client({ connectionString: database.serverUrl });
  await copying.connect();
  await copying.query(`BEGIN; ${WRITES_NO_EVENTS}`);
  await copying.query('SELECT pg_current_xact_id()');
  const id = await tell();
  // This very event: the horizon errs to the safe side, so a count could rise by an older one.
  const isTold = async () =>
    (await db.query('SELECT 1 FROM chung.outbox WHERE id = $1 AND txid < $2::xid8', [id, await outboxHorizon(db)])).length;
  await expect.poll(isTold).toBe(1);
  await copying.query('COMMIT');
  await copying.end();
});

test('an event with data that its type does not declare is a bug and stops its transaction', async () => {
  // @ts-expect-error the type names what the data must be
  const wrong = db.tx((tx) => appendEvent(tx, { type: 'partner.approved.v1', shardId: partnerId, partnerId, data: { offerId: 'x' } }));
  await expect(wrong).rejects.toThrow();
});

test('the place of a moment is found among events of all times, and of one partner alone', async () => {
  const [mine, other] = [newId<PartnerId>(), newId<PartnerId>()];
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
  for (let n = 0; n < 9; n++)
    for (const partner of [mine, other]) {
      const id = await db.tx((tx) =>
        appendEvent(tx, { type: 'partner.approved.v1', shardId: partner, partnerId: partner, data: { partnerId: partner } }),
      );
      // The other one's times run backwards: they must not lead astray.
      await owner.query('UPDATE chung.outbox SET occurred_at = $2 WHERE id = $1', [id, hour(partner === mine ? n : 9 - n)]);
    }
  await owner.end();
  const from = async (at: Date) => {
    const rows = await db.query<{ at: Date }>(
      'SELECT occurred_at AS at FROM chung.outbox WHERE partner_id = $1 AND txid >= $2::xid8 ORDER BY txid',
      [mine, await outboxPlaceAt(db, mine, at)],
    );
    return rows.map((row) => row.at.getUTCHours());
  };
  await expect.poll(() => from(hour(8))).toEqual([8]);
  expect(await from(hour(0))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await from(hour(5))).toEqual([5, 6, 7, 8]);
  expect(await from(new Date(hour(5).getTime() + 1))).toEqual([6, 7, 8]);
  expect(await from(hour(9))).toEqual([]);
});
