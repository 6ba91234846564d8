// Webhook operations over HTTP: what a partner's backend does with its endpoints, what it is refused, and that what it is shown works
// with `sdk/webhooks`.
import { type PartnerId, WEBHOOK_ENDPOINTS_MAX, WebhookEndpoint } from '@chung/contracts';
import { verifyWebhook } from '@chung/webhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { allPages, openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import type { ApiReply } from '../harness/session.ts';
import { openReceiver, type Receiver } from '../harness/webhook-receiver.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

let http: RedemptionHttp;
let receiver: Receiver;
let stop: () => Promise<void>;
beforeAll(async () => {
  http = await openRedemptionHttp({ settings: { CHUNG_WEBHOOK_HOSTS: '127.0.0.1,localhost' } });
  receiver = await openReceiver();
  const deliveries = http.running.platform.startDeliveries();
  stop = () => deliveries.stop();
}, 120_000);
afterAll(async () => {
  await stop?.();
  await receiver?.close();
  await http?.close();
});
beforeEach(async () => {
  receiver.behave(() => 204);
  receiver.received.length = 0;
  await http.running.owner.query('DELETE FROM chung.webhook_endpoints');
});

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<ApiReply> =>
  http.portal.call(method, `/v1/partner/webhooks${path}`, body === undefined ? {} : { body });
const otherCall = (method: 'GET' | 'POST', path: string, body?: unknown) =>
  http.otherPortal.call(method, `/v1/partner/webhooks${path}`, body === undefined ? {} : { body });

async function created(changes: Record<string, unknown> = {}): Promise<WebhookEndpoint> {
  const reply = await call('POST', '', { url: `${receiver.origin}/hook`, ...changes });
  expect([reply.status, reply.body['code']]).toEqual([201, undefined]);
  return WebhookEndpoint.parse(reply.body);
}

/** A claim, whose event the endpoint is sent. */
const claim = async () => http.claimed(http.an, await http.offer());

