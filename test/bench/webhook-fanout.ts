import { setTimeout as sleep } from 'node:timers/promises';
import { createWebhook, type PartnerId } from '@chung/contracts';
import pg from 'pg';
import pino from 'pino';
import { Registry } from 'prom-client';
import { createCursors } from '../../platform/server/src/kernel/cursor.ts';
import { createDb } from '../../platform/server/src/kernel/db.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { createVault } from '../../platform/server/src/kernel/vault.ts';
import { createEndpoint } from '../../platform/server/src/rooms/webhooks/create-endpoint.ts';
import { createRelayMetrics, startDeliveries, type WebhookPorts } from '../../platform/server/src/rooms/webhooks/index.ts';
import { type Bench, type BenchContext, inTurns, ratioOf } from './lib/bench.ts';
import { type Receivers, startReceivers } from './lib/webhook-receiver.ts';

const PARTNERS = 10;
const HEALTHY_EACH = 4;
/** Events a second and partner while the delay is measured: a fifth of what must be possible, so that no queue stands. */
const STEADY_RATE = 10;
/** More than any turn delivers. */
const BACKLOG = 20_000;
const WARM_UP_MS = 2_500;

interface Site {
  readonly ports: WebhookPorts;
  readonly owner: pg.Client;
  readonly receivers: Receivers;
}

export const bench: Bench = {
  name: 'webhook-fanout',
  what: 'events delivered a second to 50 endpoints of ten partners, ten of them down (hanging, dripping, resetting)',
  reference: 'the same without the ten that are down',
  bars: [
    { figure: 'delivered', better: 'more', must: 2_000, goal: 5_000 },
    { figure: 'p99 delay, ten down ÷ none down', better: 'less', must: 1.5, goal: 1.1 },
  ],
  run: async (context) => {
    const site = await openSite(context);
    const postgres = await context.postgres();
    const broken: string[] = [];
    const clean = async () => {
      await site.owner.query(
        'TRUNCATE chung.webhook_endpoints, chung.webhook_keys, chung.webhook_attempts, chung.webhook_replays, chung.outbox',
      );
      await postgres.checkpoint();
    };
    const speed = (down: number) => () => measureSpeed(site, { down, seconds: context.seconds, broken });
    const delay = (down: number) => () => measureDelay(site, { down, seconds: context.seconds, broken });
    const rates = await inTurns(context, { 'ten down': speed(10), 'none down': speed(0) }, clean);
    const delays = await inTurns(context, { 'p99 ms, ten down': delay(10), 'p99 ms, none down': delay(0) }, clean);
    return {
      figures: [
        { name: 'delivered', unit: 'events/s', samples: rates['ten down'] },
        { name: 'p99 delay, ten down ÷ none down', unit: '×', samples: ratioOf(delays['p99 ms, ten down'], delays['p99 ms, none down']) },
        { name: 'reference', unit: 'events/s', samples: rates['none down'] },
        { name: 'p99 delay, ten down', unit: 'ms', samples: delays['p99 ms, ten down'] },
        { name: 'p99 delay, none down', unit: 'ms', samples: delays['p99 ms, none down'] },
      ],
      broken,
    };
  },
};

async function openSite(context: BenchContext): Promise<Site> {
  const { ownerUrl, serverUrl } = await (await context.postgres()).database('subject');
  const db = createDb(serverUrl, { poolSize: 10, onIdleError: () => {} });
  context.defer(() => db.close());
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  context.defer(() => owner.end());
  const ports: WebhookPorts = {
    db,
    cursors: createCursors('bench'),
    vault: createVault(Buffer.alloc(32, 1)),
    partners: { requireActive: () => Promise.resolve({} as never) },
    log: pino({ level: 'silent' }),
    metrics: createRelayMetrics(new Registry()),
    resolver: { resolve: () => Promise.resolve([]) },
    allowedHosts: new Set(['127.0.0.1']),
    now: () => new Date(),
    random: Math.random,
    audit: () => Promise.resolve(),
  };
  return { ports, owner, receivers: await startReceivers(context) };
}

/** Ten partners with four healthy endpoints each and, in turn, one that is down. */
async function makeEndpoints({ ports, receivers }: Site, down: number): Promise<PartnerId[]> {
  const partners = Array.from({ length: PARTNERS }, () => newId<PartnerId>());
  for (const [index, partnerId] of partners.entries()) {
    const urls = Array.from({ length: HEALTHY_EACH }, (_, n) => `${receivers.healthy}/${index}-${n}`);
    const dead = receivers.dead[index % receivers.dead.length] ?? '';
    for (const url of index < down ? [`${dead}/down`, ...urls] : urls)
      await ports.db.tx((tx) => createEndpoint(ports, tx, { partnerId, body: createWebhook.body.parse({ url }) }));
  }
  return partners;
}

/** A partner's events, numbered on, all in one transaction. */
async function tell(db: WebhookPorts['db'], partners: readonly PartnerId[], numbers: { from: number; count: number }): Promise<void> {
  await db.query(
    `INSERT INTO chung.outbox (shard_id, id, partner_id, type, data, txid, occurred_at)
     SELECT p, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, p, 'consent.withdrawn.v1',
            jsonb_build_object('memberRef', n::text, 'clientId', 'bench', 'scope', 'redemptions:read'), pg_current_xact_id(), clock_timestamp()
       FROM unnest($1::uuid[]) p, generate_series($2::bigint, $2::bigint + $3 - 1) n`,
    [partners, numbers.from, numbers.count],
  );
}

interface Turn {
  readonly down: number;
  readonly seconds: number;
  readonly broken: string[];
}

async function measureSpeed(site: Site, { down, seconds, broken }: Turn): Promise<number> {
  const { ports, receivers } = site;
  const partners = await makeEndpoints(site, down);
  for (let from = 1; from <= BACKLOG; from += 500) await tell(ports.db, partners, { from, count: 500 });
  await site.owner.query('ANALYZE chung.outbox');
  await receivers.ask('forget');
  const relay = startDeliveries(ports);
  await sleep(WARM_UP_MS);
  const before = await receivers.ask('report');
  const began = performance.now();
  await sleep(seconds * 1000);
  const after = await receivers.ask('report');
  const rate = ((after.delivered - before.delivered) / (performance.now() - began)) * 1000;
  await relay.stop();
  judge(await receivers.ask('report'), broken);
  return rate;
}

async function measureDelay(site: Site, { down, seconds, broken }: Turn): Promise<number> {
  const { ports, receivers } = site;
  const partners = await makeEndpoints(site, down);
  await receivers.ask('forget');
  const relay = startDeliveries(ports);
  await sleep(WARM_UP_MS);
  const events = seconds * STEADY_RATE;
  for (let number = 1; number <= events; number++) {
    await tell(ports.db, partners, { from: number, count: 1 });
    await sleep(1000 / STEADY_RATE);
  }
  await sleep(500);
  const report = await receivers.ask('report');
  await relay.stop();
  if (report.delivered !== events * PARTNERS * HEALTHY_EACH)
    broken.push(`${report.delivered} of ${events * PARTNERS * HEALTHY_EACH} events came`);
  judge(report, broken);
  return report.p99;
}

function judge(report: { streams: number; broken: readonly string[] }, broken: string[]): void {
  broken.push(...report.broken);
  if (report.streams !== PARTNERS * HEALTHY_EACH) broken.push(`only ${report.streams} endpoints were delivered to`);
}
