// What was promised stays what was promised: versions of terms, stock under claims, and a partner's standing.
import type { OfferDraft, PartnerId } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf, publish } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let owner: pg.Client;
let partnerId: PartnerId;
let mine: Caller;
beforeAll(async () => {
  http = await openPartnerHttp();
  owner = new pg.Client({ connectionString: http.rooms.database.ownerUrl });
  await owner.connect();
  partnerId = (await http.rooms.activePartner('versions')).id;
  mine = http.partner(partnerId);
});
afterAll(async () => {
  await owner.end();
  await http.close();
});

const offer = async (changes: Partial<OfferDraft> = {}) => (await publish(http.rooms, partnerId, draftOf(changes))).id;
const change = (id: string, body: object, caller = mine) => caller.call('PATCH', `/v1/partner/offers/${id}`, { body });
const claim = (member: Caller, id: string) => member.call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
const counts = async (id: string) =>
  (await mine.call('GET', `/v1/partner/offers/${id}`)).body['counts'] as {
    stock: number;
    available: number;
    held: number;
    redeemed: number;
  };

async function approveAgain(id: string): Promise<void> {
  const { status, body } = await mine.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} });
  expect(status).toBe(201);
  expect((await http.admin.call('POST', `/v1/admin/submissions/${body['id']}/decision`, { body: { decision: 'approve' } })).status).toBe(
    200,
  );
}

test('a redemption keeps the version and the words it was claimed under; the next member gets the new ones', async () => {
  const id = await offer();
  const early = http.member();
  const first = (await claim(early, id)).body;
  const title = { vi: 'Giảm 10% gói dữ liệu tháng', en: '10% off the monthly data package' };
  await change(id, { title, benefit: { kind: 'percentage', rateBasisPoints: 1_000, maxDiscountMinor: null } });
  // Between the change and its approval there is nothing to claim: not the old terms, not the new.
  expect((await claim(http.member(), id)).status).toBe(404);
  await approveAgain(id);
  const late = http.member();
  expect((await claim(late, id)).body).toMatchObject({ termsVersion: 2, offerTitle: title });
  const kept = (await early.call('GET', `/v1/redemptions/${first['id']}`)).body;
  expect(kept).toMatchObject({ termsVersion: 1, offerTitle: { vi: 'Giảm 20% gói dữ liệu tháng' } });
  const seen = (await mine.call('GET', `/v1/partner/redemptions?offerId=${id}`)).body['items'] as { termsVersion: number }[];
  expect(seen.map((redemption) => redemption.termsVersion)).toEqual([2, 1]);
});

test('versions count up from one without a gap, each stays readable, and units taken before count on', async () => {
  const id = await offer({ stock: 3 });
  await claim(http.member(), id);
  for (const price of [90_000, 80_000]) {
    expect((await change(id, { regularPriceMinor: price })).status).toBe(200);
    await approveAgain(id);
    await claim(http.member(), id);
  }
  const { rows } = await owner.query(
    `SELECT version, terms ->> 'regularPriceMinor' AS price FROM chung.offer_terms WHERE offer_id = $1 ORDER BY version`,
    [id],
  );
  expect(rows).toEqual([
    { version: 1, price: '100000' },
    { version: 2, price: '90000' },
    { version: 3, price: '80000' },
  ]);
  expect(await counts(id)).toMatchObject({ stock: 3, available: 0, redeemed: 3 });
  expect((await claim(http.member(), id)).body['code']).toBe('offer_sold_out');
});

test('stock moves up and down under a storm of claims: never below what is taken, and the numbers end where they must', async () => {
  const id = await offer({ stock: 12 });
  const claims = Array.from({ length: 40 }, () => claim(http.member(), id));
  const changes = [3, 25, 1, 18, 8, 30, 2, 20].map((stock) => change(id, { stock }));
  const [claimed, changed] = await Promise.all([Promise.all(claims), Promise.all(changes)]);
  const taken = claimed.filter((answer) => answer.status === 201).length;
  for (const answer of claimed) if (answer.status !== 201) expect(answer.body['code']).toBe('offer_sold_out');
  for (const answer of changed)
    if (answer.status !== 200) expect([answer.status, answer.body['code']]).toEqual([422, 'stock_below_redeemed']);
  const after = await counts(id);
  expect(after.redeemed).toBe(taken);
  expect(after.redeemed).toBeLessThanOrEqual(after.stock);
  expect(after.available).toBe(after.stock - taken);
  expect((await change(id, { stock: taken - 1 })).body['code']).toBe('stock_below_redeemed');
  expect((await change(id, { stock: taken })).body['counts']).toMatchObject({ available: 0 });
  expect((await claim(http.member(), id)).body['code']).toBe('offer_sold_out');
  expect((await change(id, { stock: taken + 1 })).status).toBe(200);
  expect((await claim(http.member(), id)).status).toBe(201);
});

