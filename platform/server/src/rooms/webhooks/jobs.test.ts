// What the retention takes and what it must leave. The rule stands in the database, so it is tried there too, as the server's role.
import type { PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWebhookRoom, type WebhookRoom } from '../../../../../test/harness/webhook-room.ts';
import { newId } from '../../kernel/ids.ts';
import { pauseByPartner } from './change-endpoint.ts';
import { deleteOldDeliveries } from './jobs.ts';

let room: WebhookRoom;
let partnerId: PartnerId;
beforeAll(async () => {
  room = await openWebhookRoom();
});
afterAll(() => room?.close());
beforeEach(async () => {
  partnerId = newId<PartnerId>();
  await room.owner.query('TRUNCATE chung.outbox, chung.webhook_attempts');
  await room.owner.query(
    `INSERT INTO chung.partners (id, slug, name, legal_name, tax_id, contact_email) VALUES ($1::uuid, left($1::text, 36), 'x', 'x', '0100000000', 'a@example.vn')`,
    [partnerId],
  );
});

const age = (days: number) => room.owner.query(`UPDATE chung.outbox SET occurred_at = now() - make_interval(days => $1)`, [days]);
const left = async () => (await room.owner.query('SELECT id FROM chung.outbox ORDER BY txid, id')).rows.map(({ id }) => id);
const sweep = () => deleteOldDeliveries({ db: room.db, now: () => new Date() })();
const passAll = (endpointId: string) =>
  room.owner.query(`UPDATE chung.webhook_endpoints SET cursor_txid = '9000000000000000000'::xid8 WHERE id = $1`, [endpointId]);

test('events older than 90 days go, younger ones stay', async () => {
  await room.events(partnerId, 3);
  await age(91);
  const young = await room.events(partnerId, 2);
  await sweep();
  expect(await left()).toEqual(young);
});

test('an event that some endpoint has not passed stays, also when that endpoint is paused', async () => {
  const [slow, fast] = [
    await room.endpoint('https://a.example.vn/', { partnerId }),
    await room.endpoint('https://b.example.vn/', { partnerId }),
  ];
  await room.db.tx((tx) => pauseByPartner(room.ports, tx, slow));
  const ids = await room.events(partnerId, 3);
  await age(400);
  await passAll(fast.id);
  await sweep();
  expect(await left()).toEqual(ids);
  await passAll(slow.id);
  await sweep();
  expect(await left()).toEqual([]);
});

test('an endpoint of another partner holds nothing up', async () => {
  await room.endpoint('https://a.example.vn/');
  await room.events(partnerId, 2);
  await age(91);
  await sweep();
  expect(await left()).toEqual([]);
});

test('the server’s role may take nothing away that could still be replayed, whatever it asks', async () => {
  const ids = await room.events(partnerId, 2);
  await age(29);
  const [row] = await room.db.query<{ gone: number }>(`SELECT chung.delete_passed_events($1, now() + interval '1 year', 1000) AS gone`, [
    partnerId,
  ]);
  expect(row?.gone).toBe(0);
  expect(await left()).toEqual(ids);
  await expect(room.db.query('DELETE FROM chung.outbox')).rejects.toThrow('permission denied');
});

test('lines of the log go after 30 days, in batches, and only those', async () => {
  const at = (days: number) => {
    const milliseconds = (Date.now() - days * 86_400_000).toString(16).padStart(12, '0');
    return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7`;
  };
  for (const [days, count] of [
    [31, 2_500],
    [29, 3],
  ] as const)
    await room.owner.query(
      `INSERT INTO chung.webhook_attempts (partner_id, endpoint_id, id, event_id, event_type, cause, attempt, delivered, latency_ms, at)
       SELECT $1, $1, ($2 || '000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, 't', 'event', 1, true, 1, now() FROM generate_series(1, $3::int) n`,
      [partnerId, at(days), count],
    );
  await sweep();
  expect((await room.owner.query('SELECT count(*)::int AS n FROM chung.webhook_attempts')).rows).toEqual([{ n: 3 }]);
});

test('it runs once an hour, however often it is called', async () => {
  let now = Date.now();
  const job = deleteOldDeliveries({ db: room.db, now: () => new Date(now) });
  await job();
  await room.events(partnerId, 1);
  await age(91);
  now += 59 * 60_000;
  await job();
  expect(await left()).toHaveLength(1);
  now += 2 * 60_000;
  await job();
  expect(await left()).toEqual([]);
});
