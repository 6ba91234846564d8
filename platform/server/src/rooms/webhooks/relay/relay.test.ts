// Deliveries as a partner meets them: real database, real HTTP on loopback, and a clock that the test moves.
import { EVENT_TYPES, type EventId, type PartnerId, WebhookPayload } from '@chung/contracts';
import { verifyWebhook } from '@chung/webhooks';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDeadReceiver, openReceiver, type Receiver } from '../../../../../../test/harness/webhook-receiver.ts';
import { openWebhookRoom, sampleEvent, type WebhookRoom } from '../../../../../../test/harness/webhook-room.ts';
import { newId } from '../../../kernel/ids.ts';
import { changeEndpoint, pauseByPartner, resumeByPartner } from '../change-endpoint.ts';
import { RETRY_DELAYS_SECONDS } from '../schedule.ts';

const PATIENCE = { timeout: 15_000, interval: 20 };
const HOUR = 3_600;

let room: WebhookRoom;
let receiver: Receiver;
beforeEach(async () => {
  room = await openWebhookRoom();
  receiver = await openReceiver();
});
afterEach(async () => {
  await room.close();
  await receiver.close();
});

const attemptsOf = async (
  endpointId: string,
): Promise<{ attempt: number; delivered: boolean; event_id: string; next_try_at: Date | null }[]> =>
  (await room.owner.query('SELECT * FROM chung.webhook_attempts WHERE endpoint_id = $1 ORDER BY at, id', [endpointId])).rows;

/** Lets time pass until nothing waits for it: to each next try in turn, as far as `seconds`. */
async function live(endpoint: Parameters<WebhookRoom['look']>[0], seconds: number): Promise<void> {
  const until = room.ports.now().getTime() + seconds * 1000;
  for (;;) {
    await expect.poll(async () => waitingFor(endpoint), PATIENCE).not.toBe('a try that is due');
    const next = (await room.look(endpoint)).failing?.nextTryAt;
    const at = next ? new Date(next).getTime() : until;
    if (at >= until) return room.advance((until - room.ports.now().getTime()) / 1000);
    room.advance((at - room.ports.now().getTime()) / 1000 + 0.001);
  }
}

async function waitingFor(endpoint: Parameters<WebhookRoom['look']>[0]): Promise<string> {
  const { failing, state } = await room.look(endpoint);
  if (state === 'paused') return 'the partner';
  if (failing?.nextTryAt) return new Date(failing.nextTryAt) > room.ports.now() ? 'time' : 'a try that is due';
  return failing ? 'a try that is due' : 'events';
}

