import { request } from 'node:http';
import { Readable, Writable } from 'node:stream';
import type { OfferId, PartnerId } from '@chung/contracts';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../platform/server/src/kernel/db.ts';
import { createOffers } from '../../platform/server/src/rooms/offers/index.ts';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { cursors, draftOf, names, publish, vault } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let partnerId: PartnerId;
let mine: Caller;
const logged: string[] = [];
beforeAll(async () => {
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  http = await openPartnerHttp(pino({ level: 'trace' }, sink));
  partnerId = (await http.rooms.activePartner('codes')).id;
  mine = http.partner(partnerId);
});
afterAll(() => http.close());

const withPool = async (stock = 10) =>
  (await http.rooms.db.tx((tx) => http.rooms.offers.create(tx, { partnerId, draft: draftOf({ codes: 'pool', stock }) }))).id;
const upload = (id: OfferId, body: string, { caller = mine, type = 'text/plain' } = {}) =>
  caller.call('POST', `/v1/partner/offers/${id}/codes`, { body, headers: { 'content-type': type } });
const pool = async (id: OfferId) => (await http.rooms.offers.find({ partnerId, offerId: id }))?.codes;
const codeAt = (index: number) => `KHO-${String(index).padStart(7, '0')}`;

/** A hundred thousand lines as a client would send them: a chunk at a time, only when asked. */
function* lines(count: number, { perChunk, onChunk }: { perChunk: number; onChunk: (sent: number) => void }): Generator<Buffer> {
  for (let sent = 0; sent < count; sent += perChunk) {
    onChunk(sent);
    yield Buffer.from(Array.from({ length: Math.min(perChunk, count - sent) }, (_, index) => `${codeAt(sent + index)}\r\n`).join(''));
  }
}

test('100,000 codes go through in bounded memory: what was read is never far ahead of what was kept', async () => {
  const offerId = await withPool();
  let kept = 0;
  let furthest = 0;
  // The same room on a database that counts what is committed.
  const counting: Db = {
    ...http.rooms.db,
    query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      const rows = await http.rooms.db.query<Row>(text, values);
      const [job] = rows;
      if (job && text.includes('add_codes') && 'added' in job) kept = Number(job.added);
      return rows;
    },
  };
  const offers = createOffers({ db: counting, partners: http.rooms.partners, vault, cursors, names, onPublish: async () => {} });
  const onChunk = (sent: number) => {
    furthest = Math.max(furthest, sent - kept);
  };
  const stream = Readable.from(lines(100_000, { perChunk: 500, onChunk }), { highWaterMark: 2 });
  const report = await offers.uploadCodes({ partnerId, offerId, stream });
  expect(report).toMatchObject({ state: 'done', added: 100_000, duplicates: 0, rejected: 0, rejectedLines: [], linesTaken: 100_000 });
  expect(furthest).toBeLessThanOrEqual(16_000);
  expect(await pool(offerId)).toEqual({ total: 100_000, free: 100_000 });
  // Some seconds on a quiet machine; sealing is work, and test machines are shared.
}, 120_000);

test('CRLF, a byte-order mark, blank lines, a heading and quotes of a spreadsheet are no codes and do no harm', async () => {
  const offerId = await withPool();
  const file = '\uFEFF\r\n\r\nMã\r\nABCD-0001\r\n\r\n"ABCD-0002";ghi chú\r\n\tABCD-0003\r\n ABCD-0004 \r\n\r\n';
  expect(await upload(offerId, file)).toMatchObject({ status: 201, body: { added: 3, duplicates: 0, rejected: 0 } });
  // A tab parts columns, so a line that begins with one has an empty first column.
  expect(await upload(offerId, 'code\nABCD-0005', { type: 'text/csv' })).toMatchObject({ status: 201, body: { added: 1 } });
});

test('a heading is one only above the codes: further down "code" is a code like any other', async () => {
  const offerId = await withPool();
  expect(await upload(offerId, '\n\ncode\nCODE-0001\nCODE\n')).toMatchObject({ body: { added: 2, rejected: 0 } });
});

