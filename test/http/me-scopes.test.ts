// GET /v1/me with real tokens: each scope opens its part and no other, whatever else the member allowed or an app asks for.
import type { Scope } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { type ApiReply, signIn } from '../harness/session.ts';
import { backendToken, nativeToken } from '../harness/tokens.ts';

let running: TestPlatform;
const replies = new Map<string, ApiReply>();

/** What each scope opens, by the key of the reply. */
const PARTS = {
  'member.profile:read': 'profile',
  'member.membership:read': 'membership',
  'member.age:read': 'age',
  'member.contact:read': 'contact',
} as const satisfies Partial<Record<Scope, string>>;
const SCOPES = Object.keys(PARTS) as (keyof typeof PARTS)[];

/** Values of the demo member that stand in one part each. */
const VALUES = {
  profile: 'Nguyễn Bảo An',
  membership: 'Hà Nội',
  age: 'birthYear',
  contact: 'an.hanoi@example.vn',
} as const;

async function me(scope: string): Promise<ApiReply> {
  const known = replies.get(scope);
  if (known) return known;
  const { issuer, nativeClient, members } = running.demo;
  const [person] = members;
  if (!person) throw new Error('the demo has members');
  const login = { issuer, clientId: nativeClient.client_id, redirectUri: nativeClient.redirect_uri, scope, ...person };
  const reply = await (await nativeToken(login)).call('GET', '/v1/me');
  replies.set(scope, reply);
  return reply;
}

beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

test('with openid alone an app learns a pairwise id and nothing of the person', async () => {
  const { status, body } = await me('openid');
  expect([status, Object.keys(body)]).toEqual([200, ['id']]);
  const { rows } = await running.owner.query(`SELECT id FROM chung.members WHERE member_code = 'DEMO-AN-HANOI'`);
  // The directory's own id would let two apps join what they know.
  expect(JSON.stringify(body)).not.toContain(rows[0].id);
});

test.each(SCOPES)('%s opens its own part and no other', async (scope) => {
  const { status, body } = await me(`openid ${scope}`);
  expect([status, Object.keys(body).sort()]).toEqual([200, ['id', PARTS[scope]].sort()]);
  for (const [part, value] of Object.entries(VALUES)) {
    if (part === PARTS[scope]) expect(JSON.stringify(body)).toContain(value);
    else expect(JSON.stringify(body)).not.toContain(value);
  }
});

test('all scopes together open all parts, under the same id', async () => {
  const { body } = await me(['openid', ...SCOPES].join(' '));
  expect(Object.keys(body).sort()).toEqual(['age', 'contact', 'id', 'membership', 'profile']);
  expect(body['id']).toBe((await me('openid')).body['id']);
  expect(body['membership']).toMatchObject({ verified: true, province: { code: '01', name: 'Hà Nội' } });
});

test('the day of birth, the sex and the register’s code are opened by no scope', async () => {
  const { rows } = await running.owner.query(`SELECT birth_date::text AS day FROM chung.members WHERE member_code = 'DEMO-AN-HANOI'`);
  const whole = JSON.stringify((await me(['openid', ...SCOPES].join(' '))).body);
  expect(whole).not.toMatch(/DEMO-AN-HANOI|gender|member_?code/i);
  if (rows[0].day !== null) expect(whole).not.toContain(rows[0].day);
});

test('a member sees the whole of themselves in the member app', async () => {
  const [person] = running.demo.members;
  if (!person) throw new Error('the demo has members');
  const session = await signIn(running.baseUrl, 'member', person);
  const { status, body } = await session.call('GET', '/v1/me');
  expect([status, Object.keys(body).sort()]).toEqual([200, ['age', 'contact', 'id', 'membership', 'profile']]);
});

test('nothing is made up: a member whose unit is gone has none', async () => {
  await running.owner.query(`UPDATE chung.members SET unit_code = 'GONE', verified = false WHERE member_code = 'DEMO-AN-HANOI'`);
  try {
    replies.clear();
    expect((await me('openid member.membership:read')).body['membership']).toMatchObject({ verified: false, unit: null });
  } finally {
    await running.owner.query(`UPDATE chung.members SET unit_code = 'T01', verified = true WHERE member_code = 'DEMO-AN-HANOI'`);
    replies.clear();
  }
});

test('contact data that was moved to another member’s row does not open there', async () => {
  await running.owner.query(`CREATE TEMP TABLE kept AS SELECT id, contact_sealed FROM chung.members WHERE member_code = 'DEMO-AN-HANOI'`);
  await running.owner.query(
    `UPDATE chung.members SET contact_sealed = (SELECT contact_sealed FROM chung.members WHERE member_code <> 'DEMO-AN-HANOI' AND contact_sealed IS NOT NULL LIMIT 1)
      WHERE member_code = 'DEMO-AN-HANOI'`,
  );
  try {
    replies.clear();
    const { status, body } = await me('openid member.contact:read');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/thu\.example|\+84/);
  } finally {
    await running.owner.query('UPDATE chung.members m SET contact_sealed = k.contact_sealed FROM kept k WHERE k.id = m.id');
    replies.clear();
  }
});

test('401 without a token, 403 for a partner’s backend that is no member', async () => {
  expect((await fetch(`${running.baseUrl}/v1/me`)).status).toBe(401);
  const { issuer, partners } = running.demo;
  const [partner] = partners;
  if (!partner) throw new Error('the demo has a partner');
  const token = await backendToken(issuer, partner.client);
  const reply = await fetch(`${running.baseUrl}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(reply.status).toBe(403);
  expect(await reply.json()).not.toHaveProperty('id');
});
