// Idempotency keys of claims, and codes and QR codes at the till, in every wrong form: refused by a clear code, without an effect.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { codesFor, hold } from '../harness/redemption-rooms.ts';
import type { ApiReply } from '../harness/session.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const told = ({ status, body }: ApiReply) => [status, body['code']];
const rowsOf = async (offerId: string) =>
  (await http.running.owner.query('SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1', [offerId])).rows[0].n;
const twice = { limits: { perMember: 2, perMemberPerDay: null } };

test.each([
  ['empty', '', 'idempotency_key_required'],
  ['of quotes only', '""', 'idempotency_key_required'],
  ['of blanks', '   ', 'idempotency_key_required'],
  ['with a blank inside', 'a b', 'invalid_request'],
  ['of 256 letters', 'k'.repeat(256), 'invalid_request'],
  ['of 8,000 letters', 'k'.repeat(8_000), 'invalid_request'],
  ['with a letter outside ASCII', 'kh\u00f3a', 'invalid_request'],
])('a key that is %s is refused and claims nothing', async (_name, key, code) => {
  const offerId = await http.offer();
  expect(told(await http.claim(http.an, offerId, { 'idempotency-key': key }))).toEqual([400, code]);
  expect(await rowsOf(offerId)).toBe(0);
});

test('a key sent as raw UTF-8, with a control character, or twice is refused and claims nothing', async () => {
  const offerId = await http.offer();
  const { visitor, csrfToken } = http.an;
  const raw = (lines: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(http.running.baseUrl).port), '127.0.0.1');
      let heard = '';
      socket.on('data', (chunk) => {
        heard += chunk.toString();
      });
      socket.on('close', () => resolve(heard.slice(9, 12)));
      const head = [
        `POST /v1/offers/${offerId}/redemptions HTTP/1.1`,
        `Host: ${new URL(http.running.baseUrl).host}`,
        `Cookie: ${visitor.cookieHeader}`,
      ];
      const more = [
        `X-CSRF-Token: ${csrfToken}`,
        'X-Chung-App: member',
        `Origin: ${http.running.baseUrl}`,
        'Connection: close',
        lines,
        '',
        '',
      ];
      socket.write([...head, ...more].join('\r\n'));
    });
  expect(await raw('Idempotency-Key: khóa-số-một')).toBe('400');
  expect(await raw('Idempotency-Key: a\x01b')).toBe('400');
  expect(await raw('Idempotency-Key: one\r\nIdempotency-Key: two')).toBe('400');
  expect(await rowsOf(offerId)).toBe(0);
  expect(await raw('Idempotency-Key: plain')).toBe('201');
});

test('a key reused for another offer is refused for ever and changes neither; another member’s same key is their own', async () => {
  const [one, other] = [await http.offer(twice), await http.offer(twice)];
  const key = { 'idempotency-key': 'reused-key' };
  const first = await http.claim(http.an, one, key);
  expect(first.status).toBe(201);
  for (let i = 0; i < 3; i++) expect(told(await http.claim(http.an, other, key))).toEqual([422, 'idempotency_key_reused']);
  expect([await rowsOf(one), await rowsOf(other)]).toEqual([1, 0]);
  const binh = await http.claim(http.binh, one, key);
  expect([binh.status, binh.body['id'] === first.body['id']]).toEqual([201, false]);
  const again = await http.claim(http.an, one, key);
  expect([again.status, again.body['id']]).toEqual([201, first.body['id']]);
});

test('a body that says more than a claim is refused, and does not use up the key', async () => {
  const offerId = await http.offer();
  const headers = { 'idempotency-key': 'body-key' };
  const send = (body: unknown) => http.an.call('POST', `/v1/offers/${offerId}/redemptions`, { body, headers });
  expect(told(await send({ memberId: 'somebody-else' }))).toEqual([422, 'validation_failed']);
  expect(told(await send('{"a":'.repeat(5_000)))).toEqual([
    expect.any(Number),
    expect.stringMatching(/unsupported_media_type|invalid_request/),
  ]);
  expect([(await send({})).status, await rowsOf(offerId)]).toEqual([201, 1]);
});

test('parallel claims by one key on two offers end in one redemption and one refusal', async () => {
  const offers = [await http.offer(twice), await http.offer(twice)];
  const headers = { 'idempotency-key': 'race-key' };
  const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => http.claim(http.an, offers[i % 2] ?? '', headers)));
  const ids = new Set(replies.filter(({ status }) => status === 201).map(({ body }) => body['id']));
  expect(ids.size).toBe(1);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 422]));
  expect((await rowsOf(offers[0] ?? '')) + (await rowsOf(offers[1] ?? ''))).toBe(1);
});

const lookUp = (presented: unknown, portal = http.portal) => portal.call('POST', '/v1/partner/redemptions/lookup', { body: { presented } });

test('unknown, unclaimed, ended and foreign codes are all not found, by the same answer', async () => {
  const offerId = await http.offer(hold(60), { codes: 3 });
  const claimed = await http.claim(http.an, offerId);
  const code = claimed.body['code'];
  expect((await lookUp(code)).status).toBe(200);
  const [unknown = ''] = codesFor(1);
  const answers = [await lookUp(unknown), await lookUp(code, http.otherPortal), await lookUp(`${code}X`)];
  for (const answer of answers) expect(told(answer)).toEqual([404, 'not_found']);
  expect(new Set(answers.map(({ body }) => JSON.stringify([body['title'], body['detail']]))).size).toBe(1);
});

test('a receipt or QR of another partner’s redemption is as absent as one that does not exist', async () => {
  const id = await http.claimed(http.an, await http.offer(hold(60)));
  const { presentation, receipt } = (await http.an.call('GET', `/v1/redemptions/${id}/receipt`)).body;
  expect(told(await lookUp(presentation, http.otherPortal))).toEqual([404, 'not_found']);
  expect(told(await lookUp(receipt))).toEqual([422, 'receipt_invalid']);
  const foreign = await http.otherPortal.call('POST', `/v1/partner/redemptions/${id}/confirm`, { body: { presented: presentation } });
  expect(told(foreign)).toEqual([404, 'not_found']);
  expect((await http.act(id, 'confirm', { presented: presentation })).status).toBe(200);
});

test.each([
  ['three letters', 'abc'],
  ['past its length', 'x'.repeat(4_097)],
  ['a number', 12_345_678],
  ['a list', ['ABCD-EFGH']],
  ['null', null],
])('what is presented as %s is refused before anything is looked up', async (_name, presented) => {
  expect(told(await lookUp(presented))).toEqual([422, 'validation_failed']);
});
