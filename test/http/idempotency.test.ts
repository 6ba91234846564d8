// Idempotency at the seam (`header` operations): key, effect, audit entry and reply are one transaction.
import { scopesOf } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { deleteOldKeys } from '../../platform/server/src/kernel/idempotency.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';

let database: TestDatabase;
let db: Db;
let owner: pg.Client;
let app: BareApp;
/** What the handler does after its effect, and what the audit does; a test sets them. */
let afterEffect: (partner: string) => Promise<void>;
let onAudit: () => Promise<void>;
const audited: string[] = [];

const partner = (id = newId<never>()): Principal => ({
  actor: 'partner',
  partnerId: id,
  clientId: 'app',
  accountId: null,
  scopes: scopesOf('partner'),
});
const DECIDE = `/v1/admin/partners/${newId()}/decision`;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query('CREATE TABLE chung.effects (id uuid PRIMARY KEY, reason text, caller text)');
  await owner.query('GRANT SELECT, INSERT ON chung.effects TO chung_server');
  const reversal = handle('partner.redemptions.reverse', async ({ tx, params, body, principal }) => {
    const id = newId();
    await tx.query('INSERT INTO chung.effects VALUES ($1, $2, $3)', [id, body.reason, principal.partnerId]);
    await afterEffect(principal.partnerId);
    return redemption(params.redemptionId, id);
  });
  const confirmation = handle('partner.redemptions.confirm', async ({ params }) => redemption(params.redemptionId, 'confirmed'));
  const fulfilment = handle('partner.redemptions.fulfil', async ({ params }) => redemption(params.redemptionId, 'fulfilled'));
  app = await startBareApp({
    db,
    routes: [reversal, confirmation, fulfilment],
    seam: {
      audit: async (_tx, { action }) => {
        audited.push(action);
        await onAudit();
      },
    },
  });
});
afterAll(async () => {
  await app.close();
  await owner.end();
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  afterEffect = async () => {};
  onAudit = async () => {};
  audited.splice(0);
  await owner.query('TRUNCATE chung.effects, chung.idempotency_keys');
});

const redemption = (id: string, memberRef: string) => ({
  id: id as never,
  offerId: newId<never>(),
  offerTitle: { vi: 'Ưu đãi', en: 'Offer' },
  state: 'REVERSED' as const,
  termsVersion: 1,
  claimedAt: '2026-11-22T10:00:00Z',
  expiresAt: null,
  updatedAt: '2026-11-22T10:00:00Z',
  memberRef,
  codeHint: null,
});

interface Sent {
  readonly as: Principal;
  readonly key?: string;
  readonly id?: string;
  readonly reason?: string;
  readonly body?: string;
}
const TARGET = newId();
const reverse = ({ as, key = 'key-1', id = TARGET, reason = 'khách đổi ý', body }: Sent) =>
  app.call('POST', `/v1/partner/redemptions/${id}/reverse`, {
    as,
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: body ?? JSON.stringify({ reason }),
  });
const effects = async () => Number((await owner.query('SELECT count(*) AS n FROM chung.effects')).rows[0].n);
const keys = async () => Number((await owner.query('SELECT count(*) AS n FROM chung.idempotency_keys')).rows[0].n);

describe('the same request with the same key', () => {
  test('has one effect, one audit entry and one reply, however often it comes', async () => {
    const as = partner();
    const first = await reverse({ as });
    const again = await reverse({ as });
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect([await effects(), audited]).toEqual([1, ['partner.redemptions.reverse']]);
  });

  test('is recognised whatever the order and the blanks of its JSON, and whatever the quotes of its key', async () => {
    const as = partner();
    const first = await reverse({ as, body: '{"reason":"khách đổi ý"}' });
    const again = await reverse({ as, key: '"key-1"', body: '{\n  "reason" : "  kh\\u00e1ch đổi ý "\n}' });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await effects()).toBe(1);
  });

  test('twenty times at once has one effect, and all get the reply of that one', async () => {
    const as = partner();
    const replies = await Promise.all(Array.from({ length: 20 }, () => reverse({ as })));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect([replies[0]?.status, await effects(), await keys()]).toEqual([200, 1, 1]);
  });

  test('waits for the first to end, and runs itself when the first failed', async () => {
    const as = partner();
    const failing = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    let runs = 0;
    afterEffect = async () => {
      runs++;
      if (runs > 1) return;
      entered.resolve();
      await failing.promise;
    };
    const first = reverse({ as });
    await entered.promise;
    let secondEnded = false;
    const second = reverse({ as }).finally(() => {
      secondEnded = true;
    });
    const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    await expect.poll(async () => (await owner.query(waits)).rows.length).toBe(1);
    expect(secondEnded).toBe(false);
    failing.reject(new DomainError('wrong_state'));
    expect([(await first).code, (await second).status, await effects()]).toEqual(['wrong_state', 200, 1]);
  });
});

