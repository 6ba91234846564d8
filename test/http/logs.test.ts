// What an operator keeps for years must hold no personal data and no secret: the platform is driven through sign-in, claims, an
// import, uploads, refusals and failures with planted values, and none of them may stand in the log or in a problem.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/server/src/kernel/log.ts';
import { startWorker } from '../../platform/server/src/worker.ts';
import { draftOf } from '../harness/partner-rooms.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { type ApiReply, signIn, type WebSession } from '../harness/session.ts';
import { backendToken, nativeToken } from '../harness/tokens.ts';

const lines: string[] = [];
const problems: string[] = [];
let running: TestPlatform;
let member: WebSession;
let portal: WebSession;
let desk: WebSession;

/** Values that only this test uses, so that finding one means that it leaked. */
const PLANTED = {
  phone: '0987001122',
  email: 'bi.mat@nha-toi.example',
  name: 'Đặng Thị Bí Mật',
  password: 'mat-khau-sai-2026',
  voucher: 'PLANTEDCODE-7Q2W',
  search: 'benh-hiem-ngheo',
  token: 'eyJhbGciOiJub25lIn0.planted.token',
};

const keep = <Reply extends { status: number; body: unknown }>(reply: Reply): Reply => {
  if (reply.status >= 400) problems.push(JSON.stringify(reply.body));
  return reply;
};
const call = async (session: WebSession, ...args: Parameters<WebSession['call']>): Promise<ApiReply> => keep(await session.call(...args));
const entries = () => lines.map((line): Record<string, unknown> => JSON.parse(line));
const secrets = () => [
  ...Object.values(PLANTED),
  running.demo.admin.password,
  ...running.demo.members.flatMap(({ password, displayName }) => [password, displayName]),
  ...running.demo.partners.flatMap(({ password, client }) => [password, String(client.private_key_jwk['d'])]),
];
const leaks = (text: string, values: readonly string[]) =>
  values.filter((value) => text.includes(value) || text.includes(encodeURIComponent(value)));

beforeAll(async () => {
  running = await startTestPlatform({ log: createLogger('debug', { write: (line: string) => void lines.push(line) }) });
  const { baseUrl, demo } = running;
  const [person] = demo.members;
  const [organisation] = demo.partners;
  if (!person || !organisation) throw new Error('the demo has people');
  member = await signIn(baseUrl, 'member', person);
  portal = await signIn(baseUrl, 'partner', organisation);
  desk = await signIn(baseUrl, 'admin', demo.admin);
}, 120_000);
afterAll(() => running?.close());

const register = () =>
  [
    'member_code,full_name,birth_date,gender,phone,email,unit_code,province_code,role,verified,joined_on',
    `LOG-1,${PLANTED.name},2001-01-01,,${PLANTED.phone},${PLANTED.email},T01,01,member,true,2019-03-26`,
    `LOG-2,${PLANTED.name},not-a-date,,${PLANTED.phone},${PLANTED.email},T01,99,member,true,2019-03-26`,
  ].join('\n');

test('an import with good and rejected rows is logged by its counts', async () => {
  const reply = await call(desk, 'POST', '/v1/admin/members/import', { body: register(), headers: { 'content-type': 'text/csv' } });
  expect([reply.status, reply.body['inserted'], reply.body['rejected']]).toEqual([200, 1, 1]);
  await call(desk, 'POST', '/v1/admin/members/import', {
    body: `${PLANTED.name},${PLANTED.phone}\n`,
    headers: { 'content-type': 'text/csv' },
  });
  expect(lines.join('')).toContain('member import done');
  expect(leaks(lines.join(''), secrets())).toEqual([]);
});

