// A database that goes away and comes back in the middle of filling a pool: nothing is lost, and nothing is added twice.
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { createOffers, type Offers } from '../../platform/server/src/rooms/offers/index.ts';
import { type DatabaseProxy, proxyTo } from '../harness/database-proxy.ts';
import { cursors, draftOf, names, openPartnerRooms, type PartnerRooms, vault } from '../harness/partner-rooms.ts';

let rooms: PartnerRooms;
let wire: DatabaseProxy;
/** The room behind a wire that the test cuts. */
let db: Db;
let offers: Offers;
let partnerId: PartnerId;
beforeAll(async () => {
  rooms = await openPartnerRooms();
  wire = await proxyTo(rooms.database.serverUrl);
  db = createDb(wire.url, { poolSize: 4, onIdleError: () => {} });
  offers = createOffers({ ...rooms, db, vault, cursors, names, onPublish: async () => {} });
  partnerId = (await rooms.activePartner('wire')).id;
});
afterAll(async () => {
  await offers.codeGenerator.stop();
  await db.close();
  await wire.close();
  await rooms.close();
});

const withPool = async () => (await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId, draft: draftOf({ codes: 'pool' }) }))).id;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `WIRE-${String(from + i).padStart(7, '0')}\n`).join('');
async function cutFor(ms: number): Promise<void> {
  await wire.cut();
  await setTimeout(ms);
  await wire.mend();
}

test('a generation waits and goes on to exactly its count', { timeout: 90_000 }, async () => {
  const offerId = await withPool();
  const recipe = { count: 60_000, prefix: '', alphabet: 'readable', length: 13 } as const;
  const { id: jobId } = await rooms.db.tx((tx) => offers.generateCodes(tx, { partnerId, offerId, recipe }));
  await offers.codeGenerator.runWaiting();
  const job = () => rooms.offers.findCodeJob({ partnerId, offerId, jobId });
  await expect.poll(async () => (await job())?.added, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
  await cutFor(700);
  await cutFor(700);
  await offers.codeGenerator.settled();
  expect(await job()).toMatchObject({ state: 'done', added: 60_000, duplicates: 0, rowsRead: 60_000 });
  expect((await rooms.offers.find({ partnerId, offerId }))?.codes).toEqual({ total: 60_000, free: 60_000 });
});

test('an upload holds back the rest of its file until the database is there again', { timeout: 90_000 }, async () => {
  const offerId = await withPool();
  const stream = new PassThrough();
  const upload = offers.uploadCodes({ partnerId, offerId, stream });
  stream.write(lines(0, 5_000));
  await expect.poll(async () => (await rooms.offers.find({ partnerId, offerId }))?.codes?.total, { timeout: 30_000 }).toBe(5_000);
  await wire.cut();
  stream.end(lines(5_000, 15_000));
  await setTimeout(1_000);
  await wire.mend();
  expect(await upload).toMatchObject({ state: 'done', added: 15_000, duplicates: 0, linesTaken: 15_000 });
  expect((await rooms.offers.find({ partnerId, offerId }))?.codes).toEqual({ total: 15_000, free: 15_000 });
});

test('a batch whose answer was lost is not added twice', async () => {
  const offerId = await withPool();
  let lost = 0;
  const forgetful: Db = {
    ...rooms.db,
    query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      const rows = await rooms.db.query<Row>(text, values);
      // Committed, and then the connection breaks before the answer is through.
      if (text.includes('add_codes') && lost++ === 0) throw new DomainError('unavailable');
      return rows;
    },
  };
  const room = createOffers({ ...rooms, db: forgetful, vault, cursors, names, onPublish: async () => {} });
  const stream = new PassThrough();
  stream.end(lines(0, 7_000));
  expect(await room.uploadCodes({ partnerId, offerId, stream })).toMatchObject({ added: 7_000, duplicates: 0, batches: 2 });
  expect(lost).toBe(3);
  expect((await rooms.offers.find({ partnerId, offerId }))?.codes).toEqual({ total: 7_000, free: 7_000 });
});
