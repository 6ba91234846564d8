// The clock of development: it moves what the rooms see, and nothing of what identity or another session sees.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/database.ts';
import { createMovableClock, type MovableClock } from './movable-clock.ts';

const DAY_S = 86_400;

let database: TestDatabase;
let clock: MovableClock;
beforeAll(async () => {
  database = await createTestDatabase();
  clock = await createMovableClock(database);
});
afterAll(async () => {
  await clock?.close();
  await database?.drop();
});

async function secondsAhead(url: string, expression: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ ahead: string }>(
      `SELECT extract(epoch FROM ${expression} - pg_catalog.clock_timestamp()) AS ahead`,
    );
    return Math.round(Number(rows[0]?.ahead));
  } finally {
    await client.end();
  }
}

test.each([0, 30 * DAY_S, -2 * DAY_S, 0])('moved by %i seconds, its sessions see that time and others the real one', async (seconds) => {
  const now = await clock.move(seconds);
  expect(Math.abs(now.getTime() - Date.now() - seconds * 1000)).toBeLessThan(5_000);
  for (const expression of ['now()', 'clock_timestamp()']) {
    expect(await secondsAhead(clock.url, expression)).toBeCloseTo(seconds, -1);
    expect(await secondsAhead(database.serverUrl, expression)).toBeCloseTo(0, -1);
  }
});

test('functions that fix their search path go by it too', async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ signature: string }>(
      `SELECT oid::regprocedure::text AS signature FROM pg_proc
       WHERE prosrc ~ '\\m(now|clock_timestamp)\\(' AND pronamespace = 'chung'::regnamespace
         AND EXISTS (SELECT FROM unnest(proconfig) AS s WHERE s LIKE 'search%' AND s NOT LIKE '%chung_clock%')`,
    );
    expect(rows).toEqual([]);
  } finally {
    await owner.end();
  }
});

test('the server’s role reads it and cannot move it', async () => {
  const server = new pg.Client({ connectionString: clock.url });
  await server.connect();
  try {
    await expect(server.query(`UPDATE chung_clock.moved SET by = '1 year'`)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await server.end();
  }
});
