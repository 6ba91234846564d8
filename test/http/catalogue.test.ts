import type { OfferId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf, publish } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let hanoiOnly: OfferId;
beforeAll(async () => {
  http = await openPartnerHttp();
  const { id } = await http.rooms.activePartner('shop');
  const eligibility = { version: 1 as const, all: [{ fact: 'province' as const, in: ['01'] }] };
  const title = { vi: 'Đường truyền cho Hà Nội', en: 'Line for Hà Nội' };
  hanoiOnly = (await publish(http.rooms, id, draftOf({ title, eligibility }))).id;
  await publish(http.rooms, id, draftOf());
});
afterAll(() => http.close());

test('200: a member sees what is for them, with why, and nothing of funding or stock', async () => {
  const { status, body } = await http.member({ provinceCode: '01' }).call('GET', '/v1/offers');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    items: [{}, { id: hanoiOnly, whyForMe: [{ fact: 'province', holds: true, text: { vi: 'Dành cho đoàn viên ở Hà Nội' } }] }],
  });
  expect(JSON.stringify(body)).not.toMatch(/"(funding|stock|eligibility|counts)"/);
});

test('200: a member of another province does not see it', async () => {
  const { body } = await http.member({ provinceCode: '79' }).call('GET', '/v1/offers');
  expect(JSON.stringify(body)).not.toContain(hanoiOnly);
});

test('403: asked by id it is refused with the reason, in the caller’s language', async () => {
  const outsider = http.member({ provinceCode: '79' });
  const vietnamese = await outsider.call('GET', `/v1/offers/${hanoiOnly}`);
  expect(vietnamese).toMatchObject({
    status: 403,
    body: { code: 'not_eligible', reasons: [{ fact: 'province', message: 'Dành cho đoàn viên ở Hà Nội' }] },
  });
  const english = await outsider.call('GET', `/v1/offers/${hanoiOnly}`, { headers: { 'accept-language': 'en' } });
  expect(english.body['reasons']).toEqual([{ fact: 'province', message: 'For members in Hà Nội' }]);
});

test('200: search takes words with and without marks', async () => {
  const member = http.member({ provinceCode: '01' });
  for (const q of ['đường truyền', 'duong truyen']) {
    const { body } = await member.call('GET', `/v1/offers?q=${encodeURIComponent(q)}`);
    expect(body['items']).toMatchObject([{ id: hanoiOnly }]);
  }
});

test('200: one page after the other', async () => {
  const member = http.member({ provinceCode: '01' });
  const first = await member.call('GET', '/v1/offers?limit=1');
  const second = await member.call('GET', `/v1/offers?limit=1&cursor=${first.body['nextCursor']}`);
  expect(second.body).toMatchObject({ items: [{ id: hanoiOnly }], nextCursor: null });
});

test('404: what is not there; 400: ids, cursors and limits that are none', async () => {
  const member = http.member();
  expect(await member.call('GET', `/v1/offers/${newId<string>()}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await member.call('GET', '/v1/offers/x')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect(await member.call('GET', '/v1/offers?cursor=x')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  expect(await member.call('GET', '/v1/offers?limit=101')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});
