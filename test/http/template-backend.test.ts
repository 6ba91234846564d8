// The backend that `chung create` makes, compiled and started as its README says, against the whole platform.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { WebhookEndpoint } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chungIn } from '../../sdk/cli/testing/chung.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PATIENCE = { timeout: 20_000, interval: 50 };
const run = promisify(execFile);

let running: TestPlatform;
let stopDeliveries: () => Promise<void>;
let folder: string;
let app: string;
beforeAll(async () => {
  running = await startTestPlatform({ settings: { CHUNG_WEBHOOK_HOSTS: '127.0.0.1,localhost' } });
  const deliveries = running.platform.startDeliveries();
  stopDeliveries = () => deliveries.stop();
  // In the workspace, so that the packages are found as if they were installed.
  folder = await mkdtemp(path.join(REPOSITORY, 'sdk/cli/.app-'));
  await chungIn(folder, ['create', 'backend', '--template', 'offer', '--backend', '--no-install']);
  app = path.join(folder, 'backend');
  const file = path.join(app, 'tsconfig.json');
  const tsconfig = JSON.parse(await readFile(file, 'utf8'));
  tsconfig.compilerOptions.customConditions = ['chung-source'];
  await writeFile(file, JSON.stringify(tsconfig));
  await run(process.execPath, [path.join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', 'server'], { cwd: app });
}, 120_000);
afterAll(async () => {
  await stopDeliveries?.();
  await running?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The key is needed for the start and the address for the key: a port that was free a moment ago. */
async function freePort(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return String(typeof address === 'object' && address ? address.port : 0);
}

/** The server with these settings beside a PATH, and all that it says. */
function startServer(settings: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=chung-source', 'server/dist/main.js'], {
    cwd: app,
    env: { PATH: process.env['PATH'], ...settings },
  });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (said.text += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, said, ended };
}

async function vinaphone() {
  const partner = running.demo.partners.find(({ slug }) => slug === 'vinaphone');
  const [member] = running.demo.members;
  if (!partner || !member) throw new Error('the demo has vinaphone and a member');
  const portal = await signIn(running.baseUrl, 'partner', partner);
  const session = await signIn(running.baseUrl, 'member', member);
  const settings = {
    CHUNG_ISSUER: running.demo.issuer,
    CHUNG_CLIENT_ID: partner.client.client_id,
    CHUNG_PRIVATE_KEY: JSON.stringify(partner.client.private_key_jwk),
  };
  return { portal, session, settings };
}

/** Claims the partner's offers until one is given at once. */
async function claimed(session: WebSession): Promise<string> {
  const { rows } = await running.owner.query<{ id: string }>(
    `SELECT o.id FROM chung.offers o JOIN chung.partners p ON p.id = o.partner_id WHERE p.slug = 'vinaphone' AND o.state = 'published'`,
  );
  for (const { id } of rows) {
    const reply = await session.call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
    if (reply.status === 201 && reply.body['state'] === 'REDEEMED') return String(reply.body['id']);
  }
  throw new Error('no offer of vinaphone is given at once');
}

test('a claim reaches it, is fulfilled on the platform, and it ends by itself when it is asked to', { timeout: 90_000 }, async () => {
  const { portal, session, settings } = await vinaphone();
  const port = await freePort();
  const reply = await portal.call('POST', '/v1/partner/webhooks', { body: { url: `http://127.0.0.1:${port}/webhooks` } });
  const key = WebhookEndpoint.parse(reply.body).keys[0]?.publicKey ?? '';
  const { child, said, ended } = startServer({ ...settings, CHUNG_WEBHOOK_SECRET: key, PORT: port });
  await expect.poll(() => said.text, PATIENCE).toContain(`Listening on http://localhost:${port}`);
  const redemptionId = await claimed(session);
  const stateOf = async () => (await session.call('GET', `/v1/redemptions/${redemptionId}`)).body['state'];
  await expect.poll(stateOf, PATIENCE).toBe('FULFILLED');
  expect(said.text).toContain(`Delivered the benefit of redemption ${redemptionId}.`);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  for (const secret of [key, JSON.parse(settings.CHUNG_PRIVATE_KEY).d]) expect(said.text).not.toContain(secret);
});

test.each([
  ['a platform that does not answer', { CHUNG_ISSUER: 'http://localhost:FREE' }, /^Signing in as \S+ at \S+ failed: .*ECONNREFUSED/],
  ['an app that the platform does not know', { CHUNG_CLIENT_ID: 'nobody' }, /^Signing in as nobody at \S+ failed: client auth/],
  ['a port that is taken', {}, /EADDRINUSE/],
])('%s ends it at once, with one line that says why', { timeout: 60_000 }, async (_case, change, why) => {
  const { settings } = await vinaphone();
  const free = await freePort();
  const changed = Object.entries(change).map(([name, value]) => [name, value.replace('FREE', free)] as const);
  const common = { ...settings, CHUNG_WEBHOOK_SECRET: 'whpk_x', PORT: new URL(running.baseUrl).port };
  const { said, ended } = startServer({ ...common, ...Object.fromEntries(changed) });
  expect(await ended).toBe(1);
  expect(said.text.trimEnd().split('\n')).toEqual([expect.stringMatching(why)]);
});
