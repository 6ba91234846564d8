// What an operator can get wrong at the start: one clear sentence, exit code 1, and nothing of what was there is harmed.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, type ServerProcess, spawnServer, startServer } from '../harness/server-process.ts';
import { signIn } from '../harness/session.ts';

let dataDirectory: string;
let port: number;
let server: ServerProcess;

beforeAll(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-start-'));
  port = await freePort();
  server = await startServer({ PORT: String(port), CHUNG_DATA_DIR: dataDirectory });
}, 120_000);
afterAll(async () => {
  await server?.interrupt();
  await rm(dataDirectory, { recursive: true, force: true });
});

/** Starts and waits for the refusal. */
async function refusal(settings: Readonly<Record<string, string>>): Promise<string> {
  const refused = spawnServer(settings);
  expect(await refused.exited).toBe(1);
  expect(refused.output()).not.toMatch(/\n\s+at /);
  return refused.output();
}

test('the demo file is private and tells scripts all they need', async () => {
  const file = path.join(dataDirectory, 'demo.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const demo = JSON.parse(await readFile(file, 'utf8'));
  expect(demo).toMatchObject({
    baseUrl: server.baseUrl,
    issuer: server.baseUrl,
    resource: `${server.baseUrl}/v1`,
    admin: { username: 'admin' },
  });
  expect(Object.keys(demo.members[0])).toEqual(expect.arrayContaining(['username', 'password', 'province']));
  expect(demo.partners[0]).toMatchObject({
    slug: expect.any(String),
    username: expect.any(String),
    client: { client_id: expect.any(String), private_key_jwk: { kty: 'EC' } },
  });
  expect((await stat(path.join(dataDirectory, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('a taken port is told at once', { timeout: 30_000 }, async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const takenPort = typeof address === 'object' && address ? address.port : 0;
  const other = await mkdtemp(path.join(tmpdir(), 'chung-start-'));
  try {
    expect(await refusal({ PORT: String(takenPort), CHUNG_DATA_DIR: other })).toContain(`Port ${takenPort} is taken`);
  } finally {
    taken.close();
    await rm(other, { recursive: true, force: true });
  }
});

test('a second start on the same data folder is refused and the first goes on', { timeout: 30_000 }, async () => {
  const output = await refusal({ PORT: String(await freePort()), CHUNG_DATA_DIR: dataDirectory });
  expect(output).toContain(path.basename(dataDirectory));
  expect((await fetch(`${server.baseUrl}/readyz`)).status).toBe(200);
});

test('a database that does not answer is named without its password', { timeout: 60_000 }, async () => {
  const other = await mkdtemp(path.join(tmpdir(), 'chung-start-'));
  const nobody = await freePort();
  const output = await refusal({
    PORT: String(await freePort()),
    CHUNG_DATA_DIR: other,
    DATABASE_URL: `postgresql://owner:hunter2@127.0.0.1:${nobody}/chung`,
  });
  await rm(other, { recursive: true, force: true });
  expect(output).toContain(`127.0.0.1:${nobody}`);
  expect(output).not.toContain('hunter2');
});

test('settings that are wrong are named all at once', { timeout: 30_000 }, async () => {
  const output = await refusal({ NODE_ENV: 'production', PORT: 'http' });
  for (const name of ['PORT', 'CHUNG_SECRET', 'CHUNG_TOKEN_KEYS', 'CHUNG_RECEIPT_KEYS', 'CHUNG_BASE_URL', 'DATABASE_URL', 'CHUNG_DEMO'])
    expect(output).toContain(name);
});

test('Ctrl-C stops everything cleanly, and the next start keeps the data and takes under 10 seconds', { timeout: 60_000 }, async () => {
  const [member] = JSON.parse(await readFile(path.join(dataDirectory, 'demo.json'), 'utf8')).members;
  const session = await signIn(server.baseUrl, 'member', member);
  const { body } = await session.call('GET', '/v1/offers?limit=1');
  const [offer] = body['items'] as unknown as { id: string }[];
  const claimed = await session.call('POST', `/v1/offers/${offer?.id}/redemptions`, { body: {} });
  expect(claimed.status).toBe(201);
  expect(await server.interrupt()).toBe(0);
  await expect(stat(path.join(dataDirectory, 'postgres', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  const began = performance.now();
  server = await startServer({ PORT: String(port), CHUNG_DATA_DIR: dataDirectory });
  expect(performance.now() - began).toBeLessThan(10_000);
  // The session outlives the restart too: its keys and its row are kept.
  const again = await session.call('GET', `/v1/redemptions/${claimed.body['id']}`);
  expect([again.status, again.body['id']]).toEqual([200, claimed.body['id']]);
});
