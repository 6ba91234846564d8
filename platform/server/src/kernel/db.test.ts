import { connect, createServer } from 'node:net';
import type { PartnerId } from '@chung/contracts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { type DatabaseProxy, proxyTo } from '../../../../test/harness/database-proxy.ts';
import { constraintOf, createDb, type Db, type Tx } from './db.ts';
import { DomainError } from './errors.ts';
import { newId } from './ids.ts';
import { appendEvent } from './outbox.ts';
import { asOutside, codeOf } from './outside.ts';

let database: TestDatabase;
let wire: DatabaseProxy;
let db: Db;
let owner: pg.Client;
const idle: Error[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  wire = await proxyTo(database.serverUrl);
  db = createDb(wire.url, { poolSize: 4, onIdleError: (error) => idle.push(error) });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query('CREATE TABLE chung.counters (id int PRIMARY KEY, n bigint NOT NULL CHECK (n >= 0))');
  await owner.query('GRANT SELECT, INSERT, UPDATE ON chung.counters TO chung_server');
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await wire.close();
  await database.drop();
});
afterEach(async () => {
  await owner.query('TRUNCATE chung.counters');
});

const failure = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const counters = async () => (await owner.query('SELECT id, n FROM chung.counters ORDER BY id')).rows;
const insert = (tx: Tx, id: number) => tx.query('INSERT INTO chung.counters VALUES ($1, 1)', [id]);