describe('an endpoint', () => {
  test('201: it is made with a public key, and is sent what happens from then on', async () => {
    const endpoint = await created({ description: 'Máy chủ chính' });
    expect(endpoint).toMatchObject({ state: 'active', failing: null, description: 'Máy chủ chính', eventTypes: [] });
    expect(endpoint.keys).toEqual([
      expect.objectContaining({ signing: 'v1a', publicKey: expect.stringMatching(/^whpk_/), retiresAt: null }),
    ]);
    const redemptionId = await claim();
    const mine = () => receiver.received.find(({ body }) => body.includes(redemptionId));
    await expect.poll(mine, PATIENCE).toBeDefined();
    const event = await verifyWebhook(mine()?.body ?? '', mine()?.headers ?? {}, endpoint.keys[0]?.publicKey ?? '');
    expect(event).toMatchObject({ type: 'redemption.redeemed.v1', data: { redemptionId } });
  });

  test('200: it is listed, read and changed; another partner finds none of it', async () => {
    const endpoint = await created();
    expect((await call('GET', `/${endpoint.id}`)).body).toEqual(endpoint);
    expect((await call('GET', '')).body['items']).toEqual([endpoint]);
    const changed = await call('PATCH', `/${endpoint.id}`, { eventTypes: ['offer.published.v1'], description: 'x' });
    expect(changed.body).toMatchObject({ eventTypes: ['offer.published.v1'], description: 'x', url: endpoint.url });
    for (const path of ['', '/attempts', '/replays']) expect((await otherCall('GET', `/${endpoint.id}${path}`)).status).toBe(404);
    for (const path of ['/pause', '/resume', '/keys', '/secret', '/test'])
      expect((await otherCall('POST', `/${endpoint.id}${path}`, {})).body['code']).toBe('not_found');
    expect((await otherCall('GET', '')).body['items']).toEqual([]);
  });

  test('204: it goes when the partner deletes it, and only then', async () => {
    const endpoint = await created();
    expect((await call('DELETE', `/${endpoint.id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, `/${endpoint.id}`)).status).toBe(404);
  });

  test('409: a partner has a bounded number of them, also when many are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: WEBHOOK_ENDPOINTS_MAX + 4 }, () => call('POST', '', { url: 'https://hooks.example.vn/a' })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(WEBHOOK_ENDPOINTS_MAX);
    expect(made.filter(({ body }) => body['code'] === 'too_many_webhooks')).toHaveLength(4);
    expect(await allPages(http.portal, '/v1/partner/webhooks', { limit: 7 })).toHaveLength(WEBHOOK_ENDPOINTS_MAX);
  });

  test.each([
    'http://hooks.example.vn/a',
    'https://user:pass@hooks.example.vn/a',
    'https://10.0.0.1/a',
    'https://0x0a.1/a',
    'https://[::ffff:10.0.0.1]/a',
    'https://metadata.internal/a',
    'https://hooks.example.vn:25/a',
    'ftp://hooks.example.vn/a',
    'not an address',
  ])('422: %s is refused, when made and when changed', async (url) => {
    expect((await call('POST', '', { url })).body['code']).toBe('webhook_url_refused');
    const endpoint = await created();
    const reply = await call('PATCH', `/${endpoint.id}`, { url });
    expect([reply.status, reply.body['code']]).toEqual([422, 'webhook_url_refused']);
    expect(typeof reply.body['detail']).toBe('string');
  });

  test('422: types that do not exist, and the type of test events, cannot be asked for', async () => {
    for (const type of ['redemption.*', 'webhook.test.v1'])
      expect((await call('POST', '', { url: `${receiver.origin}/hook`, eventTypes: [type] })).status).toBe(422);
  });

  test('a repeated creation makes one endpoint', async () => {
    const again = { body: { url: `${receiver.origin}/hook` }, headers: { 'idempotency-key': newId<string>() } };
    const [first, second] = [
      await http.portal.call('POST', '/v1/partner/webhooks', again),
      await http.portal.call('POST', '/v1/partner/webhooks', again),
    ];
    expect(second?.body).toEqual(first?.body);
    expect((await call('GET', '')).body['items']).toHaveLength(1);
  });
});

describe('keys', () => {
  test('a rotation signs with both keys for the overlap, and the published list follows', async () => {
    const endpoint = await created();
    const rotated = WebhookEndpoint.parse((await call('POST', `/${endpoint.id}/keys`, { overlapHours: 1 })).body);
    expect(rotated.keys.map(({ retiresAt }) => retiresAt !== null)).toEqual([false, true]);
    const delivered = async () => {
      const redemptionId = await claim();
      const mine = () => receiver.received.find(({ body }) => body.includes(redemptionId));
      await expect.poll(mine, PATIENCE).toBeDefined();
      return mine();
    };
    // A relay that has the endpoint already signs by what it knew for up to a second.
    let mine: Awaited<ReturnType<typeof delivered>>;
    const signatures = async () => {
      mine = await delivered();
      return mine?.headers['webhook-signature']?.split(' ').length;
    };
    await expect.poll(signatures, PATIENCE).toBe(2);
    for (const { publicKey } of rotated.keys) await verifyWebhook(mine?.body ?? '', mine?.headers ?? {}, publicKey ?? '');
    const published = await (await fetch(`${http.running.baseUrl}/v1/webhooks/${endpoint.id}/keys`)).json();
    expect(published).toEqual({ keys: rotated.keys.map(({ publicKey, retiresAt }) => ({ publicKey, retiresAt })) });
  });

  test('a rotation without overlap ends the old key at once; too many live keys are refused', async () => {
    const endpoint = await created();
    const rotated = WebhookEndpoint.parse((await call('POST', `/${endpoint.id}/keys`, { overlapHours: 0 })).body);
    expect(rotated.keys).toHaveLength(1);
    expect(rotated.keys[0]?.id).not.toBe(endpoint.keys[0]?.id);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await call('POST', `/${endpoint.id}/keys`, {})).status);
    expect(statuses).toEqual([201, 201, 409]);
  });

  test('a shared secret is shown once, to its partner, and stands nowhere in the open', async () => {
    const endpoint = await created({ signing: 'v1' });
    expect(endpoint.keys).toEqual([expect.objectContaining({ signing: 'v1', publicKey: null })]);
    const shown = await call('POST', `/${endpoint.id}/secret`, {});
    const secret = String(shown.body['secret']);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await call('POST', `/${endpoint.id}/secret`, {})).body['code']).toBe('wrong_state');
    const tried = await call('POST', `/${endpoint.id}/test`, {});
    expect(tried.body).toMatchObject({ delivered: true });
    const [received] = receiver.received;
    expect((await verifyWebhook(received?.body ?? '', received?.headers ?? {}, secret)).type).toBe('webhook.test.v1');
    const { rows } = await http.running.owner.query(
      `SELECT (SELECT count(*) FROM chung.idempotency_keys WHERE reply::text LIKE $1) + (SELECT count(*) FROM chung.audit_entries WHERE detail::text LIKE $1)
            + (SELECT count(*) FROM chung.webhook_keys WHERE position(convert_to($2, 'UTF8') IN sealed) > 0) AS found`,
      [`%${secret.slice(6, 30)}%`, secret.slice(6)],
    );
    expect(rows).toEqual([{ found: '0' }]);
    expect(await (await fetch(`${http.running.baseUrl}/v1/webhooks/${endpoint.id}/keys`)).json()).toEqual({ keys: [] });
  });

  test('an endpoint with a public key has no secret to show, and one that does not exist has no keys', async () => {
    const endpoint = await created();
    expect((await call('POST', `/${endpoint.id}/secret`, {})).status).toBe(409);
    expect((await fetch(`${http.running.baseUrl}/v1/webhooks/${newId<string>()}/keys`)).status).toBe(404);
  });
});

describe('the log', () => {
  test('a test event is tried now and told, also when it fails, and stands in the log with what was answered', async () => {
    const endpoint = await created();
    receiver.behave((_received, response) => void response.writeHead(500).end(`sự cố\u0000${'x'.repeat(5_000)}`));
    const tried = await call('POST', `/${endpoint.id}/test`, {});
    expect([tried.status, tried.body['cause'], tried.body['status'], tried.body['delivered']]).toEqual([200, 'test', 500, false]);
    expect(String(tried.body['responseExcerpt'])).toMatch(/^sự cố x{20}/);
    expect(String(tried.body['responseExcerpt']).length).toBeLessThanOrEqual(500);
    expect((await call('GET', `/${endpoint.id}/attempts`)).body['items']).toEqual([tried.body]);
    // It is nobody's event: the list of events does not know it.
    const events = await allEvents();
    expect(events.some(({ type }) => type === 'webhook.test.v1')).toBe(false);
  });

  test('tries are listed newest first, by outcome and by event, a page at a time', async () => {
    const endpoint = await created();
    for (let i = 0; i < 5; i++) {
      receiver.behave(() => (i % 2 === 0 ? 204 : 500));
      await call('POST', `/${endpoint.id}/test`, {});
    }
    const list = (query: string) => allPages(http.portal, `/v1/partner/webhooks/${endpoint.id}/attempts${query}`, { limit: 2 });
    const all = await list('');
    expect(all.map(({ delivered }) => delivered)).toEqual([true, false, true, false, true]);
    expect((await list('?outcome=failed')).map(({ id }) => id)).toEqual([all[1]?.['id'], all[3]?.['id']]);
    expect((await list('?outcome=delivered')).length).toBe(3);
    expect((await list(`?eventId=${all[2]?.['eventId']}`)).map(({ id }) => id)).toEqual([all[2]?.['id']]);
    const foreign = await call('GET', `/${endpoint.id}/attempts?cursor=forged.cursor`);
    expect(foreign.body['code']).toBe('invalid_cursor');
  });
});

async function allEvents(): Promise<Record<string, unknown>[]> {
  const events: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await http.portal.call('GET', `/v1/partner/events?limit=100${cursor}`);
    const items: unknown = body['items'];
    if (!Array.isArray(items) || items.length === 0) return events;
    events.push(...items);
    cursor = `&cursor=${encodeURIComponent(String(body['nextCursor']))}`;
  }
}

describe('a replay', () => {
  const delivered = (id: string) => receiver.received.filter(({ headers }) => headers['webhook-id'] === id).length;
  const since = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

  async function threeEvents(): Promise<{ endpoint: WebhookEndpoint; ids: string[] }> {
    const endpoint = await created({ eventTypes: ['redemption.redeemed.v1'] });
    const claims = [await claim(), await claim(), await claim()];
    const idOf = (claimed: string) => receiver.received.find(({ body }) => body.includes(claimed))?.headers['webhook-id'];
    await expect.poll(() => claims.every((claimed) => idOf(claimed) !== undefined), PATIENCE).toBe(true);
    return { endpoint, ids: claims.map((claimed) => String(idOf(claimed))) };
  }

  test('202: of one event sends it again under its own id, and no other', async () => {
    const { endpoint, ids } = await threeEvents();
    // What was delivered counts as passed once that is written down.
    await expect.poll(async () => (await call('POST', `/${endpoint.id}/replays`, { eventId: ids[1] })).status, PATIENCE).toBe(202);
    await expect.poll(() => delivered(ids[1] ?? ''), PATIENCE).toBe(2);
    await expect
      .poll(async () => (await call('GET', `/${endpoint.id}/replays`)).body['items'], PATIENCE)
      .toEqual([expect.objectContaining({ eventId: ids[1], state: 'done', delivered: 1 })]);
    // By what each was sent for: a delivery may come twice when a lease ran out, a replay of it may not.
    const all = await allPages(http.portal, `/v1/partner/webhooks/${endpoint.id}/attempts`, { limit: 10 });
    expect(all.filter(({ cause }) => cause === 'replay').map(({ eventId }) => eventId)).toEqual([ids[1]]);
    const tries = await allPages(http.portal, `/v1/partner/webhooks/${endpoint.id}/attempts?eventId=${ids[1]}`, { limit: 10 });
    expect(tries.map(({ cause }) => cause)).toEqual(['replay', 'event']);
  });

  test('202: of a time sends what occurred in it, in order, and nothing that the endpoint did not ask for', async () => {
    const { endpoint, ids } = await threeEvents();
    await expect.poll(async () => (await call('POST', `/${endpoint.id}/replays`, { eventId: ids[2] })).status, PATIENCE).toBe(202);
    await expect.poll(() => delivered(ids[2] ?? ''), PATIENCE).toBe(2);
    receiver.received.length = 0;
    const reply = await call('POST', `/${endpoint.id}/replays`, { from: since(-3600), until: since(3600) });
    expect([reply.status, reply.body['state']]).toEqual([202, 'running']);
    await expect.poll(() => receiver.received.map(({ headers }) => headers['webhook-id']).slice(-3), PATIENCE).toEqual(ids);
    expect(receiver.received.every(({ body }) => body.includes('redemption.redeemed.v1'))).toBe(true);
    const empty = await call('POST', `/${endpoint.id}/replays`, { from: since(-7200), until: since(-7100) });
    expect(empty.status).toBe(202);
    await expect
      .poll(async () => (await call('GET', `/${endpoint.id}/replays?limit=1`)).body['items'], PATIENCE)
      .toEqual([expect.objectContaining({ id: empty.body['id'], state: 'done', delivered: 0 })]);
  });

  test('it is refused for events of others, for times too long ago, for no time at all, and when too many run', async () => {
    const endpoint = await created();
    await http.claimed(http.binh, await http.offer({}, { partnerId: http.otherPartnerId }));
    const { rows } = await http.running.owner.query('SELECT id FROM chung.outbox WHERE partner_id = $1 LIMIT 1', [
      http.otherPartnerId satisfies PartnerId,
    ]);
    const asked = async (body: unknown) => (await call('POST', `/${endpoint.id}/replays`, body)).status;
    expect(await asked({ eventId: rows[0]?.id })).toBe(404);
    expect(await asked({ eventId: newId<string>() })).toBe(404);
    expect(await asked({ from: since(-31 * 86_400), until: since(0) })).toBe(422);
    expect(await asked({ from: since(0), until: since(-60) })).toBe(422);
    expect(await asked({})).toBe(422);
    await call('POST', `/${endpoint.id}/pause`, {});
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push(await asked({ from: since(-60), until: since(0) }));
    expect(statuses).toEqual([202, 202, 202, 409]);
  });

  test('an event that has not had its turn is left to its turn', async () => {
    const endpoint = await created();
    await call('POST', `/${endpoint.id}/pause`, {});
    const redemptionId = await claim();
    const { rows } = await http.running.owner.query(`SELECT id FROM chung.outbox WHERE data ->> 'redemptionId' = $1`, [redemptionId]);
    expect((await call('POST', `/${endpoint.id}/replays`, { eventId: rows[0]?.id })).status).toBe(409);
    expect((await call('POST', `/${endpoint.id}/resume`, {})).body).toMatchObject({ state: 'active', pauseReason: null });
    await expect.poll(() => delivered(String(rows[0]?.id)), PATIENCE).toBe(1);
  });
});

test('what partners do with endpoints stands in the audit', async () => {
  const endpoint = await created();
  await call('POST', `/${endpoint.id}/pause`, {});
  const { rows } = await http.running.owner.query('SELECT action FROM chung.audit_entries WHERE target = $1 ORDER BY position', [
    `endpoint:${endpoint.id}`,
  ]);
  expect(rows.map(({ action }) => action)).toEqual(['partner.webhooks.pause']);
});