test('a refused change of terms and stock together changes neither', async () => {
  const id = await offer({ stock: 2 });
  await claim(http.member(), id);
  await claim(http.member(), id);
  const before = (await mine.call('GET', `/v1/partner/offers/${id}`)).body;
  expect((await change(id, { stock: 1, regularPriceMinor: 50_000 })).status).toBe(422);
  expect((await mine.call('GET', `/v1/partner/offers/${id}`)).body).toEqual(before);
  expect((await http.member().call('GET', `/v1/offers/${id}`)).status).toBe(200);
});

test('a suspended partner’s offers vanish at once for everyone and come back as they were; nobody else’s move', async () => {
  const { id: shop } = await http.rooms.activePartner('stopped');
  const published = await publish(http.rooms, shop, draftOf({ fulfilment: { mode: 'partner_confirmed', holdMinutes: 60 } }));
  const other = await offer();
  const member = http.member();
  const decide = (decision: string) =>
    http.admin.call('POST', `/v1/admin/partners/${shop}/decision`, { body: { decision, reason: 'kiểm tra' } });
  const listed = async () => {
    const items = (await member.call('GET', '/v1/offers?limit=100')).body['items'] as { id: string }[];
    return [published.id, other].map((id) => items.some((item) => item.id === id));
  };
  const before = (await member.call('GET', `/v1/offers/${published.id}`)).body;
  expect(await listed()).toEqual([true, true]);

  expect((await decide('suspend')).status).toBe(200);
  expect(await listed()).toEqual([false, true]);
  expect((await member.call('GET', `/v1/offers/${published.id}`)).status).toBe(404);
  expect((await claim(member, published.id)).body['code']).toBe('offer_not_open');
  const caller = http.partner(shop);
  for (const answer of [
    await caller.call('POST', '/v1/partner/offers', { body: draftOf() }),
    await change(published.id, { stock: 50 }, caller),
    await caller.call('POST', `/v1/partner/offers/${published.id}/submit`, { body: {} }),
  ])
    expect([answer.status, answer.body['code']]).toEqual([403, 'partner_not_active']);

  expect((await decide('reinstate')).status).toBe(200);
  expect(await listed()).toEqual([true, true]);
  expect((await member.call('GET', `/v1/offers/${published.id}`)).body).toEqual(before);
  expect((await claim(member, published.id)).status).toBe(201);
});

test('an approval while the partner is being suspended publishes nothing that members see', async () => {
  const { id: shop } = await http.rooms.activePartner('racing');
  const caller = http.partner(shop);
  for (let round = 0; round < 4; round++) {
    const { body } = await caller.call('POST', '/v1/partner/offers', { body: draftOf() });
    const submission = (await caller.call('POST', `/v1/partner/offers/${body['id']}/submit`, { body: {} })).body['id'];
    const [approved] = await Promise.all([
      http.admin.call('POST', `/v1/admin/submissions/${submission}/decision`, { body: { decision: 'approve' } }),
      http.admin.call('POST', `/v1/admin/partners/${shop}/decision`, { body: { decision: 'suspend' } }),
    ]);
    expect([200, 403]).toContain(approved.status);
    expect((await http.member().call('GET', `/v1/offers/${body['id']}`)).status).toBe(404);
    expect(JSON.stringify((await http.member().call('GET', '/v1/offers?limit=100')).body)).not.toContain(body['id']);
    await http.admin.call('POST', `/v1/admin/partners/${shop}/decision`, { body: { decision: 'reinstate' } });
  }
});

test('a change is whole or not at all: markup, odd characters and long texts come back exactly as they were written', async () => {
  const text = `<script>alert("1")</script> & 'quả' \\ \`\${x}\` 🎁 ${'ơ'.repeat(50)}`;
  const id = await offer();
  const { body } = await change(id, { summary: { vi: text, en: `${text} en` } });
  expect(body['summary']).toEqual({ vi: text, en: `${text} en` });
  await approveAgain(id);
  expect((await http.member().call('GET', `/v1/offers/${id}`)).body['summary']).toEqual({ vi: text, en: `${text} en` });
});

test('422: a text that the database cannot keep is refused by its field; nothing is written', async () => {
  const id = await offer();
  for (const vi of ['Nửa \ud83c', 'Không \0']) {
    const answer = await change(id, { title: { vi, en: 'x' } });
    expect(answer).toMatchObject({ status: 422, body: { fields: [{ path: 'body.title.vi', code: 'invalid_text' }] } });
  }
  expect((await mine.call('GET', `/v1/partner/offers/${id}`)).body).toMatchObject({ state: 'published', termsVersion: 1 });
});