describe('a receiver', () => {
  test('gets every event once per id and in order, each as the contract says and signed', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    const ids = await room.events(endpoint.partnerId, 130);
    room.relay();
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
    expect(receiver.received).toHaveLength(130);
    for (const { headers, body } of receiver.received.slice(0, 5)) {
      const payload = WebhookPayload.parse(JSON.parse(body));
      expect(Object.keys(JSON.parse(body))).toEqual(['type', 'timestamp', 'data', 'id']);
      expect(EVENT_TYPES['consent.withdrawn.v1'].safeParse(payload.data).success).toBe(true);
      expect(payload.id).toBe(headers['webhook-id']);
      const event = await verifyWebhook(body, headers, endpoint.keys[0]?.publicKey ?? '');
      expect(event.type).toBe('consent.withdrawn.v1');
    }
    // Outcomes are written a moment after the tries, many at once.
    await expect.poll(() => attemptsOf(endpoint.id), PATIENCE).toHaveLength(130);
    expect((await attemptsOf(endpoint.id)).every(({ delivered, attempt }) => delivered && attempt === 1)).toBe(true);
  });

  test('that is down for an hour gets every event afterwards, in order, once per id', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    const ids = await room.events(endpoint.partnerId, 3);
    room.relay();
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
    receiver.behave(() => 503);
    ids.push(...(await room.events(endpoint.partnerId, 20)));
    await expect.poll(() => room.look(endpoint), PATIENCE).toMatchObject({ failing: { attempts: 1, eventId: ids[3] } });
    await live(endpoint, HOUR);
    ids.push(...(await room.events(endpoint.partnerId, 5)));
    expect((await room.look(endpoint)).failing).toMatchObject({ attempts: 5, lastError: 'HTTP 503' });
    expect(receiver.ids('/hook')).toHaveLength(3);
    receiver.behave(() => 204);
    await live(endpoint, 2 * HOUR);
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
    // Only the one at the head was tried while it was down.
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(ids.length);
    expect(receiver.received).toHaveLength(ids.length + 5);
    expect((await room.look(endpoint)).failing).toBeNull();
  });

  test('that is down for two days, across a restart of the server, gets every event afterwards', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    receiver.behave((_received, response) => void response.destroy());
    const ids = await room.events(endpoint.partnerId, 10);
    const first = room.relay();
    await expect.poll(() => room.look(endpoint), PATIENCE).toMatchObject({ failing: { attempts: 1 } });
    await live(endpoint, 24 * HOUR);
    await first.stop();
    const before = (await room.look(endpoint)).failing?.attempts ?? 0;
    room.relay();
    await live(endpoint, 24 * HOUR);
    const { failing } = await room.look(endpoint);
    expect(failing?.attempts).toBeGreaterThan(before);
    expect(failing?.attempts).toBeGreaterThanOrEqual(9);
    receiver.behave(() => 200);
    await live(endpoint, 40 * HOUR);
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
  });

  test('that is down for good is tried twelve times over five days, then rests with a notice, and goes on where it stood', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    const other = await room.endpoint(`${receiver.origin}/notices`, {
      partnerId: endpoint.partnerId,
      eventTypes: ['webhook.endpoint_paused.v1'],
    });
    receiver.behave(({ path }) => (path === '/hook' ? 500 : 204));
    const ids = await room.events(endpoint.partnerId, 3);
    const began = room.ports.now().getTime();
    room.relay();
    await expect.poll(() => waitingFor(endpoint), PATIENCE).toBe('time');
    await live(endpoint, 6 * 24 * HOUR);
    expect(await room.look(endpoint)).toMatchObject({
      state: 'paused',
      pauseReason: 'failing',
      failing: { attempts: 12, eventId: ids[0] },
    });
    const log = await attemptsOf(endpoint.id);
    expect(log.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(log.at(-1)?.next_try_at).toBeNull();
    const planned = RETRY_DELAYS_SECONDS.reduce((sum, delay) => sum + delay);
    const eleventh = log.at(-2)?.next_try_at?.getTime() ?? 0;
    expect(Math.abs((eleventh - began) / 1000 - planned)).toBeLessThan(60);
    // The notice: to whoever listens, and in the audit.
    await expect.poll(() => receiver.ids('/notices'), PATIENCE).toHaveLength(1);
    const notice = receiver.received.find(({ path }) => path === '/notices');
    expect(JSON.parse(notice?.body ?? '{}')).toMatchObject({
      type: 'webhook.endpoint_paused.v1',
      data: { endpointId: endpoint.id, reason: 'failing' },
    });
    expect(room.audited).toEqual([{ action: 'webhook.endpoint.paused', target: `endpoint:${endpoint.id}`, detail: { reason: 'failing' } }]);
    expect(other.eventTypes).toHaveLength(1);
    // It rests until the partner says so, also over a month, and then nothing is lost.
    room.advance(30 * 24 * HOUR);
    receiver.behave(() => 204);
    ids.push(...(await room.events(endpoint.partnerId, 2)));
    expect(receiver.ids('/hook')).toEqual([]);
    await room.db.tx((tx) => resumeByPartner(room.ports, tx, { ref: endpoint, skipFailing: false }));
    await expect.poll(() => receiver.ids('/hook').filter((id) => ids.includes(id as EventId)), PATIENCE).toEqual(ids);
    expect(receiver.ids('/hook')).toHaveLength(ids.length + 1);
  });

  test('that says 410 rests at once; a poison event can be left out when it is resumed', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    const ids = await room.events(endpoint.partnerId, 3);
    receiver.behave(({ headers }) => (headers['webhook-id'] === ids[1] ? 410 : 204));
    room.relay();
    await expect.poll(() => room.look(endpoint), PATIENCE).toMatchObject({ state: 'paused', pauseReason: 'gone' });
    expect(receiver.received).toHaveLength(2);
    await room.db.tx((tx) => resumeByPartner(room.ports, tx, { ref: endpoint, skipFailing: true }));
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual([ids[0], ids[2], expect.any(String)]);
    // The notice of the pause is the last; the refused event was not sent again.
    expect(receiver.received).toHaveLength(4);
  });

  test('that asks for patience with 429 is not tried before', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    receiver.behave((_received, response) => void response.writeHead(429, { 'retry-after': '7200' }).end());
    const [id] = await room.events(endpoint.partnerId, 1);
    room.relay();
    await expect.poll(() => waitingFor(endpoint), PATIENCE).toBe('time');
    const next = new Date((await room.look(endpoint)).failing?.nextTryAt ?? 0).getTime();
    expect(Math.round((next - room.ports.now().getTime()) / 60_000)).toBe(120);
    receiver.behave(() => 204);
    room.advance(2 * HOUR + 1);
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual([id]);
  });

  test('is not followed elsewhere by a redirect', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    receiver.behave(({ path }, response) => (path === '/hook' ? void response.writeHead(307, { location: '/elsewhere' }).end() : 204));
    await room.events(endpoint.partnerId, 1);
    room.relay();
    await expect.poll(() => room.look(endpoint), PATIENCE).toMatchObject({ failing: { lastError: 'REDIRECT_NOT_FOLLOWED' } });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('that lists types gets those only, and its place moves over the others', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`, { eventTypes: ['partner.approved.v1'] });
    await room.events(endpoint.partnerId, 150);
    room.relay();
    await expect
      .poll(
        async () =>
          (await room.owner.query('SELECT cursor_id FROM chung.webhook_endpoints WHERE id = $1', [endpoint.id])).rows[0]?.cursor_id,
        PATIENCE,
      )
      .not.toBe('00000000-0000-0000-0000-000000000000');
    expect(receiver.received).toEqual([]);
  });
});

describe('an event', () => {
  test('of a transaction that is still open is waited for, and none behind it comes before', async () => {
    const endpoint = await room.endpoint(`${receiver.origin}/hook`);
    room.relay();
    const slow = new pg.Client({ connectionString: room.database.serverUrl });
    await slow.connect();
    try {
      await slow.query('BEGIN');
      const { type, partnerId, shardId, data } = sampleEvent(endpoint.partnerId);
      const early = newId<EventId>();
      await slow.query(
        `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid) VALUES ($1, $2, $3, $4, $5, pg_current_xact_id())`,
        [...[shardId, early, partnerId, type, JSON.stringify(data)]],
      );
      const later = await room.events(endpoint.partnerId, 3);
      // Several readings long: were it not waited for, those behind it would have come.
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(receiver.received).toEqual([]);
      await slow.query('COMMIT');
      await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual([early, ...later]);
    } finally {
      await slow.end();
    }
  });

  test('that is rolled back is never told, and those before the endpoint was made are not either', async () => {
    const partnerId = newId<PartnerId>();
    await room.events(partnerId, 2);
    await room.endpoint(`${receiver.origin}/hook`, { partnerId });
    await expect(
      room.db.tx(async (tx) => {
        const { type, shardId, data } = sampleEvent(partnerId);
        await tx.query(
          `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid) VALUES ($1, $2, $3, $4, $5, pg_current_xact_id())`,
          [...[shardId, newId<EventId>(), partnerId, type, JSON.stringify(data)]],
        );
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    const ids = await room.events(partnerId, 1);
    room.relay();
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
  });
});

test('a dead endpoint, in each way of being dead, delays no healthy one', async () => {
  const dead = await Promise.all((['black-hole', 'slow-loris', 'reset'] as const).map(openDeadReceiver));
  try {
    const partnerId = newId<PartnerId>();
    const down = await Promise.all(dead.map(({ origin }) => room.endpoint(`${origin}/hook`, { partnerId })));
    await room.endpoint(`${receiver.origin}/hook`, { partnerId });
    const ids = await room.events(partnerId, 200);
    room.relay({ timeouts: { connectMs: 30_000, totalMs: 30_000 } });
    await expect.poll(() => dead.every(({ connections }) => connections() > 0), PATIENCE).toBe(true);
    await expect.poll(() => receiver.ids('/hook'), PATIENCE).toEqual(ids);
    for (const endpoint of down) expect((await attemptsOf(endpoint.id)).every(({ delivered }) => !delivered)).toBe(true);
  } finally {
    for (const one of dead) await one.close();
  }
});

test('several processes share the endpoints; when one dies another goes on, and no id is missing or out of order', async () => {
  const partnerId = newId<PartnerId>();
  const paths = Array.from({ length: 6 }, (_, i) => `/hook${i}`);
  for (const path of paths) await room.endpoint(`${receiver.origin}${path}`, { partnerId });
  const leases = { leaseSeconds: 3 };
  const [first] = [room.relay(leases), room.relay(leases)];
  const owners = async () =>
    (await room.owner.query('SELECT DISTINCT lease_owner FROM chung.webhook_endpoints')).rows.map((row) => row.lease_owner);
  await expect.poll(async () => (await owners()).filter((owner) => owner !== null), PATIENCE).toHaveLength(2);
  const ids = await room.events(partnerId, 60);
  await first?.stop();
  ids.push(...(await room.events(partnerId, 60)));
  for (const path of paths) await expect.poll(() => receiver.ids(path), PATIENCE).toEqual(ids);
  await expect.poll(owners, PATIENCE).toHaveLength(1);
});

test('what the partner changes counts from then on: pause, address, types', async () => {
  const endpoint = await room.endpoint(`${receiver.origin}/old`);
  const ids = await room.events(endpoint.partnerId, 2);
  room.relay();
  await expect.poll(() => receiver.ids('/old'), PATIENCE).toEqual(ids);
  await room.db.tx((tx) => pauseByPartner(room.ports, tx, endpoint));
  await expect.poll(() => room.registry.metrics(), PATIENCE).toContain('chung_webhook_lanes 0');
  const waiting = await room.events(endpoint.partnerId, 3);
  expect(receiver.received).toHaveLength(2);
  await room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref: endpoint, body: { url: `${receiver.origin}/new` } }));
  await room.db.tx((tx) => resumeByPartner(room.ports, tx, { ref: endpoint, skipFailing: false }));
  await expect.poll(() => receiver.ids('/new'), PATIENCE).toEqual(waiting);
  expect(receiver.ids('/old')).toEqual(ids);
});

test('a graceful stop lets the running try end, keeps its outcome and gives the endpoints back', async () => {
  const endpoint = await room.endpoint(`${receiver.origin}/hook`);
  receiver.behave((_received, response) => void setTimeout(() => response.writeHead(204).end(), 400));
  await room.events(endpoint.partnerId, 5);
  const relay = room.relay();
  await expect.poll(() => receiver.received.length, PATIENCE).toBe(1);
  await relay.stop();
  expect(receiver.received).toHaveLength(1);
  expect(await attemptsOf(endpoint.id)).toHaveLength(1);
  const { rows } = await room.owner.query('SELECT lease_owner FROM chung.webhook_endpoints');
  expect(rows).toEqual([{ lease_owner: null }]);
  expect((await room.owner.query('SELECT 1 FROM chung.webhook_relays')).rows).toEqual([]);
});

test('what is done is counted: tries by outcome, the delay, and open lanes', async () => {
  const endpoint = await room.endpoint(`${receiver.origin}/hook`);
  const [first] = await room.events(endpoint.partnerId, 2);
  receiver.behave(({ headers }) => (headers['webhook-id'] === first ? 204 : 500));
  room.relay();
  await expect.poll(() => waitingFor(endpoint), PATIENCE).toBe('time');
  const text = await room.registry.metrics();
  expect(text).toContain('chung_webhook_tries_total{outcome="delivered",cause="event"} 1');
  expect(text).toContain('chung_webhook_tries_total{outcome="failed",cause="event"} 1');
  expect(text).toContain('chung_webhook_delay_seconds_count 1');
  expect(text).toContain('chung_webhook_lanes 1');
});
