import type { MemberId, PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemberPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';

let running: TestPlatform;
let memberId: MemberId;
let partnerId: PartnerId;

beforeAll(async () => {
  running = await startTestPlatform();
  const member = await running.platform.members.findByCode('DEMO-AN-HANOI');
  const partner = await running.platform.partners.findBySlug('vnpt-money');
  if (!member || !partner) throw new Error('the demo has An and VNPT Money');
  memberId = member.id;
  partnerId = partner.id;
}, 120_000);
afterAll(() => running?.close());

const reader = (changes: Partial<MemberPrincipal> = {}): MemberPrincipal => ({
  actor: 'member',
  memberId,
  clientId: 'wallet',
  partnerId,
  grantId: 'grant-0001' as MemberPrincipal['grantId'],
  subject: 'pairwise',
  scopes: ['openid', 'member.contact:read'],
  ...changes,
});

const reads = async () =>
  (await running.owner.query(`SELECT actor_id, target, detail FROM chung.audit_entries WHERE action = 'member.contact.read'`)).rows;

test('an app of a partner reads a contact only with an entry that says so, and the entry holds no contact', async () => {
  const { contact } = await running.platform.members.me(reader());
  expect(contact).toMatchObject({ email: 'an.hanoi@example.vn' });
  expect(await reads()).toEqual([{ actor_id: 'wallet', target: `member:${memberId}`, detail: {} }]);
});

test('without the scope nothing is opened and nothing is written', async () => {
  const before = (await reads()).length;
  expect((await running.platform.members.me(reader({ scopes: ['openid', 'member.profile:read'] }))).contact).toBe(undefined);
  // The member looking at their own data in the member app is no disclosure.
  expect((await running.platform.members.me(reader({ partnerId: null, clientId: 'chung-member' }))).contact).toBeDefined();
  expect(await reads()).toHaveLength(before);
});

test('a read that cannot be written down does not happen', async () => {
  await running.owner.query('REVOKE INSERT ON chung.audit_entries FROM chung_server');
  try {
    await expect(running.platform.members.me(reader())).rejects.toThrow(/permission denied/);
  } finally {
    await running.owner.query('GRANT INSERT ON chung.audit_entries TO chung_server');
  }
});
