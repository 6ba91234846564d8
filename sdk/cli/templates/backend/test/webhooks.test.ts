// The backend over HTTP, driven as the platform and an attacker would.
import { connectFakePartner, createFakePlatform, gradeIntegration, sampleEvent, signedDelivery, webhookSigner } from '@chung/testing';
import { afterEach, expect, test } from 'vitest';
import { createApp } from '../server/app.ts';
import { readSettings } from '../server/settings.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function start() {
  const platform = createFakePlatform();
  const signer = await webhookSigner();
  const activated: string[] = [];
  const lines: string[] = [];
  const app = createApp({
    platform: connectFakePartner(platform, { scopes: ['partner.redemptions:fulfil'] }),
    activate: async (redemptionId) => void activated.push(redemptionId),
    webhookKeys: [signer.key],
    log: (line) => void lines.push(line),
  });
  const server = app.listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return { platform, signer, activated, lines, origin: `http://127.0.0.1:${address.port}` };
}

test('takes what is genuine, refuses what is not, and fulfils each redemption once', { timeout: 60_000 }, async () => {
  const { platform, signer, activated, origin } = await start();
  const activations = (redemptionId: string) => activated.filter((one) => one === redemptionId).length;
  const report = await gradeIntegration({ receiver: `${origin}/webhooks`, signer, platform, activations, settleSeconds: 0.1 });
  expect(report.grade, report.text).toBe('A');
});

test('asks for the delivery again when the platform could not be told', async () => {
  const { platform, signer, origin } = await start();
  const { id } = platform.store.claim(platform.members.lan, platform.offers.instant);
  const { headers, body } = await signedDelivery(sampleEvent('redemption.redeemed.v1', { redemptionId: id }), signer);
  const send = () => fetch(`${origin}/webhooks`, { method: 'POST', headers, body });
  await platform.switches.during({ network: 'unreachable' }, async () => expect((await send()).status).toBe(500));
  expect((await send()).status).toBe(204);
  expect(platform.store.redemptions.get(id)?.state).toBe('FULFILLED');
});

test('answers who watches over it, and refuses a body that is too large', async () => {
  const { origin, lines } = await start();
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${origin}/webhooks`, { method: 'POST', body: 'x'.repeat(300_000) })).status).toBe(413);
  expect(lines).toEqual([expect.stringMatching(/^413 /)]);
});

test('names every setting that is missing or wrong, and repeats no value', () => {
  const wrong = () =>
    readSettings({ CHUNG_ISSUER: 'https://chung.example', CHUNG_PRIVATE_KEY: 'my-secret', CHUNG_WEBHOOK_SECRET: 'my-secret' });
  expect(wrong).toThrow(/CHUNG_CLIENT_ID is missing.*CHUNG_PRIVATE_KEY is not.*CHUNG_WEBHOOK_SECRET does not/);
  expect(wrong).not.toThrow(/my-secret/);
});
