// kill -9 of the server in the midst of deliveries. After each restart it goes on: a receiver that keeps ids apart has every event, once
// and in order. What was delivered but not written down when the process died comes twice, and only that.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';
import { signIn } from '../harness/session.ts';
import { openReceiver, type Receiver } from '../harness/webhook-receiver.ts';

const KILLS = 3;
const ENDPOINTS = 3;
const EVENTS_A_ROUND = 250;

let dataDirectory: string;
let server: ServerProcess;
let receiver: Receiver;
let settings: Record<string, string>;

beforeAll(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-kill-webhooks-'));
  settings = { PORT: String(await freePort()), CHUNG_DATA_DIR: dataDirectory, CHUNG_WEBHOOK_HOSTS: '127.0.0.1' };
  receiver = await openReceiver();
  // A receiver that takes its time, so that a kill finds deliveries under way.
  receiver.behave((_received, response) => void setTimeout(() => response.writeHead(204).end(), 4));
  server = await startServer(settings);
}, 180_000);

afterAll(async () => {
  await server?.interrupt();
  await receiver?.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

async function inDatabase<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  const { serverUrl } = JSON.parse(await readFile(path.join(dataDirectory, 'runtime.json'), 'utf8'));
  const db = new pg.Client({ connectionString: serverUrl });
  await db.connect();
  try {
    return (await db.query<Row>(text, values)).rows;
  } finally {
    await db.end();
  }
}

/** Events in a transaction each, as the platform writes them; their ids in the order partners read them. */
async function tell(partnerId: string, round: number): Promise<void> {
  for (let batch = 0; batch < 5; batch++)
    await inDatabase(
      `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid)
       SELECT $1, ('01936b5e-7c00-7000-8000-' || lpad($2::text || lpad(n::text, 4, '0'), 12, '0'))::uuid, $1, 'consent.withdrawn.v1',
              '{"memberRef": "m", "clientId": "app", "scope": "redemptions:read"}', pg_current_xact_id()
         FROM generate_series($3::int, $3::int + $4::int - 1) n`,
      [partnerId, round, (batch * EVENTS_A_ROUND) / 5, EVENTS_A_ROUND / 5],
    );
}

test(`no event is lost or out of order over ${KILLS} kills`, { timeout: 300_000 }, async () => {
  const demo: DemoFile = JSON.parse(await readFile(path.join(dataDirectory, 'demo.json'), 'utf8'));
  const [partner] = demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  const portal = await signIn(server.baseUrl, 'partner', partner);
  const paths = Array.from({ length: ENDPOINTS }, (_, i) => `/hook${i}`);
  for (const hook of paths)
    expect((await portal.call('POST', '/v1/partner/webhooks', { body: { url: `${receiver.origin}${hook}` } })).status).toBe(201);
  const [row] = await inDatabase<{ id: string }>('SELECT id FROM chung.partners WHERE slug = $1', [partner.slug]);
  const partnerId = String(row?.id);
  let cutOff = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const ofRound = () => receiver.received.filter(({ headers }) => headers['webhook-id']?.slice(-5, -4) === String(kill)).length;
    await tell(partnerId, kill);
    // In the midst: some of this round were delivered, most were not.
    await expect.poll(ofRound, { timeout: 90_000, interval: 5 }).toBeGreaterThan(60);
    await server.kill();
    if (ofRound() < EVENTS_A_ROUND * ENDPOINTS) cutOff++;
    server = await startServer(settings);
  }
  const events = await inDatabase<{ id: string }>(
    `SELECT id FROM chung.outbox WHERE partner_id = $1 AND data ->> 'memberRef' = 'm' ORDER BY txid, id`,
    [partnerId],
  );
  const ids = events.map(({ id }) => id);
  expect(ids).toHaveLength(KILLS * EVENTS_A_ROUND);
  const told = new Set(ids);
  for (const hook of paths)
    await expect.poll(() => receiver.ids(hook).filter((id) => told.has(id)), { timeout: 90_000, interval: 100 }).toEqual(ids);
  // A kill that hits nothing proves nothing.
  expect(cutOff).toBe(KILLS);
});
