import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn } from '../harness/session.ts';

let running: TestPlatform;

beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

const signIns = async () =>
  (await running.owner.query(`SELECT actor_kind, chain_id FROM chung.audit_entries WHERE action = 'account.signIn' ORDER BY id`)).rows;

test('each sign-in of an admin or a partner’s person is in the audit, a partner’s in its own chain; a member’s is not', async () => {
  const { baseUrl, demo, platform } = running;
  const [partner] = demo.partners;
  const [member] = demo.members;
  if (!partner || !member) throw new Error('the demo has people');
  await signIn(baseUrl, 'admin', demo.admin);
  await signIn(baseUrl, 'partner', partner);
  await signIn(baseUrl, 'member', member);
  const { id } = (await platform.partners.findBySlug(partner.slug)) ?? {};
  expect(await signIns()).toEqual([
    { actor_kind: 'admin', chain_id: expect.not.stringMatching(String(id)) },
    { actor_kind: 'partner', chain_id: id },
  ]);
});

test('a wrong password is no sign-in, and without the audit nobody with power is let in', async () => {
  const { baseUrl, demo, owner } = running;
  const before = (await signIns()).length;
  await expect(signIn(baseUrl, 'admin', { ...demo.admin, password: 'wrong password' })).rejects.toThrow();
  await owner.query('REVOKE INSERT ON chung.audit_entries FROM chung_server');
  try {
    await expect(signIn(baseUrl, 'admin', demo.admin)).rejects.toThrow();
  } finally {
    await owner.query('GRANT INSERT ON chung.audit_entries TO chung_server');
  }
  expect(await signIns()).toHaveLength(before);
});