describe('a transaction', () => {
  test('is whole or not at all, its events too', async () => {
    const partnerId = newId<PartnerId>();
    const half = db.tx(async (tx) => {
      await insert(tx, 1);
      await appendEvent(tx, { type: 'partner.approved.v1', shardId: partnerId, partnerId, data: { partnerId } });
      throw new DomainError('conflict');
    });
    expect(await thrown(half)).toMatchObject({ code: 'conflict' });
    expect(await counters()).toEqual([]);
    expect((await owner.query('SELECT 1 FROM chung.outbox WHERE partner_id = $1', [partnerId])).rows).toEqual([]);
  });

  test.each(['40001', '40P01'])('that the database asks to repeat (%s) runs again and counts once', async (code) => {
    let runs = 0;
    const result = await db.tx(async (tx) => {
      runs++;
      await insert(tx, 1);
      if (runs < 3) throw failure(code);
      return 'done';
    });
    expect([result, runs, await counters()]).toEqual(['done', 3, [{ id: 1, n: '1' }]]);
  });

  test('is not tried for ever', async () => {
    let runs = 0;
    const endless = db.tx(async () => {
      runs++;
      throw failure('40001');
    });
    expect([codeOf(await thrown(endless)), runs]).toEqual(['40001', 5]);
  });

  test.each(['23505', '23514', '22P02', '42501', '25P02', 'P2002'])('that failed with %s is an answer and runs once', async (code) => {
    let runs = 0;
    const refused = db.tx(async () => {
      runs++;
      throw failure(code);
    });
    expect([codeOf(await thrown(refused)), runs]).toEqual([code, 1]);
  });

  test.each(['53100', '53200', '57014', '55P03', '58030'])(
    'cut off by %s is an outside failure: waiting helps, trying at once does not',
    async (code) => {
      let runs = 0;
      const cut = db.tx(async () => {
        runs++;
        throw failure(code);
      });
      expect([codeOf(await thrown(cut)), runs]).toEqual(['unavailable', 1]);
    },
  );

  test('that finds the queue for connections full is told so at once', async () => {
    const small = createDb(database.serverUrl, { poolSize: 1, onIdleError: () => {} });
    const held = Promise.withResolvers<void>();
    const holding = small.tx(() => held.promise);
    const waiting = Array.from({ length: 50 }, () => small.query('SELECT 1'));
    const started = performance.now();
    expect([codeOf(await thrown(small.query('SELECT 1'))), codeOf(await thrown(small.tx(async () => 1)))]).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(performance.now() - started).toBeLessThan(500);
    held.resolve();
    await Promise.all([holding, ...waiting]);
    expect(await small.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await small.close();
  });

  test('that loses a real deadlock runs again: both of two that wait for each other end well', async () => {
    await owner.query('INSERT INTO chung.counters VALUES (1, 0), (2, 0)');
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    const add = (first: number, second: number) =>
      db.tx(async (tx) => {
        await tx.query('UPDATE chung.counters SET n = n + 1 WHERE id = $1', [first]);
        waiting++;
        if (waiting === 2) both.resolve();
        await both.promise;
        await tx.query('UPDATE chung.counters SET n = n + 1 WHERE id = $1', [second]);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect(waiting).toBe(3);
    expect(await counters()).toEqual([
      { id: 1, n: '2' },
      { id: 2, n: '2' },
    ]);
  });

  test('in which a failure was swallowed does not pass for done', async () => {
    const swallowed = db.tx(async (tx) => {
      await insert(tx, 1);
      await insert(tx, 1).catch(() => undefined);
      return 'done';
    });
    expect(String(await thrown(swallowed))).toContain('swallowed');
    expect(await counters()).toEqual([]);
  });

  test('tells the constraint that refused it', async () => {
    await owner.query('INSERT INTO chung.counters VALUES (1, 0)');
    expect(constraintOf(await thrown(db.tx((tx) => insert(tx, 1))))).toBe('counters_pkey');
    expect(constraintOf(await thrown(db.query('UPDATE chung.counters SET n = -1')))).toBe('counters_n_check');
    expect([constraintOf(new Error('x')), constraintOf('x'), codeOf(null)]).toEqual(['', '', '']);
  });

  test('leaves its connection clean for the next', async () => {
    for (let i = 0; i < 10; i++) await thrown(db.tx((tx) => tx.query('SELECT 1/0')));
    // Of this database only: other test files share the server.
    const [row] = await db.query<{ n: bigint }>(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(row).toEqual({ n: 0n });
    expect(db.pool.totalCount).toBeLessThanOrEqual(4);
  });
});

test('amounts past 2^53 come back to the đồng', async () => {
  await db.query('INSERT INTO chung.counters VALUES (1, $1)', [9_007_199_254_740_993n]);
  expect(await db.query('SELECT n FROM chung.counters')).toEqual([{ n: 9_007_199_254_740_993n }]);
});

test('the server’s role owns nothing and can drop, disable or grant nothing', async () => {
  const owned = `SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'chung_server'`;
  expect((await owner.query(owned)).rows).toEqual([]);
  for (const statement of [
    'DROP TABLE chung.outbox',
    'DELETE FROM chung.outbox',
    'UPDATE chung.outbox SET data = NULL',
    'TRUNCATE chung.idempotency_keys',
    'CREATE TABLE chung.mine (id int)',
    'ALTER ROLE chung_server SUPERUSER',
  ])
    expect([statement, codeOf(await thrown(db.query(statement)))]).toEqual([statement, '42501']);
});

describe('a database that is lost', () => {
  /** Ends every connection of the server from the other side, as a failover does. */
  const hangUp = () =>
    owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chung_server' AND datname = current_database()`);

  test('between two statements of a transaction is unavailable, does not end the process, and heals', async () => {
    const lost = db.tx(async (tx) => {
      await insert(tx, 1);
      await hangUp();
      await expect.poll(async () => codeOf(await thrown(tx.query('SELECT 1'))) !== '' || db.pool.idleCount === 0).toBe(true);
      return tx.query('SELECT 1');
    });
    expect(await thrown(lost)).toMatchObject({ code: 'unavailable', extras: { retryAfterSeconds: 2 } });
    expect(await counters()).toEqual([]);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('while a transaction does something else is noticed without a crash', async () => {
    const lost = db.tx(async (tx) => {
      const pid = (await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid;
      await owner.query('SELECT pg_terminate_backend($1)', [pid]);
      // As a handler that hashes a password: nobody is asking when the connection dies.
      await expect.poll(async () => (await owner.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).rows.length).toBe(0);
      await new Promise((resolve) => setImmediate(resolve));
      return tx.query('SELECT 1');
    });
    expect(await thrown(lost)).toMatchObject({ code: 'unavailable' });
  });

  test('while nobody asks is told to the log and nothing else happens', async () => {
    await db.query('SELECT 1');
    const before = idle.length;
    await hangUp();
    await expect.poll(() => idle.length).toBeGreaterThan(before);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('is unavailable for every way of asking, and each way heals without a restart', async () => {
    const ways = {
      query: () => db.query('SELECT 1'),
      tx: () => db.tx((tx) => tx.query('SELECT 1')),
      'Prisma, raw': () => db.prisma.$queryRawUnsafe('SELECT 1'),
      Prisma: () => db.prisma.partner.findMany(),
    };
    for (const ask of Object.values(ways)) await ask();
    await wire.cut();
    try {
      for (const [name, ask] of Object.entries(ways))
        for (let i = 0; i < 3; i++) expect([name, asOutside(await thrown(ask()))]).toMatchObject([name, { code: 'unavailable' }]);
    } finally {
      await wire.mend();
    }
    for (const [name, ask] of Object.entries(ways)) expect([name, await thrown(ask())]).toEqual([name, null]);
  });
});

test('only what says that the database is away counts as that', () => {
  const kept = [failure('23505'), failure('0A000'), failure('P2002'), new Error('boom'), new DomainError('conflict'), 'text', null];
  for (const error of kept) expect(asOutside(error)).toBe(error);
  for (const code of ['57P01', '08006', '53300', '25006', '28P01', 'ETIMEDOUT', 'ENOTFOUND', 'P1000', 'P1001'])
    expect([code, asOutside(failure(code))]).toMatchObject([code, { code: 'unavailable' }]);
});

/** `FATAL 57P01`, as a backend says it whose postmaster is gone. */
function farewell(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

test('a database that ends a connection in the same breath as it opens it ends no process', async () => {
  const { port, hostname } = new URL(database.serverUrl);
  const isReady = (bytes: Buffer) => bytes.length >= 6 && bytes.subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]));
  const between = createServer((client) => {
    const server = connect(Number(port), hostname);
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      if (!isReady(bytes)) return void client.write(bytes);
      client.end(Buffer.concat([bytes, farewell()]));
      server.destroy();
    });
    for (const socket of [client, server]) socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const address = between.address();
  const url = new URL(database.serverUrl);
  url.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const lost = createDb(url.href, { poolSize: 2, onIdleError: () => {} });
  try {
    for (let round = 0; round < 3; round++) {
      expect(await thrown(lost.tx((tx) => tx.query('SELECT 1')))).toMatchObject({ code: 'unavailable' });
      expect(await thrown(lost.query('SELECT 1'))).toMatchObject({ code: 'unavailable' });
    }
  } finally {
    await lost.close();
    between.close();
  }
});
