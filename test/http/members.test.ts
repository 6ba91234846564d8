// The directory over HTTP: what an app sees of a member, the provinces, and registers uploaded by an admin.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGISTER_HEADER, registerRow, registerText } from '../harness/members-room.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';
import { nativeToken } from '../harness/tokens.ts';

let running: TestPlatform;
let admin: WebSession;
beforeAll(async () => {
  running = await startTestPlatform();
  admin = await signIn(running.baseUrl, 'admin', running.demo.admin);
}, 120_000);
afterAll(() => running?.close());

const upload = (body: string, headers: Record<string, string> = {}) =>
  admin.call('POST', '/v1/admin/members/import', { body, headers: { 'content-type': 'text/csv', ...headers } });
const count = async () => Number((await running.owner.query('SELECT count(*) AS n FROM chung.members')).rows[0].n);

test('200: provinces need no sign-in and come with their former names', async () => {
  const response = await fetch(`${running.baseUrl}/v1/provinces`);
  const { items } = (await response.json()) as { items: { code: string; name: string; formerNames: string[] }[] };
  expect([response.status, items.length]).toEqual([200, 34]);
  expect(items.find(({ code }) => code === '24')).toEqual({ code: '24', name: 'Bắc Ninh', formerNames: ['Bắc Giang'] });
});

test('200: an app sees of a member the parts whose scopes are granted, and nothing else', async () => {
  const { issuer, nativeClient, members } = running.demo;
  const [person] = members;
  if (!person) throw new Error('the demo has members');
  const login = { issuer, clientId: nativeClient.client_id, redirectUri: nativeClient.redirect_uri, ...person };
  const narrow = await nativeToken({ ...login, scope: 'openid' });
  const bare = await narrow.call('GET', '/v1/me');
  expect([bare.status, Object.keys(bare.body)]).toEqual([200, ['id']]);
});

test('200: a register is taken in, and its import is listed', async () => {
  const before = await count();
  const reply = await upload(registerText(registerRow('01-A01'), registerRow('01-A02', { birth_date: '31/02/2001' })), {
    'accept-language': 'en',
  });
  expect(reply).toMatchObject({
    status: 200,
    body: {
      state: 'done',
      rowsRead: 2,
      inserted: 1,
      rejected: 1,
      firstErrors: [{ row: 3, column: 'birth_date', reason: 'Not a valid date (YYYY-MM-DD or DD/MM/YYYY).' }],
    },
  });
  expect(await count()).toBe(before + 1);
  const list = await admin.call('GET', '/v1/admin/members/imports?limit=1');
  expect(list.body['items']).toMatchObject([
    { id: reply.body['id'], firstErrors: [{ reason: expect.stringMatching(/^Không phải ngày/) }] },
  ]);
});

test.each([
  [
    'without columns',
    registerText(registerRow('01-B01')).replace('phone,', ''),
    /^Missing column phone; found in the first line: member_code/,
  ],
  ['with a header alone', `${REGISTER_HEADER}\n`, /not one row/],
  ['that is empty', '', /^The file is empty/],
  ['with an open quote', registerText(registerRow('01-B01')).replace('Nguyễn', '"Nguyễn'), /double quote opened in line 2/],
  ['that is JSON', '{"members": []}', /^Missing columns/],
])('422: a register %s is refused with one sentence, and nothing is changed', async (_, text, sentence) => {
  const before = await count();
  const reply = await upload(text, { 'accept-language': 'en' });
  expect(reply).toMatchObject({ status: 422, body: { code: 'import_rejected', detail: expect.stringMatching(sentence) } });
  expect(await count()).toBe(before);
});

test('422: a large register in the wrong encoding gets its answer, though most of it was never wanted', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => registerRow(`01-C${index}`));
  const body = new Uint8Array(Buffer.concat([Buffer.from(`${REGISTER_HEADER}\n01-C,Nguy\xd4n,`, 'latin1'), Buffer.from(rows.join('\n'))]));
  const { status, body: problem } = await rawUpload((outgoing) => outgoing.end(body));
  expect([status, JSON.parse(problem).code]).toEqual([422, 'import_rejected']);
});

test('415: only text/csv is taken', async () => {
  expect((await upload('{}', { 'content-type': 'application/json' })).status).toBe(415);
});

test('an upload that is cut off changes nothing', async () => {
  const before = await count();
  const cut = rawUpload((outgoing) => {
    outgoing.write(registerText(registerRow('01-D01')));
    setTimeout(() => outgoing.destroy(), 300);
  });
  await expect(cut).rejects.toThrow();
  const last = async () => (await admin.call('GET', '/v1/admin/members/imports?limit=1')).body['items'];
  await expect.poll(last, { timeout: 10_000 }).toMatchObject([{ state: 'failed', inserted: 0 }]);
  expect(await count()).toBe(before);
});

/** Sends an upload as the console's browser would, but piece by piece. */
function rawUpload(write: (outgoing: ReturnType<typeof request>) => void): Promise<{ status: number; body: string }> {
  const headers = {
    'content-type': 'text/csv',
    'x-chung-app': 'admin',
    'x-csrf-token': admin.csrfToken,
    origin: running.baseUrl,
    cookie: admin.visitor.cookieHeader,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${running.baseUrl}/v1/admin/members/import`, { method: 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    write(outgoing);
  });
}