test.each([
  ['three characters', 'ABC', 'too_short'],
  ['65 characters', 'A'.repeat(65), 'too_long'],
  ['a line of a megabyte', 'A'.repeat(1_000_000), 'too_long'],
  ['Vietnamese letters', 'MÃ-ĐẦU-01', 'characters_not_allowed'],
  ['full-width digits', 'ABCD-１２３４', 'characters_not_allowed'],
  ['a NUL', 'ABCD\0EFGH', 'characters_not_allowed'],
  ['markup', '<b>ABCD</b>', 'characters_not_allowed'],
  ['a formula', '=HYPERLINK(A1)', 'characters_not_allowed'],
  ['a space inside', 'ABCD 0001', 'characters_not_allowed'],
])('%s is rejected by its line and the rest is taken', async (_what, line, reason) => {
  const offerId = await withPool();
  expect(await upload(offerId, `GOOD-0001\n${line}\nGOOD-0002\n`)).toMatchObject({
    status: 201,
    body: { added: 2, duplicates: 0, rejected: 1, rejectedLines: [{ line: 2, reason }] },
  });
});

test('four and 64 characters are codes', async () => {
  const offerId = await withPool();
  expect((await upload(offerId, `ABCD\n${'A'.repeat(64)}`)).body).toMatchObject({ added: 2, rejected: 0 });
});

test('of more than a hundred bad lines all are counted and the first hundred are named', async () => {
  const offerId = await withPool();
  const { body } = await upload(offerId, `${'x\n'.repeat(150)}GOOD-0001`);
  expect(body).toMatchObject({ added: 1, rejected: 150 });
  expect(body['rejectedLines']).toHaveLength(100);
});

test('duplicates in a file and against the pool are counted, named by their lines and kept once', async () => {
  const offerId = await withPool();
  const file = Array.from({ length: 3_000 }, (_, index) => codeAt(index)).join('\n');
  expect((await upload(offerId, file)).body).toMatchObject({ added: 3_000, duplicates: 0, duplicateLines: [] });
  expect((await upload(offerId, `${codeAt(1)}\n${codeAt(1).toLowerCase()}\nNEW-0001\nnew-0001`)).body).toMatchObject({
    added: 1,
    duplicates: 3,
    duplicateLines: [1, 2, 4],
  });
  const again = await upload(offerId, file);
  expect(again.body).toMatchObject({ added: 0, duplicates: 3_000, rowsRead: 3_000 });
  expect(again.body['duplicateLines']).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(await pool(offerId)).toEqual({ total: 3_001, free: 3_001 });
});

test('of two uploads into one pool at once the second is told that one is running; into two pools both go', async () => {
  const [offerId, other] = [await withPool(), await withPool()];
  const file = Array.from({ length: 20_000 }, (_, index) => codeAt(index)).join('\n');
  const both = await Promise.all([upload(offerId, file), upload(offerId, file), upload(other, file)]);
  expect(
    both
      .slice(0, 2)
      .map((answer) => answer.status)
      .sort(),
  ).toEqual([201, 409]);
  expect(both.find(({ status }) => status === 409)?.body['code']).toBe('import_running');
  expect(both[2]).toMatchObject({ status: 201, body: { added: 20_000 } });
  expect(await pool(offerId)).toEqual({ total: 20_000, free: 20_000 });
});

test('an upload that breaks off keeps whole batches, and sending the file again adds exactly the rest', async () => {
  const offerId = await withPool();
  const file = Array.from({ length: 9_000 }, (_, index) => codeAt(index)).join('\n');
  // Headers of an authorised caller, sent by hand: fetch cannot break off in the middle of a line.
  const principal = JSON.stringify({ actor: 'partner', partnerId, clientId: 'test', accountId: null, scopes: ['partner.codes:write'] });
  const headers = { 'content-type': 'text/plain', 'x-test-principal': principal };
  const broken = request(`${http.baseUrl}/v1/partner/offers/${offerId}/codes`, { method: 'POST', headers });
  broken.on('error', () => {});
  broken.write(file.slice(0, 5_000 * 12 + 7));
  await expect.poll(async () => (await pool(offerId))?.total, { timeout: 20_000 }).toBe(5_000);
  const closed = new Promise((resolve) => broken.once('close', resolve));
  broken.destroy();
  await closed;
  const again = await upload(offerId, file);
  expect(again.body).toMatchObject({ added: 4_000, duplicates: 5_000, rejected: 0 });
  expect(await pool(offerId)).toEqual({ total: 9_000, free: 9_000 });
});

