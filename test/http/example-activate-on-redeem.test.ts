import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectBackend } from '../../examples/activate-on-redeem/src/backend.ts';
import { type CursorStore, followOnce } from '../../examples/activate-on-redeem/src/follow.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn } from '../harness/session.ts';

let running: TestPlatform;

beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

function memoryCursors(): CursorStore & { value: string | undefined } {
  return {
    value: undefined,
    async read() {
      return this.value;
    },
    async write(cursor) {
      this.value = cursor;
    },
  };
}

test('the example activates each redemption of its partner once, also when it crashes in the middle of a page', async () => {
  const { demo, baseUrl, owner } = running;
  const partner = demo.partners.find(({ slug }) => slug === 'vinaphone');
  const [member] = demo.members;
  if (!partner || !member) throw new Error('the demo has vinaphone and a member');
  const session = await signIn(baseUrl, 'member', member);
  const { rows } = await owner.query(
    `SELECT o.id FROM chung.offers o JOIN chung.partners p ON p.id = o.partner_id WHERE p.slug = 'vinaphone' AND o.state = 'published'`,
  );
  const claims = await Promise.all(
    rows.map((row: { id: string }) => session.call('POST', `/v1/offers/${row.id}/redemptions`, { body: {} })),
  );
  const instant = claims
    .filter((reply) => reply.status === 201 && reply.body['state'] === 'REDEEMED')
    .map((reply) => String(reply.body['id']));
  expect(instant.length).toBeGreaterThan(0);

  const client = await connectBackend({
    issuer: demo.issuer,
    clientId: partner.client.client_id,
    privateKey: partner.client.private_key_jwk,
  });
  const cursors = memoryCursors();
  const crash = () => Promise.reject(new Error('crash'));
  await expect
    .poll(() => followOnce({ client, cursors, activate: crash }).catch((error: Error) => error.message), { timeout: 10_000 })
    .toBe('crash');
  expect(cursors.value).toBe(undefined);

  const activated: string[] = [];
  while ((await followOnce({ client, cursors, activate: async (id) => void activated.push(id) })) > 0);
  expect(activated.toSorted()).toEqual(instant.toSorted());
  for (const id of instant) expect((await session.call('GET', `/v1/redemptions/${id}`)).body['state']).toBe('FULFILLED');
});

test('the command of its README runs the example: it looks for the demo that it is told', { timeout: 60_000 }, async () => {
  const repository = path.resolve(import.meta.dirname, '../..');
  const started = promisify(execFile)('npm', ['start', '-w', '@chung/example-activate-on-redeem', '--', 'vinaphone', 'no-demo-here.json'], {
    cwd: repository,
  });
  await expect(started).rejects.toMatchObject({ stderr: expect.stringMatching(/ENOENT.*no-demo-here\.json/) });
});
