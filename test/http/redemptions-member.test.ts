// What a member can do with redemptions, status by status, in both languages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { inDays } from '../harness/partner-rooms.ts';
import { allPages, openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const problem = (status: number, code: string) => ({
  status,
  body: { code, status, docs: expect.stringContaining(`/docs/errors/${code}`) },
});
const inEnglish = { 'accept-language': 'en' };

describe('POST /v1/offers/{offerId}/redemptions', () => {
  test('201: the redemption with its code, once: the same key gives the same answer', async () => {
    const offerId = await http.offer({}, { codes: 2 });
    const key = { 'idempotency-key': newId<string>() };
    const first = await http.claim(http.an, offerId, key);
    expect(first).toMatchObject({
      status: 201,
      body: { state: 'REDEEMED', offerId, termsVersion: 1, expiresAt: null, code: expect.stringMatching(/^[A-Z0-9-]{10,}$/) },
    });
    const again = await Promise.all([http.claim(http.an, offerId, key), http.claim(http.an, offerId, key)]);
    for (const reply of again) expect([reply.status, reply.body]).toEqual([201, first.body]);
  });

  test('201: a hold says until when it lasts, to the second', async () => {
    const { body } = await http.claim(http.an, await http.offer(hold(90)));
    expect(body['state']).toBe('RESERVED');
    expect(Date.parse(String(body['expiresAt'])) - Date.parse(String(body['claimedAt']))).toBe(90 * 60_000);
  });

  test('403: not eligible, with every reason that does not hold, in Vietnamese and in English', async () => {
    const offerId = await http.offer({
      eligibility: { version: 1, all: [{ fact: 'province', in: ['01'] }, { fact: 'verified' }, { fact: 'role', in: ['secretary'] }] },
    });
    const vi = await http.claim(http.binh, offerId);
    expect(vi).toMatchObject(problem(403, 'not_eligible'));
    expect(vi.body['title']).toBe('Ưu đãi này không dành cho bạn.');
    expect(vi.body['reasons']).toEqual([
      { fact: 'province', message: expect.stringContaining('Hà Nội') },
      { fact: 'role', message: expect.stringContaining('bí thư') },
    ]);
    const en = await http.claim(http.binh, offerId, inEnglish);
    expect(en.headers.get('content-language')).toBe('en');
    expect(en.body).toMatchObject({ title: 'This offer is not for you.', reasons: [{ fact: 'province' }, { fact: 'role' }] });
    expect(JSON.stringify(en.body['reasons'])).toMatch(/secretar/);
  });

  test('404: an offer that does not exist, is a draft, or is being reviewed', async () => {
    const { partnerId, running } = http;
    const { db, offers } = running.platform;
    const published = await http.offer();
    const terms = (await offers.find({ partnerId, offerId: published }))?.terms;
    if (!terms) throw new Error('the offer is there');
    const draft = await db.tx((tx) => offers.create(tx, { partnerId, draft: terms }));
    const submitted = await db.tx((tx) => offers.create(tx, { partnerId, draft: terms }));
    await db.tx((tx) => offers.submit(tx, { partnerId, offerId: submitted.id }));
    for (const id of [newId<string>(), draft.id, submitted.id])
      expect(await http.claim(http.an, id)).toMatchObject(problem(404, 'not_found'));
  });

  test('409: not open before its window and after it', async () => {
    const early = await http.offer({ window: { startsAt: inDays(1), endsAt: inDays(2) } });
    const late = await http.offer({ window: { startsAt: inDays(-2), endsAt: inDays(-1) } });
    for (const id of [early, late]) expect(await http.claim(http.an, id)).toMatchObject(problem(409, 'offer_not_open'));
  });

  test('409: not open while its partner is suspended, and open again after', async () => {
    const { db, partners } = http.running.platform;
    const offerId = await http.offer({}, { partnerId: http.otherPartnerId });
    const decide = (decision: 'suspend' | 'reinstate') =>
      db.tx((tx) => partners.decide(tx, { partnerId: http.otherPartnerId, decision, reason: 'kiểm tra' }));
    await decide('suspend');
    expect(await http.claim(http.an, offerId)).toMatchObject(problem(409, 'offer_not_open'));
    await decide('reinstate');
    expect((await http.claim(http.an, offerId)).status).toBe(201);
  });

  test('409: sold out, the limit reached, the codes used up; each says so in the caller’s language', async () => {
    const sold = await http.offer({ stock: 1 });
    await http.claimed(http.an, sold);
    expect(await http.claim(http.binh, sold)).toMatchObject(problem(409, 'offer_sold_out'));
    expect((await http.claim(http.binh, sold, inEnglish)).body['title']).toBe('The offer is sold out.');
    const once = await http.offer();
    await http.claimed(http.an, once);
    expect(await http.claim(http.an, once)).toMatchObject(problem(409, 'limit_reached'));
    const oneCode = await http.offer({}, { codes: 1 });
    await http.claimed(http.an, oneCode);
    expect(await http.claim(http.binh, oneCode)).toMatchObject(problem(409, 'codes_exhausted'));
  });

  test('422: a key that was used for another offer; 400: no key, a key with spaces or without end', async () => {
    const key = { 'idempotency-key': newId<string>() };
    await http.claim(http.an, await http.offer(), key);
    expect(await http.claim(http.an, await http.offer(), key)).toMatchObject(problem(422, 'idempotency_key_reused'));
    const offerId = await http.offer();
    expect(await http.claim(http.an, offerId, { 'idempotency-key': '' })).toMatchObject(problem(400, 'idempotency_key_required'));
    for (const bad of ['with space', 'k'.repeat(256)])
      expect(await http.claim(http.an, offerId, { 'idempotency-key': bad })).toMatchObject(problem(400, 'invalid_request'));
    // Two members may choose one key.
    expect((await http.claim(http.binh, offerId, key)).status).toBe(201);
  });
});

describe('GET /v1/redemptions', () => {
  test('200: each once, newest first, though more are claimed while pages are read', async () => {
    const offerId = await http.offer({ stock: 40, limits: { perMember: 40, perMemberPerDay: null } });
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.unshift(await http.claimed(http.binh, offerId));
    const mine = await allPages(http.binh, '/v1/redemptions', { limit: 3, between: () => http.claimed(http.binh, offerId) });
    const ids = mine.map(({ id }) => String(id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => made.includes(id))).toEqual(made);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  test('200: by state, with a lapsed hold among the expired before any sweeper came', async () => {
    const lapsed = await http.claimed(http.an, await http.offer(hold(60)));
    const holding = await http.claimed(http.an, await http.offer(hold(60)));
    await http.lapse(lapsed);
    const idsOf = async (state: string) => (await allPages(http.an, `/v1/redemptions?state=${state}`, { limit: 100 })).map(({ id }) => id);
    expect(await idsOf('EXPIRED')).toContain(lapsed);
    expect(await idsOf('RESERVED')).toContain(holding);
    expect(await idsOf('RESERVED')).not.toContain(lapsed);
  });

  test('400: a cursor of another list, a forged one, a state nobody knows', async () => {
    const offerId = await http.offer({ stock: 40, limits: { perMember: 40, perMemberPerDay: null } });
    for (let i = 0; i < 2; i++) await http.claimed(http.an, offerId);
    const cursorOf = async (session: typeof http.an, address: string) => {
      const { body } = await session.call('GET', address);
      expect(body['nextCursor'], address).toEqual(expect.any(String));
      return encodeURIComponent(String(body['nextCursor']));
    };
    const ofEvents = await cursorOf(http.portal, '/v1/partner/events?limit=1');
    const ofPartners = await cursorOf(http.portal, '/v1/partner/redemptions?limit=1');
    const ofOffers = await cursorOf(http.an, '/v1/offers?limit=1');
    for (const [session, address] of [
      [http.an, `/v1/redemptions?cursor=${ofEvents}`],
      [http.an, `/v1/redemptions?cursor=${ofOffers}`],
      [http.portal, `/v1/partner/redemptions?cursor=${ofEvents}`],
      [http.portal, `/v1/partner/events?cursor=${ofPartners}`],
      [http.admin, `/v1/admin/audit?cursor=${ofEvents}`],
    ] as const)
      expect(await session.call('GET', address), address).toMatchObject(problem(400, 'invalid_cursor'));
    expect(await http.an.call('GET', '/v1/redemptions?state=LOST')).toMatchObject(problem(400, 'invalid_request'));
  });
});

describe('GET /v1/redemptions/{redemptionId}', () => {
  test('200 for its member, 404 for another, 400 for an id that is none', async () => {
    const id = await http.claimed(http.an, await http.offer({}, { codes: 1 }));
    expect(await http.an.call('GET', `/v1/redemptions/${id}`)).toMatchObject({ status: 200, body: { id, code: expect.any(String) } });
    expect(await http.binh.call('GET', `/v1/redemptions/${id}`)).toMatchObject(problem(404, 'not_found'));
    expect(await http.an.call('GET', '/v1/redemptions/1')).toMatchObject(problem(400, 'invalid_request'));
  });

  test('200: a hold that lapsed reads as expired and shows no code', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60), { codes: 1 }));
    await http.lapse(id);
    expect((await http.an.call('GET', `/v1/redemptions/${id}`)).body).toMatchObject({ state: 'EXPIRED', expiresAt: null, code: null });
    expect(await http.an.call('GET', `/v1/redemptions/${id}/receipt`)).toMatchObject(problem(409, 'wrong_state'));
  });
});