test('404: another partner’s offer is not there, and nothing of its file is kept', async () => {
  const offerId = await withPool();
  const stranger = http.partner((await http.rooms.activePartner('codes-stranger')).id);
  expect(await upload(offerId, 'ABCD-0001', { caller: stranger })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await pool(offerId)).toEqual({ total: 0, free: 0 });
});

test('403: a suspended partner’s upload; 409: an offer without a pool; 415: another type; 400: an id that is none', async () => {
  const { id: suspended } = await http.rooms.activePartner('codes-suspended');
  const { id } = await http.rooms.db.tx((tx) => http.rooms.offers.create(tx, { partnerId: suspended, draft: draftOf({ codes: 'pool' }) }));
  await http.admin.call('POST', `/v1/admin/partners/${suspended}/decision`, { body: { decision: 'suspend' } });
  expect(await upload(id, 'ABCD-0001', { caller: http.partner(suspended) })).toMatchObject({
    status: 403,
    body: { code: 'partner_not_active' },
  });
  const plain = (await publish(http.rooms, partnerId, draftOf())).id;
  expect(await upload(plain, 'ABCD-0001')).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  expect(await upload(plain, 'ABCD-0001', { type: 'application/octet-stream' })).toMatchObject({ status: 415 });
  expect(await mine.call('POST', '/v1/partner/offers/x/codes', { body: 'ABCD', headers: { 'content-type': 'text/plain' } })).toMatchObject({
    status: 400,
  });
});

test('an offer is submitted only with a free code for each unit; the missing ones are counted out', async () => {
  const offerId = await withPool(3);
  await upload(offerId, 'UNIT-0001\nUNIT-0002');
  const submit = () => mine.call('POST', `/v1/partner/offers/${offerId}/submit`, { body: {} });
  expect(await submit()).toMatchObject({ status: 422, body: { code: 'checks_failed', fields: [{ path: 'codes', code: 'OFR-104' }] } });
  await upload(offerId, 'UNIT-0003');
  expect((await submit()).status).toBe(201);
});

test('each member gets a code of their own; the next is told that there is none, and the unit is not taken', async () => {
  const { id } = await publish(http.rooms, partnerId, draftOf({ codes: 'pool', stock: 5 }));
  await upload(id, 'OWN-0001\nOWN-0002\nOWN-0003');
  const claims = await Promise.all(
    Array.from({ length: 5 }, () => http.member().call('POST', `/v1/offers/${id}/redemptions`, { body: {} })),
  );
  const given = claims.filter((claim) => claim.status === 201).map((claim) => claim.body['code']);
  expect(new Set(given)).toEqual(new Set(['OWN-0001', 'OWN-0002', 'OWN-0003']));
  expect(claims.filter((claim) => claim.status === 409).map((claim) => claim.body['code'])).toEqual(['codes_exhausted', 'codes_exhausted']);
  expect((await mine.call('GET', `/v1/partner/offers/${id}`)).body['counts']).toMatchObject({
    redeemed: 3,
    available: 2,
    codes: { total: 3, free: 0 },
  });
});

test('a code is in no log, no problem, no event, no listing and not in another member’s or the partner’s view', async () => {
  const secret = 'TUYETMAT-93571';
  const { id } = await publish(http.rooms, partnerId, draftOf({ codes: 'pool', stock: 1 }));
  const uploaded = await upload(id, `${secret}\n${secret}-không hợp lệ\n`);
  expect(uploaded.body).toMatchObject({ added: 1, rejected: 1 });
  await upload(id, secret, { type: 'application/json' });
  const claimed = await http.member().call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
  expect(claimed.body['code']).toBe(secret);
  const views = [
    uploaded,
    await mine.call('GET', `/v1/partner/offers/${id}`),
    await mine.call('GET', '/v1/partner/redemptions'),
    await mine.call('GET', '/v1/partner/events?limit=100'),
    await http.member().call('GET', `/v1/offers/${id}`),
    await http.member().call('GET', '/v1/redemptions'),
    await http.admin.call('GET', '/v1/admin/submissions?state=approved&limit=100'),
  ];
  expect(JSON.stringify(views)).not.toContain('TUYETMAT');
  expect(logged.length).toBeGreaterThan(10);
  expect(logged.join('')).not.toContain('TUYETMAT');
  const rows = await http.rooms.db.query(`SELECT data::text AS text FROM chung.outbox WHERE data::text LIKE '%TUYETMAT%'`);
  expect(rows).toEqual([]);
});