test('sign-ins, right and wrong, leave no password, no token and no name', async () => {
  const { baseUrl, demo } = running;
  const [person] = demo.members;
  if (!person) throw new Error('the demo has a member');
  await expect(signIn(baseUrl, 'member', { username: PLANTED.email, password: PLANTED.password })).rejects.toThrow();
  const native = { issuer: demo.issuer, clientId: demo.nativeClient.client_id, redirectUri: demo.nativeClient.redirect_uri };
  const app = await nativeToken({ ...native, ...person, scope: 'openid offers:read member.profile:read' });
  keep(await app.call('GET', '/v1/me'));
  const backend = await backendToken(demo.issuer, demo.partners[0]?.client ?? { client_id: '', private_key_jwk: {} });
  for (const authorization of [`Bearer ${PLANTED.token}`, `Bearer ${backend}`, `DPoP ${app.accessToken}`])
    for (const address of ['/v1/me', '/v1/partner/profile', '/v1/admin/audit'])
      await fetch(`${baseUrl}${address}`, { headers: { authorization } });
  await fetch(`${baseUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: PLANTED.voucher,
      client_assertion: PLANTED.token,
      client_id: 'vnpt-money-backend',
    }),
  });
  const written = lines.join('');
  expect(leaks(written, [...secrets(), backend, app.accessToken, member.csrfToken])).toEqual([]);
  // Cookies and one-time addresses of sign-ins would open a session.
  for (const pair of member.visitor.cookieHeader.split('; ')) expect(written).not.toContain(pair.split('=')[1]);
  expect(written).not.toMatch(/interaction\/[\w-]{20,}/);
});

test('claims, uploads and look-ups leave no code, no receipt and no search word', async () => {
  const draft = { ...draftOf(), codes: 'pool', stock: 1, fulfilment: { mode: 'instant' } };
  const { id } = (await call(portal, 'POST', '/v1/partner/offers', { body: draft })).body;
  const upload = { body: `${PLANTED.voucher}\n`, headers: { 'content-type': 'text/plain' } };
  expect((await call(portal, 'POST', `/v1/partner/offers/${id}/codes`, upload)).body).toMatchObject({ added: 1 });
  const submission = await call(portal, 'POST', `/v1/partner/offers/${id}/submit`, { body: {} });
  expect(submission.status).toBe(201);
  await call(desk, 'POST', `/v1/admin/submissions/${submission.body['id']}/decision`, { body: { decision: 'approve' } });
  const claimed = await call(member, 'POST', `/v1/offers/${id}/redemptions`, { body: {} });
  expect(claimed.body).toMatchObject({ code: PLANTED.voucher });
  const receipt = await call(member, 'GET', `/v1/redemptions/${claimed.body['id']}/receipt`);
  for (const presented of [PLANTED.voucher, String(receipt.body['presentation']), PLANTED.phone])
    await call(portal, 'POST', '/v1/partner/redemptions/lookup', { body: { presented } });
  await call(member, 'GET', `/v1/offers?q=${PLANTED.search}`);
  expect(leaks(lines.join(''), [...secrets(), String(receipt.body['receipt']), String(receipt.body['presentation'])])).toEqual([]);
});

describe('what a caller mistypes', () => {
  test('into paths, queries, headers and bodies gets neither into the log nor into the problem of another field', async () => {
    for (const value of Object.values(PLANTED)) {
      const at = encodeURIComponent(value);
      await call(member, 'GET', `/v1/offers/${at}`);
      await call(member, 'GET', `/v1/offers?limit=${at}`);
      await call(member, 'GET', `/v1/${at}`);
      await fetch(`${running.baseUrl}/${at}/${at}?q=${at}`);
      await fetch(`${running.baseUrl}/docs/errors/${at}`);
      await call(portal, 'POST', '/v1/partner/offers', { body: { ...draftOf(), category: value } });
      await call(portal, 'POST', '/v1/partner/offers', { body: `{"title":"${value}`, headers: { 'content-type': 'application/json' } });
    }
    expect(leaks(lines.join(''), secrets())).toEqual([]);
    // A problem names the caller's own address; nothing else of what was sent comes back.
    const withoutAddress = problems.map((text) => JSON.stringify({ ...JSON.parse(text), instance: '' })).join('');
    expect(leaks(withoutAddress, secrets())).toEqual([]);
  });

  test('in a registration is refused without repeating it', async () => {
    const owner = { username: 'ok.name', displayName: PLANTED.name, password: PLANTED.password };
    const body = { slug: 'bi-mat', name: PLANTED.name, legalName: PLANTED.name, taxId: PLANTED.phone, contactEmail: PLANTED.email, owner };
    for (const wrong of [body, { ...body, taxId: 'x' }, { ...body, owner: { ...owner, password: 'ngan' } }, body]) {
      const response = await fetch(`${running.baseUrl}/v1/partners`, {
        method: 'POST',
        body: JSON.stringify(wrong),
        headers: { 'content-type': 'application/json' },
      });
      if (!response.ok) expect(leaks(await response.text(), secrets())).toEqual([]);
    }
    expect(leaks(lines.join(''), secrets())).toEqual([]);
  });
});

