// A database that is lost, restarted, locked or too slow under load: 503 with Retry-After, nothing lost, nothing doubled, and the
// same idempotency keys come through once it is back.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type DatabaseProxy, proxyTo } from '../harness/database-proxy.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';
import type { ApiReply } from '../harness/session.ts';

let http: RedemptionHttp;
let wire: DatabaseProxy;
beforeAll(async () => {
  const route = async (url: string) => {
    wire = await proxyTo(url);
    return wire.url;
  };
  http = await openRedemptionHttp({ settings: { CHUNG_POOL_SIZE: '4' }, route });
}, 120_000);
afterAll(async () => {
  await http?.close();
  await wire?.close();
});
afterEach(() => http.running.owner.query(`ALTER ROLE chung_server IN DATABASE ${database()} RESET ALL`));

const database = () => new URL(wire.url).pathname.slice(1);
const many = { stock: 500, limits: { perMember: 200, perMemberPerDay: null } };
const keys = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const claimWith = (offerId: string) => (key: string) => http.claim(http.an, offerId, { 'idempotency-key': key });
const shown = ({ status, body, headers }: ApiReply) =>
  `${status} ${body['code'] ?? ''} ${status === 503 ? Number(headers.get('retry-after')) > 0 : ''}`.trim();
const allowed = new Set(['201', '503 unavailable true']);

/** After the fault: each key asked again until it is answered for good, then once more. */
async function expectNothingLost(offerId: string, attempts: readonly { key: string; reply: ApiReply }[]): Promise<void> {
  const ids = new Map<string, string>();
  for (const { key, reply } of attempts) if (reply.status === 201) ids.set(key, String(reply.body['id']));
  for (const { key } of attempts) {
    await expect.poll(async () => (await claimWith(offerId)(key)).status, { timeout: 15_000 }).toBe(201);
    const again = await claimWith(offerId)(key);
    expect(String(again.body['id'])).toBe(ids.get(key) ?? String(again.body['id']));
  }
  const { owner } = http.running;
  const one = async (sql: string) => (await owner.query(sql, [offerId])).rows[0].n;
  const count = attempts.length;
  expect(await one('SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1')).toBe(count);
  expect(await one('SELECT (held + redeemed)::int AS n FROM chung.offer_stock WHERE offer_id = $1')).toBe(count);
  expect(await one("SELECT count(*)::int AS n FROM chung.outbox WHERE shard_id = $1 AND data ->> 'redemptionId' IS NOT NULL")).toBe(count);
  expect(await one('SELECT count(*)::int AS n FROM chung.journals WHERE shard_id = $1')).toBe(count);
}

const claimAll = (offerId: string, all: readonly string[]) =>
  Promise.all(all.map(async (key) => ({ key, reply: await claimWith(offerId)(key) })));

test('a connection cut under 40 claims: each is made or told to come back, and no key is lost', async () => {
  const offerId = await http.offer(many);
  const claims = claimAll(offerId, keys('cut', 40));
  await new Promise((resolve) => setTimeout(resolve, 40));
  await wire.cut();
  const while_ = await claimAll(offerId, keys('while', 5));
  expect(new Set(while_.map(({ reply }) => shown(reply)))).toEqual(new Set(['503 unavailable true']));
  const ready = await fetch(`${http.running.baseUrl}/readyz`);
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '2']);
  expect((await fetch(`${http.running.baseUrl}/healthz`)).status).toBe(200);
  await wire.mend();
  const attempts = [...(await claims), ...while_];
  expect(attempts.map(({ reply }) => shown(reply)).filter((reply) => !allowed.has(reply))).toEqual([]);
  await expectNothingLost(offerId, attempts);
});

