import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOf } from '../harness/partner-rooms.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

let running: TestPlatform;
let portal: WebSession;
let offerId: string;

beforeAll(async () => {
  running = await startTestPlatform();
  const [partner] = running.demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  portal = await signIn(running.baseUrl, 'partner', partner);
  offerId = String((await portal.call('POST', '/v1/partner/offers', { body: draftOf({ codes: 'pool' }) })).body['id']);
}, 120_000);
afterAll(() => running?.close());

const entries = async () =>
  (await running.owner.query(`SELECT detail, target FROM chung.audit_entries WHERE action = 'partner.offers.codes.upload' ORDER BY id`))
    .rows;

/** Sends the first codes of a longer upload and goes away. */
function cutOff(codes: string): Promise<void> {
  const { hostname, port } = new URL(running.baseUrl);
  return new Promise((resolve) => {
    const upload = request({
      hostname,
      port,
      method: 'POST',
      path: `/v1/partner/offers/${offerId}/codes`,
      headers: {
        cookie: portal.visitor.cookieHeader,
        'x-chung-app': 'partner',
        'x-csrf-token': portal.csrfToken,
        origin: running.baseUrl,
        'content-type': 'text/plain',
        'content-length': String(codes.length * 2),
      },
    });
    upload.on('error', () => resolve());
    upload.write(codes, () => setTimeout(() => upload.destroy(), 300));
    upload.on('close', () => resolve());
  });
}

test('an upload that is cut off leaves an entry that says so, as a whole one leaves one that does not', async () => {
  await cutOff(Array.from({ length: 5_000 }, (_, i) => `CUT-${String(i).padStart(6, '0')}`).join('\n'));
  await expect.poll(entries, { timeout: 10_000 }).toEqual([{ detail: { outcome: 'failed' }, target: `offer:${offerId}` }]);
  const whole = await portal.call('POST', `/v1/partner/offers/${offerId}/codes`, {
    body: 'WHOLE-0001',
    headers: { 'content-type': 'text/plain' },
  });
  expect(whole.status).toBe(201);
  expect((await entries()).at(-1)).toEqual({ detail: {}, target: `offer:${offerId}` });
});