describe('POST /v1/redemptions/{redemptionId}/cancel', () => {
  const cancel = (session: typeof http.an, id: string, headers: Record<string, string> = {}) =>
    session.call('POST', `/v1/redemptions/${id}/cancel`, { body: {}, headers });

  test('200: the hold is released, its code void, and the member may claim again; the same key answers the same', async () => {
    const offerId = await http.offer({ ...hold(60), stock: 1 }, { codes: 2 });
    const id = await http.claimed(http.an, offerId);
    const key = { 'idempotency-key': newId<string>() };
    const released = await cancel(http.an, id, key);
    expect(released).toMatchObject({ status: 200, body: { id, state: 'RELEASED', code: null, expiresAt: null } });
    expect((await cancel(http.an, id, key)).body).toEqual(released.body);
    expect((await http.claim(http.an, offerId)).status).toBe(201);
  });

  test('422: the key of one cancellation for another redemption', async () => {
    const [one, two] = [await http.claimed(http.an, await http.offer(hold(60))), await http.claimed(http.an, await http.offer(hold(60)))];
    const key = { 'idempotency-key': newId<string>() };
    await cancel(http.an, one, key);
    expect(await cancel(http.an, two, key)).toMatchObject(problem(422, 'idempotency_key_reused'));
    expect((await http.an.call('GET', `/v1/redemptions/${two}`)).body['state']).toBe('RESERVED');
  });

  test('404 for another member; 409 when redeemed, and when the hold lapsed', async () => {
    const holding = await http.claimed(http.an, await http.offer(hold(60)));
    expect(await cancel(http.binh, holding)).toMatchObject(problem(404, 'not_found'));
    const redeemed = await http.claimed(http.an, await http.offer());
    expect(await cancel(http.an, redeemed)).toMatchObject(problem(409, 'wrong_state'));
    await http.lapse(holding);
    expect(await cancel(http.an, holding)).toMatchObject(problem(409, 'reservation_expired'));
  });
});