test('a database that restarts again and again under load loses nothing that was answered', async () => {
  const offerId = await http.offer(many);
  const claims = claimAll(offerId, keys('restart', 60));
  let ended = 0;
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    // What a restart does to us: every session ends with 57P01 in whatever it is doing.
    const { rowCount } = await http.running.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'chung_server'`,
    );
    ended += rowCount ?? 0;
  }
  expect(ended).toBeGreaterThan(0);
  const attempts = await claims;
  expect(attempts.map(({ reply }) => shown(reply)).filter((reply) => !allowed.has(reply))).toEqual([]);
  await expectNothingLost(offerId, attempts);
});

/** Holds the stock of an offer as a long transaction of somebody else's would. */
async function locked(offerId: string, work: () => Promise<void>): Promise<void> {
  const { owner } = http.running;
  await owner.query('BEGIN');
  try {
    await owner.query('SELECT 1 FROM chung.offer_stock WHERE offer_id = $1 FOR UPDATE', [offerId]);
    await work();
  } finally {
    await owner.query('ROLLBACK');
  }
}

/** New connections, so that the settings of the role count. */
async function reconnect(): Promise<void> {
  await wire.cut();
  await wire.mend();
  await expect.poll(async () => (await fetch(`${http.running.baseUrl}/readyz`)).status, { timeout: 10_000 }).toBe(200);
}

test.each([
  ['statement_timeout', 'a statement that is cut off by its time-out'],
  ['lock_timeout', 'a wait for a lock that is given up'],
])('%s: %s is a 503, and the key serves when the lock is gone', async (setting) => {
  const offerId = await http.offer(many);
  await http.running.owner.query(`ALTER ROLE chung_server IN DATABASE ${database()} SET ${setting} = '300ms'`);
  await reconnect();
  const attempts: { key: string; reply: ApiReply }[] = [];
  await locked(offerId, async () => {
    attempts.push(...(await claimAll(offerId, keys(setting, 3))));
    expect(new Set(attempts.map(({ reply }) => shown(reply)))).toEqual(new Set(['503 unavailable true']));
  });
  await expectNothingLost(offerId, attempts);
});

test('a full disk, as the database tells it, is a 503 and leaves nothing half done', async () => {
  const offerId = await http.offer(many);
  const { owner } = http.running;
  // Where the event would be written, the disk is full: everything before it in the transaction was done already.
  await owner.query(`CREATE FUNCTION chung.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend the file: quota exceeded' USING ERRCODE = '53100'; END $$`);
  await owner.query('CREATE TRIGGER full_disk BEFORE INSERT ON chung.outbox FOR EACH ROW EXECUTE FUNCTION chung.full_disk()');
  const attempts = await claimAll(offerId, keys('full', 5));
  expect(new Set(attempts.map(({ reply }) => shown(reply)))).toEqual(new Set(['503 unavailable true']));
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1', [offerId]);
  expect(rows[0].n).toBe(0);
  await owner.query('DROP TRIGGER full_disk ON chung.outbox');
  await expectNothingLost(offerId, attempts);
});

test('a pool that one locked offer has used up answers others 503 in its time, and what waited comes through', {
  timeout: 40_000,
}, async () => {
  const offerId = await http.offer({ ...many, ...hold(60) });
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push(await http.claimed(http.an, offerId));
  const stuck: Promise<ApiReply>[] = [];
  await locked(offerId, async () => {
    stuck.push(...ids.map((id) => http.act(id, 'confirm')));
    const waits = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    // Inside a transaction the view is a snapshot until it is cleared.
    const waiting = () => http.running.owner.query('SELECT pg_stat_clear_snapshot()').then(() => http.running.owner.query(waits));
    await expect.poll(async () => (await waiting()).rows[0].n, { timeout: 5_000 }).toBe(4);
    const reads = await Promise.all(Array.from({ length: 6 }, () => http.binh.call('GET', '/v1/redemptions')));
    expect(reads.map(shown)).toEqual(Array(6).fill('503 unavailable true'));
  });
  expect((await Promise.all(stuck)).map(({ status, body }) => [status, body['state']])).toEqual(Array(4).fill([200, 'REDEEMED']));
  expect((await http.binh.call('GET', '/v1/redemptions')).status).toBe(200);
});
