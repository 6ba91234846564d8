import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { application } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
beforeAll(async () => {
  http = await openPartnerHttp();
});
afterAll(() => http.close());

const register = (slug: string) => http.anyone.call('POST', '/v1/partners', { body: application(slug) });
const decide = (id: unknown, decision: string, headers?: Record<string, string>) =>
  http.admin.call('POST', `/v1/admin/partners/${id}/decision`, { body: { decision }, ...(headers && { headers }) });

test('201: anyone registers and waits as applied; no password comes back', async () => {
  const { status, body } = await register('register');
  expect({ status, body }).toMatchObject({ status: 201, body: { slug: 'register', status: 'applied' } });
  expect(JSON.stringify(body)).not.toContain('battery');
});

test('409: a slug is taken once', async () => {
  await register('taken');
  expect(await register('taken')).toMatchObject({ status: 409, body: { code: 'slug_taken' } });
});

test.each([
  ['a short password', { owner: { username: 'some.one', displayName: 'Ai đó', password: 'short' } }],
  ['a tax code of letters', { taxId: 'abc' }],
  ['a slug that is no address', { slug: 'Có Dấu' }],
  ['a field that nobody knows', { status: 'active' }],
])('422: %s is refused by its field', async (_case, changes) => {
  const answer = await http.anyone.call('POST', '/v1/partners', { body: { ...application('bad'), ...changes } });
  expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', fields: [{ path: expect.any(String) }] } });
});

test('200: an admin approves, and the partner reads its own profile', async () => {
  const { body } = await register('approved');
  expect(await decide(body['id'], 'approve')).toMatchObject({ status: 200, body: { status: 'active' } });
  const { id } = (await http.rooms.partners.findBySlug('approved')) ?? {};
  expect(id && (await http.partner(id).call('GET', '/v1/partner/profile'))).toMatchObject({ status: 200, body: { slug: 'approved' } });
});

test('200: the same decision with the same key is answered again and not made again', async () => {
  const { body } = await register('repeated');
  const key = { 'idempotency-key': 'repeat-1' };
  const first = await decide(body['id'], 'approve', key);
  expect(await decide(body['id'], 'approve', key)).toEqual(first);
  expect(await decide(body['id'], 'suspend', key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

test('409: a decision that the status does not allow', async () => {
  const { body } = await register('not-yet');
  expect(await decide(body['id'], 'suspend')).toMatchObject({
    status: 409,
    body: { code: 'wrong_state', detail: expect.stringContaining('applied') },
  });
});

test('404: deciding about nobody', async () => {
  expect(await decide(newId<string>(), 'approve')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('200: the list pages by status; 400: a cursor that we did not make', async () => {
  await register('listed-a');
  await register('listed-b');
  const first = await http.admin.call('GET', '/v1/admin/partners?status=applied&limit=1');
  expect(first).toMatchObject({ status: 200, body: { items: [{ slug: 'listed-b' }], nextCursor: expect.any(String) } });
  const second = await http.admin.call('GET', `/v1/admin/partners?status=applied&limit=1&cursor=${first.body['nextCursor']}`);
  expect(second.body['items']).toMatchObject([{ slug: 'listed-a' }]);
  expect(await http.admin.call('GET', '/v1/admin/partners?cursor=eyJ4.AAAA')).toMatchObject({
    status: 400,
    body: { code: 'invalid_cursor' },
  });
});