describe('a request that fails', () => {
  test.each([
    ['by a refusal', () => Promise.reject(new DomainError('wrong_state')), 'wrong_state'],
    ['by our bug', () => Promise.reject(new Error('bug')), 'internal'],
  ])('%s leaves neither effect nor key, and can be sent again', async (_how, fail, code) => {
    const as = partner();
    afterEffect = fail;
    expect((await reverse({ as })).code).toBe(code);
    expect([await effects(), await keys(), audited]).toEqual([0, 0, []]);
    afterEffect = async () => {};
    expect([(await reverse({ as })).status, await effects()]).toEqual([200, 1]);
  });

  test('because it cannot be written down for the audit has no effect', async () => {
    const as = partner();
    onAudit = () => Promise.reject(new Error('the audit is closed'));
    expect((await reverse({ as })).code).toBe('internal');
    expect([await effects(), await keys()]).toEqual([0, 0]);
  });

  test('because the server’s connection dies before the commit has no effect, and the repeat has one', async () => {
    const as = partner();
    afterEffect = async () => {
      afterEffect = async () => {};
      await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chung_server' AND datname = current_database() AND state LIKE 'idle in%'`,
      );
    };
    const cutOff = await reverse({ as });
    expect([cutOff.status, cutOff.code, cutOff.headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
    expect([await effects(), await keys()]).toEqual([0, 0]);
    expect([(await reverse({ as })).status, await effects()]).toEqual([200, 1]);
  });
});

describe('a key', () => {
  test('belongs to its caller: the same key of another partner, person or app is another key', async () => {
    const id = newId<never>();
    const person: Principal = {
      actor: 'partner',
      partnerId: id,
      clientId: 'portal',
      accountId: newId<never>(),
      scopes: scopesOf('partner'),
    };
    const callers = [partner(id), partner(), person, { ...partner(id), clientId: 'another-app' }];
    const replies = await Promise.all(callers.map((as) => reverse({ as })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(replies.map(({ text }) => JSON.parse(text).memberRef)).size).toBe(4);
    expect(await effects()).toBe(4);
  });

  test('used for another body, another object or another operation is refused and changes nothing', async () => {
    const as = partner();
    await reverse({ as });
    // Two operations whose requests look the same, but for what they do.
    const on = (act: string, key: string) =>
      app.call('POST', `/v1/partner/redemptions/${TARGET}/${act}`, { as, headers: { 'idempotency-key': key }, body: {} });
    expect((await on('confirm', 'key-2')).status).toBe(200);
    const others = [
      await reverse({ as, reason: 'một lý do khác' }),
      await reverse({ as, id: newId() }),
      await on('fulfil', 'key-2'),
      await app.call('POST', `/v1/partner/redemptions/${TARGET}/fulfil`, { as, headers: { 'idempotency-key': 'key-1' }, body: {} }),
    ];
    for (const { status, code } of others) expect([status, code]).toEqual([422, 'idempotency_key_reused']);
    expect([await effects(), await keys()]).toEqual([1, 2]);
  });

  test('that is missing, empty, too long or not visible ASCII is refused before anything happens', async () => {
    const as = partner();
    const missing = await app.call('POST', `/v1/partner/redemptions/${TARGET}/reverse`, { as, body: { reason: 'khách đổi ý' } });
    expect([missing.status, missing.code]).toEqual([400, 'idempotency_key_required']);
    for (const [key, code] of [
      ['', 'idempotency_key_required'],
      ['""', 'idempotency_key_required'],
      ['a b', 'invalid_request'],
      ['kh\u00f3a', 'invalid_request'],
      ['x'.repeat(256), 'invalid_request'],
    ] as const)
      expect([key, (await reverse({ as, key })).code]).toEqual([key, code]);
    expect((await reverse({ as, key: 'x'.repeat(255) })).status).toBe(200);
    expect(await effects()).toBe(1);
  });

  test('is not taken by a caller who may not do it', async () => {
    const reader: Principal = { ...partner(), scopes: ['partner.redemptions:read'] };
    expect((await reverse({ as: reader })).code).toBe('insufficient_scope');
    expect((await app.call('POST', DECIDE, { as: partner(), headers: { 'idempotency-key': 'k' }, body: {} })).status).toBe(403);
    expect(await keys()).toBe(0);
  });

  test('is kept for 90 days and then goes, a thousand at a time', async () => {
    const keep = `INSERT INTO chung.idempotency_keys (principal, key, operation_id, request_hash, created_at)
      SELECT 'p', $1 || n, 'op', '', now() - make_interval(days => $2) + make_interval(mins => 1) FROM generate_series(1, $3) n`;
    await owner.query(keep, ['young', 90, 5]);
    await owner.query(keep, ['old', 91, 1_200]);
    expect([await deleteOldKeys(db), await deleteOldKeys(db), await deleteOldKeys(db)]).toEqual([1_000, 200, 0]);
    expect(await keys()).toBe(5);
  });
});
