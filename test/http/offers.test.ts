import type { OfferDraft } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf, inDays, publish, takeUnits } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let mine: Caller;
let other: Caller;
beforeAll(async () => {
  http = await openPartnerHttp();
  mine = http.partner((await http.rooms.activePartner('mine')).id);
  other = http.partner((await http.rooms.activePartner('other')).id);
});
afterAll(() => http.close());

const create = (changes: object = {}, headers?: Record<string, string>) =>
  mine.call('POST', '/v1/partner/offers', { body: { ...draftOf(), ...changes }, ...(headers && { headers }) });
const idOf = async (changes: Partial<OfferDraft> = {}) => (await create(changes)).body['id'];
const upload = (id: unknown, body: string, caller = mine, type = 'text/plain') =>
  caller.call('POST', `/v1/partner/offers/${id}/codes`, { body, headers: { 'content-type': type } });

test('201: an offer is written as a draft with its counts', async () => {
  expect(await create()).toMatchObject({
    status: 201,
    body: { state: 'draft', termsVersion: 1, counts: { stock: 10, available: 10, held: 0, redeemed: 0, codes: null }, lastDecision: null },
  });
});

test('201 once: the same key gives the same offer, also for requests at the same time', async () => {
  const key = { 'idempotency-key': newId<string>() };
  // One body for all: each draft would have a window of its own.
  const body = draftOf();
  const answers = await Promise.all([create(body, key), create(body, key), create(body, key)]);
  expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
  expect(await create({ ...body, stock: 11 }, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

test('400: without an Idempotency-Key nothing is written', async () => {
  expect(await create({}, { 'idempotency-key': '' })).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
});

test.each([
  ['a reversed window', { window: { startsAt: inDays(2), endsAt: inDays(1) } }, 'body.window.endsAt'],
  ['a window of no length', { window: { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' } }, 'body.window.endsAt'],
  ['a negative price', { regularPriceMinor: -1 }, 'body.regularPriceMinor'],
  ['a price that is no whole đồng', { regularPriceMinor: 0.5 }, 'body.regularPriceMinor'],
  ['a stock of none', { stock: 0 }, 'body.stock'],
  ['shares of 90 %', { funding: [{ by: 'partner', shareBasisPoints: 9_000 }] }, 'body.funding'],
  ['a rule of a version that is not known', { eligibility: { version: 2, all: [] } }, 'body.eligibility.version'],
  ['a text in one language only', { title: { vi: 'Chỉ tiếng Việt' } }, 'body.title.en'],
])('422: %s is refused by its field', async (_case, changes, path) => {
  const { status, body } = await create(changes);
  expect(status).toBe(422);
  expect((body['fields'] as { path: string }[]).map((field) => field.path)).toContain(path);
});

test('422: a change that does not fit what stays as it was is refused by its field, and nothing has changed', async () => {
  const allocation = { mode: 'lottery', entriesFrom: inDays(0), entriesUntil: inDays(1), acceptMinutes: 30 };
  const { body: written } = await create({ allocation });
  const change = { window: { startsAt: inDays(5), endsAt: inDays(6) } };
  const { status, body } = await mine.call('PATCH', `/v1/partner/offers/${written['id']}`, { body: change });
  expect([status, body['code']]).toEqual([422, 'validation_failed']);
  expect(body['fields']).toEqual([expect.objectContaining({ path: 'body.allocation.entriesFrom' })]);
  expect(await mine.call('GET', `/v1/partner/offers/${written['id']}`)).toMatchObject({
    body: { termsVersion: 1, window: written['window'] },
  });
});

test('403: a suspended partner writes nothing', async () => {
  const { id } = await http.rooms.activePartner('suspended');
  await http.rooms.db.tx((tx) => http.rooms.partners.decide(tx, { partnerId: id, decision: 'suspend', reason: '' }));
  const answer = await http.partner(id).call('POST', '/v1/partner/offers', { body: draftOf() });
  expect(answer).toMatchObject({ status: 403, body: { code: 'partner_not_active' } });
});

test('200 and 404: an offer is there for its partner and not for another', async () => {
  const id = await idOf();
  expect(await mine.call('GET', `/v1/partner/offers/${id}`)).toMatchObject({ status: 200, body: { id } });
  const change = { body: { stock: 20 } };
  for (const answer of [
    await other.call('GET', `/v1/partner/offers/${id}`),
    await other.call('PATCH', `/v1/partner/offers/${id}`, change),
    await upload(id, 'ABCD-0001', other),
    await mine.call('GET', `/v1/partner/offers/${newId<string>()}`),
  ])
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('400: an id that is none', async () => {
  expect(await mine.call('GET', '/v1/partner/offers/1')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

test('200: a change makes the next version; 422: stock below what is taken; 409: while it is reviewed', async () => {
  const id = await idOf();
  const change = (body: object) => mine.call('PATCH', `/v1/partner/offers/${id}`, { body });
  expect(await change({ regularPriceMinor: 90_000 })).toMatchObject({
    status: 200,
    body: { termsVersion: 2, regularPriceMinor: 90_000, stock: 10 },
  });
  const owner = await http.rooms.activePartner('taken');
  const { id: taken } = await publish(http.rooms, owner.id, draftOf());
  await takeUnits(http.rooms.db, taken, { redeemed: 2 });
  const lower = await http.partner(owner.id).call('PATCH', `/v1/partner/offers/${taken}`, { body: { stock: 1 } });
  expect(lower).toMatchObject({ status: 422, body: { code: 'stock_below_redeemed' } });
  expect(await mine.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} })).toMatchObject({ status: 201 });
  expect(await change({ regularPriceMinor: 80_000 })).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
});

test('201: codes are uploaded as a stream and counted', async () => {
  const id = await idOf({ codes: 'pool' });
  expect(await upload(id, 'ABCD-0001\nABCD-0001\nkhông hợp lệ\n')).toMatchObject({
    status: 201,
    body: { added: 1, duplicates: 1, rejected: 1, rejectedLines: [{ line: 3, reason: 'characters_not_allowed' }] },
  });
  expect((await mine.call('GET', `/v1/partner/offers/${id}`)).body['counts']).toMatchObject({ codes: { total: 1, free: 1 } });
});

test('409: no codes for an offer without a pool; 415: no codes as JSON', async () => {
  expect(await upload(await idOf(), 'ABCD-0001')).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  const id = await idOf({ codes: 'pool' });
  expect(await upload(id, '[]', mine, 'application/json')).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
});

test('200: the list is the partner’s own; 400: a forged cursor', async () => {
  const { body } = await other.call('GET', '/v1/partner/offers');
  expect(body).toEqual({ items: [], nextCursor: null });
  const first = await mine.call('GET', '/v1/partner/offers?limit=1&state=draft');
  expect(first).toMatchObject({ status: 200, body: { items: [{ state: 'draft' }], nextCursor: expect.any(String) } });
  const forged = `${String(first.body['nextCursor']).slice(0, -2)}zz`;
  expect(await mine.call('GET', `/v1/partner/offers?cursor=${forged}`)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
});
