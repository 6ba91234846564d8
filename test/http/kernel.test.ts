// The whole platform over a database that goes away and comes back, and lists whose cursors are carried to the wrong place.
import { listOffers, OPERATIONS, type OperationSpec } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/server/src/kernel/log.ts';
import { type DatabaseProxy, proxyTo } from '../harness/database-proxy.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebApp, type WebSession } from '../harness/session.ts';

const lines: string[] = [];
let wire: DatabaseProxy;
let running: TestPlatform;
const sessions = new Map<WebApp, WebSession>();

beforeAll(async () => {
  running = await startTestPlatform({
    log: createLogger('info', { write: (line: string) => void lines.push(line) }),
    route: async (serverUrl) => {
      wire = await proxyTo(serverUrl);
      return wire.url;
    },
  });
  const { baseUrl, demo } = running;
  if (!demo.members[0] || !demo.partners[0]) throw new Error('the demo has people');
  sessions.set('member', await signIn(baseUrl, 'member', demo.members[0]));
  sessions.set('partner', await signIn(baseUrl, 'partner', demo.partners[0]));
  sessions.set('admin', await signIn(baseUrl, 'admin', demo.admin));
}, 120_000);
afterAll(async () => {
  await running?.close();
  await wire?.close();
});

function as(app: WebApp): WebSession {
  const session = sessions.get(app);
  if (!session) throw new Error(`nobody is signed in to ${app}`);
  return session;
}

const health = async () => {
  const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((address) => fetch(`${running.baseUrl}${address}`)));
  return [alive?.status, ready?.status];
};
const lists = (OPERATIONS as readonly OperationSpec[]).filter(
  ({ actor, errors, path }) => actor !== 'public' && errors.includes('invalid_cursor') && !path.includes('{'),
);
const offersIn = (body: unknown) => listOffers.reply.parse(body).items;
const redemptions = async () => Number((await running.owner.query('SELECT count(*) AS n FROM chung.redemptions')).rows[0].n);

test('while the database is away the process lives and says so, and every operation answers 503 with a time to come back', async () => {
  expect(await health()).toEqual([200, 200]);
  await wire.cut();
  try {
    await expect.poll(health).toEqual([200, 503]);
    const replies = await Promise.all([
      ...lists.map(({ actor, path }) => as(actor as WebApp).call('GET', path)),
      as('member').call('GET', '/v1/me'),
      as('member').call('GET', '/v1/provinces'),
      as('partner').call('GET', '/v1/partner/balance'),
      as('admin').call('GET', '/v1/admin/ledger/trial-balance'),
    ]);
    // What is kept in memory may still answer; nothing may be a bug of ours or a wrong refusal such as "sign in again".
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(lists.length - 2);
    for (const { status, body, headers } of refused) {
      expect([status, body['code']]).toEqual([503, 'unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  } finally {
    await wire.mend();
  }
  await expect.poll(health).toEqual([200, 200]);
});

test('a claim cut off by the loss is asked again by its key when the database is back: one redemption, nobody signed out', async () => {
  const { body } = await as('member').call('GET', '/v1/offers?limit=1');
  const [offer] = offersIn(body);
  const before = await redemptions();
  const claim = () =>
    as('member').call('POST', `/v1/offers/${offer?.id}/redemptions`, { body: {}, headers: { 'idempotency-key': 'over-the-loss' } });
  await wire.cut();
  const away = await claim();
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
  await wire.mend();
  await expect.poll(health).toEqual([200, 200]);
  const [first, again] = [await claim(), await claim()];
  expect([first.status, again.status, again.body['id']]).toEqual([201, 201, first.body['id']]);
  expect(await redemptions()).toBe(before + 1);
});

test('connections that the database ends under load cost some answers 503, never 500, and no write is done by half', async () => {
  const before = await redemptions();
  const { body } = await as('member').call('GET', '/v1/offers?limit=100');
  const offers = offersIn(body);
  const keys = Array.from({ length: 30 }, (_, index) => ({ key: `under-load-${index}`, offerId: offers[index % offers.length]?.id }));
  const claim = ({ key, offerId }: (typeof keys)[number]) =>
    as('member').call('POST', `/v1/offers/${offerId}/redemptions`, { body: {}, headers: { 'idempotency-key': key } });
  const under = Promise.all(keys.map(claim));
  for (let i = 0; i < 5; i++)
    await running.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chung_server' AND datname = current_database()`,
    );
  const statuses = (await under).map(({ status }) => status);
  expect(statuses.filter((status) => ![201, 409, 503].includes(status))).toEqual([]);
  const repeated = await Promise.all(keys.map(claim));
  expect(repeated.filter(({ status }) => ![201, 409].includes(status)).map(({ body: told }) => told['code'])).toEqual([]);
  const made = new Set(repeated.filter(({ status }) => status === 201).map(({ body: told }) => told['id']));
  expect(await redemptions()).toBe(before + made.size);
  const journals =
    'SELECT count(*)::int AS n FROM chung.redemptions r WHERE NOT EXISTS (SELECT FROM chung.outbox o WHERE o.data ->> $1 = r.id::text)';
  expect((await running.owner.query(journals, ['redemptionId'])).rows).toEqual([{ n: 0 }]);
});

test('the log tells the loss, and not one line of it is a crash', () => {
  const told = lines.map((line): { level: number; msg: string; err?: { code?: string } } => JSON.parse(line));
  expect(told.filter(({ msg }) => msg === 'request failed').length).toBeGreaterThan(0);
  for (const { msg, err } of told) if (msg === 'request failed') expect(err?.code).toBe('unavailable');
});

test('a cursor of one list carried to another is refused as such, or means a place in it; it is never a bug of ours', async () => {
  const cursors: string[] = [];
  for (const { actor, path } of lists) {
    const { body } = await as(actor as WebApp).call('GET', `${path}?limit=1`);
    if (typeof body['nextCursor'] === 'string') cursors.push(body['nextCursor']);
  }
  expect(cursors.length).toBeGreaterThan(2);
  for (const { id, actor, path } of lists)
    for (const cursor of cursors) {
      const reply = await as(actor as WebApp).call('GET', `${path}?cursor=${cursor}`);
      expect([id, [200, 400].includes(reply.status), reply.body['code']]).toEqual([
        id,
        true,
        reply.status === 400 ? 'invalid_cursor' : undefined,
      ]);
    }
});