test('a failure of the database in the middle of a write is logged with what and where, and without the row', async () => {
  // A rule that our code does not know refuses the row, as a bug would: PostgreSQL then tells the whole row in its error.
  await running.owner.query(`ALTER TABLE chung.partners ADD CONSTRAINT planted CHECK (legal_name <> '${PLANTED.name} 2')`);
  const before = lines.length;
  const owner = { username: 'nguoi.moi', displayName: PLANTED.name, password: PLANTED.password };
  const body = {
    slug: 'hang-moi',
    name: 'Hàng mới',
    legalName: `${PLANTED.name} 2`,
    taxId: PLANTED.phone,
    contactEmail: PLANTED.email,
    owner,
  };
  const response = await fetch(`${running.baseUrl}/v1/partners`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-request-id': 'planted-request' },
  });
  const text = await response.text();
  expect([response.status, JSON.parse(text).code, leaks(text, secrets())]).toEqual([500, 'internal', []]);
  const told = entries()
    .slice(before)
    .find(({ msg }) => msg === 'request failed');
  expect(told).toMatchObject({ requestId: 'planted-request', err: { code: '23514', constraint: 'planted' } });
  expect(leaks(lines.join(''), secrets())).toEqual([]);
});

test('a job that fails is logged by its name, without the row it failed on', async () => {
  const refused = await running.owner
    .query(`INSERT INTO chung.partners (legal_name) VALUES ('${PLANTED.name} 2')`)
    .catch((error: unknown) => error);
  const before = lines.length;
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) });
  const worker = startWorker({ planted: () => Promise.reject(refused) }, { log });
  await expect.poll(() => lines.length).toBeGreaterThan(before);
  await worker.stop();
  expect(entries().at(-1)).toMatchObject({ job: 'planted', msg: 'job failed' });
  expect(leaks(lines.join(''), secrets())).toEqual([]);
});

test('every request is one line with its id, operation, status and time, and its own path', async () => {
  const before = lines.length;
  await call(member, 'GET', '/v1/me', { headers: { 'x-request-id': 'line-of-me-01' } });
  await fetch(`${running.baseUrl}/docs/errors`, { headers: { 'x-request-id': 'line-of-docs-1' } });
  await expect.poll(() => lines.length).toBeGreaterThan(before + 1);
  const [me, docs] = ['line-of-me-01', 'line-of-docs-1'].map((id) => entries().filter(({ requestId }) => requestId === id));
  expect(me).toMatchObject([{ operation: 'me.get', method: 'GET', path: '/v1/me', status: 200, ms: expect.any(Number), level: 30 }]);
  expect(docs).toMatchObject([{ operation: 'other', path: '/docs/errors', status: 200 }]);
});

test('metrics tell operations and codes, and nothing of anybody', async () => {
  const text = await (await fetch(`${running.baseUrl}/metrics`)).text();
  expect(text).toContain('operation="me.get"');
  expect(leaks(text, secrets())).toEqual([]);
});
