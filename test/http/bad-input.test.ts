// Bad input of partners and members: one clear sentence, the right status, nothing half done, nothing internal shown.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOf, inDays } from '../harness/partner-rooms.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

let running: TestPlatform;
let portal: WebSession;
let member: WebSession;

beforeAll(async () => {
  running = await startTestPlatform();
  const { baseUrl, demo } = running;
  if (!demo.partners[0] || !demo.members[0]) throw new Error('the demo has people');
  portal = await signIn(baseUrl, 'partner', demo.partners[0]);
  member = await signIn(baseUrl, 'member', demo.members[0]);
}, 120_000);
afterAll(() => running?.close());

const count = async () => Number((await running.owner.query('SELECT count(*) AS n FROM chung.offers')).rows[0].n);

test.each([
  ['a window that is reversed', { window: { startsAt: inDays(3), endsAt: inDays(1) } }, 'body.window.endsAt'],
  ['a window that is empty', { window: { startsAt: inDays(3), endsAt: inDays(3) } }, 'body.window.endsAt'],
  ['a negative price', { regularPriceMinor: -1 }, 'body.regularPriceMinor'],
  ['a price with a fraction', { regularPriceMinor: 0.5 }, 'body.regularPriceMinor'],
  ['a price past what JSON carries exactly', { regularPriceMinor: 2 ** 60 }, 'body.regularPriceMinor'],
  ['shares that are not the whole', { funding: [{ by: 'partner', shareBasisPoints: 9_999 }] }, 'body.funding'],
  [
    'a funder named twice',
    {
      funding: [
        { by: 'partner', shareBasisPoints: 5_000 },
        { by: 'partner', shareBasisPoints: 5_000 },
      ],
    },
    'body.funding',
  ],
  ['a text in one language', { title: { vi: 'Chỉ tiếng Việt' } }, 'body.title.en'],
  ['a field that does not exist', { isAdmin: true }, 'body'],
  ['a province that is none', { eligibility: { version: 1, all: [{ fact: 'province', in: ['HN'] }] } }, 'body.eligibility.all.0.in.0'],
  ['a rule of an unknown version', { eligibility: { version: 2, all: [] } }, 'body.eligibility.version'],
  ['stock of nothing', { stock: 0 }, 'body.stock'],
])('an offer with %s is refused, naming the field', async (_what, change, field) => {
  const before = await count();
  const reply = await portal.call('POST', '/v1/partner/offers', { body: { ...draftOf(), ...change } });
  expect([reply.status, reply.body['code']]).toEqual([422, 'validation_failed']);
  expect((reply.body['fields'] as unknown as { path: string }[]).map(({ path }) => path)).toContain(field);
  expect(await count()).toBe(before);
});

test('stock below what is taken is refused and changes nothing', async () => {
  const { rows } = await running.owner.query(
    `SELECT o.id FROM chung.offers o JOIN chung.partners p ON p.id = o.partner_id WHERE p.slug = $1 AND o.state = 'published' LIMIT 1`,
    [running.demo.partners[0]?.slug],
  );
  const offerId = rows[0].id;
  await running.owner.query('UPDATE chung.offer_stock SET redeemed = 5 WHERE offer_id = $1', [offerId]);
  const reply = await portal.call('PATCH', `/v1/partner/offers/${offerId}`, { body: { stock: 4 } });
  expect([reply.status, reply.body['code']]).toEqual([422, 'stock_below_redeemed']);
  const { body } = await portal.call('GET', `/v1/partner/offers/${offerId}`);
  expect(body['counts']).toMatchObject({ redeemed: 5 });
  await running.owner.query('UPDATE chung.offer_stock SET redeemed = 0 WHERE offer_id = $1', [offerId]);
});

test('a repeated write with its key answers the first reply; with another body it is refused', async () => {
  const before = await count();
  const fixed = draftOf();
  const send = () => portal.call('POST', '/v1/partner/offers', { body: fixed, headers: { 'idempotency-key': 'fixed' } });
  const same = await Promise.all([send(), send(), send(), send(), send()]);
  expect(same.map((reply) => reply.status)).toEqual([201, 201, 201, 201, 201]);
  expect(new Set(same.map((reply) => reply.body['id'])).size).toBe(1);
  const changed = await portal.call('POST', '/v1/partner/offers', {
    body: { ...fixed, stock: 11 },
    headers: { 'idempotency-key': 'fixed' },
  });
  expect([changed.status, changed.body['code']]).toEqual([422, 'idempotency_key_reused']);
  expect(await count()).toBe(before + 1);
});

test('a problem shows its code, words in the caller’s language and a request id, and nothing internal', async () => {
  const vi = await member.call('GET', '/v1/offers?limit=0');
  const en = await member.call('GET', '/v1/offers?limit=0', { headers: { 'accept-language': 'en-GB', 'x-request-id': 'my-request-0001' } });
  expect(vi.body).toMatchObject({ code: 'invalid_request', title: 'Yêu cầu không đúng định dạng.', status: 400 });
  expect(en.body).toMatchObject({
    title: 'The request is malformed.',
    request_id: 'my-request-0001',
    docs: `${running.baseUrl}/docs/errors/invalid_request`,
  });
  expect(en.headers.get('content-type')).toContain('application/problem+json');
  expect((await fetch(String(en.body['docs']))).status).toBe(200);
  expect(JSON.stringify([vi.body, en.body])).not.toMatch(/node_modules|\.ts:|SELECT|stack/);
});

test('hostile search words and ids are data', async () => {
  for (const q of ["'; DROP TABLE chung.offers; --", '%', '_', '\\', 'a'.repeat(100), '🎁'])
    expect([q, (await member.call('GET', `/v1/offers?q=${encodeURIComponent(q)}`)).status]).toEqual([q, 200]);
  expect((await member.call('GET', '/v1/offers?q=%00')).status).toBe(400);
  for (const id of ['..%2f..%2fetc', '00000000-0000-0000-0000-000000000000', 'null', '%00'])
    expect((await member.call('GET', `/v1/offers/${id}`)).status).toBe(400);
  expect(await count()).toBeGreaterThan(0);
});

test('rate limits are told in headers and refused with a time to wait', async () => {
  const limited = await startTestPlatform({ settings: { CHUNG_RATE_FACTOR: '0.01' } });
  try {
    const replies = await Promise.all(Array.from({ length: 12 }, () => fetch(`${limited.baseUrl}/v1/provinces`)));
    expect(replies[0]?.headers.get('ratelimit-policy')).toBe('"read";q=6;w=60');
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused).toHaveLength(6);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ code: 'rate_limited' });
  } finally {
    await limited.close();
  }
});
