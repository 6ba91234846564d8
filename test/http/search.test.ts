import type { OfferDraft, PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf, publish } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let shop: PartnerId;
let member: Caller;
const titles = {
  fibre: { vi: 'Đường truyền cáp quang Đà Nẵng', en: 'Fibre line for Da Nang' },
  wallet: { vi: 'Hoàn tiền khi nạp ví điện tử', en: 'Cashback when you top up' },
  half: { vi: 'Giảm 50% cước tháng đầu', en: 'Half off the first month' },
  under: { vi: 'Mã snake_case cho lập trình viên', en: 'A code for developers' },
  month: { vi: 'Gói hàng tháng', en: 'A monthly package' },
} as const;
type Name = keyof typeof titles;
const ids = new Map<string, Name>();

beforeAll(async () => {
  http = await openPartnerHttp();
  shop = (await http.rooms.activePartner('cua-hang')).id;
  for (const name of Object.keys(titles) as Name[]) ids.set((await publishTitled(titles[name])).id, name);
  member = http.member();
});
afterAll(() => http.close());

// Neutral texts, so that only the titles can be found.
const summary = { vi: 'Tóm lược', en: 'Abstract' };
const publishTitled = (title: OfferDraft['title'], of: PartnerId = shop) => publish(http.rooms, of, draftOf({ title, summary }));

async function found(query: string): Promise<(Name | undefined)[]> {
  const { status, body } = await member.call('GET', `/v1/offers?limit=100&q=${encodeURIComponent(query)}`);
  expect([query, status]).toEqual([query, 200]);
  return (body['items'] as { id: string }[]).map(({ id }) => ids.get(id));
}

test.each<[string, Name[]]>([
  ['đường truyền', ['fibre']],
  ['duong truyen', ['fibre']],
  ['ĐƯỜNG TRUYỀN', ['fibre']],
  ['Đà Nẵng', ['fibre']],
  ['da nang', ['fibre']],
  ['đà nẵng'.normalize('NFD'), ['fibre']],
  ['dien tu', ['wallet']],
  ['điện', ['wallet']],
  ['cashback', ['wallet']],
  ['  hoàn   tiền  ', ['wallet']],
  ['tiền hoàn', ['wallet']],
])('%j is found with and without marks, in any case, order and language', async (query, expected) => {
  expect(await found(query)).toEqual(expected);
});

test('all words must be there: a word more finds less', async () => {
  expect((await found('cáp')).length).toBe(1);
  expect(await found('cáp quang ví')).toEqual([]);
});

test('the beginning of a word finds it; its middle and its end do not', async () => {
  expect(await found('quan')).toEqual(['fibre']);
  expect(await found('uang')).toEqual([]);
  // "thang" stands as a word of its own in two titles; "ang" is the end of half the language.
  expect(new Set(await found('thang'))).toEqual(new Set(['month', 'half']));
  expect(await found('ang')).toEqual([]);
});

test.each(['%', '_', '\\', '%%', '__', '*', '.*', '🎁', "'", '"', '--', '%_%'])(
  '%j is data: it finds nothing instead of everything',
  async (query) => {
    expect(await found(query)).toEqual([]);
  },
);

test('signs between letters part words and match no other letter', async () => {
  expect(await found('50%')).toEqual(['half']);
  expect(await found('du%ng')).toEqual([]);
  expect(await found('du_ng')).toEqual([]);
  expect(await found('snake_case')).toEqual(['under']);
  expect(await found("x'; DROP TABLE chung.offers; --")).toEqual([]);
});

test('an empty query, or one of spaces, is no search', async () => {
  expect((await found('')).length).toBe(ids.size);
  expect((await found('   ')).length).toBe(ids.size);
});

test('400: a query of more than 100 characters; of 100 it is answered', async () => {
  expect(await found('a'.repeat(100))).toEqual([]);
  expect(await member.call('GET', `/v1/offers?q=${'a'.repeat(101)}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

test('search, category and kind narrow together', async () => {
  const only = async (query: string) =>
    ((await member.call('GET', `/v1/offers?${query}`)).body['items'] as { id: string }[]).map(({ id }) => ids.get(id));
  expect(await only('q=thang&category=telecom&kind=percentage')).toHaveLength(2);
  expect(await only('q=thang&category=home')).toEqual([]);
  expect(await only('q=thang&kind=trial')).toEqual([]);
  for (const bad of ['category=everything', 'kind=gift', 'sort=price'])
    expect(await member.call('GET', `/v1/offers?${bad}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

async function pageThrough(caller: Caller, query: string, between: () => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await caller.call('GET', `/v1/offers?${query}${cursor && `&cursor=${cursor}`}`);
    seen.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
    if (body['nextCursor'] === null) return seen;
    cursor = String(body['nextCursor']);
    await between();
  }
}

test('pages show every offer that stays once and in one order, while others are published, changed and withdrawn', async () => {
  const { id: busy } = await http.rooms.activePartner('ban-ron');
  const title = { vi: 'Trang sách', en: 'Pages' };
  const all: string[] = [];
  for (let index = 0; index < 12; index++) all.unshift((await publishTitled(title, busy)).id);
  const leaving = all.filter((_, index) => index % 4 === 3);
  const staying = all.filter((id) => !leaving.includes(id));
  const left = [...leaving];
  const seen = await pageThrough(member, 'limit=2&q=trang+sach', async () => {
    await publishTitled(title, busy);
    const offerId = left.pop();
    if (offerId)
      expect((await http.partner(busy).call('PATCH', `/v1/partner/offers/${offerId}`, { body: { title: summary } })).status).toBe(200);
  });
  expect(seen.filter((id) => staying.includes(id))).toEqual(staying);
  expect(new Set(seen).size).toBe(seen.length);
  // Asked again with nothing moving, the order is the same.
  const still = () => pageThrough(member, 'limit=3&q=trang+sach', async () => {});
  expect(await still()).toEqual(await still());
});

test('an offer is found by its new words once they are approved, and by the old ones no more', async () => {
  const { id } = await publishTitled({ vi: 'Vé xem hòa nhạc', en: 'Concert ticket' });
  ids.set(id, 'month');
  const partner = http.partner(shop);
  await partner.call('PATCH', `/v1/partner/offers/${id}`, { body: { title: { vi: 'Vé xem bóng đá', en: 'Football ticket' } } });
  expect(await found('hoa nhac')).toEqual([]);
  const { body } = await partner.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} });
  await http.admin.call('POST', `/v1/admin/submissions/${body['id']}/decision`, { body: { decision: 'approve' } });
  expect(await found('bong da')).toEqual(['month']);
  expect(await found('hoa nhac')).toEqual([]);
});

test('a query that is refused is not repeated in the refusal', async () => {
  const { status, body } = await member.call('GET', `/v1/offers?q=${encodeURIComponent('bí mật của tôi '.repeat(20))}`);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain('bí mật');
});
