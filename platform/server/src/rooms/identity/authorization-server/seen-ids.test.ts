// Replay of an assertion or a proof, with ids gathered into one statement: the answers must be those of one statement an id.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../../kernel/db.ts';
import { newId } from '../../../kernel/ids.ts';
import { createSeenIds } from './seen-ids.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 6, onIdleError: () => {} });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

/** The database, with each statement counted and held until it is let through. */
function watched() {
  const batches: string[][] = [];
  let gate = Promise.resolve();
  let open = () => {};
  const query: Db['query'] = async (text, values) => {
    batches.push(values?.[0] as string[]);
    await gate;
    return db.query(text, values);
  };
  const hold = () => {
    gate = new Promise((resolve) => {
      open = resolve;
    });
  };
  return { db: { ...db, query }, batches, hold, letThrough: () => open() };
}

const some = (count: number) => Array.from({ length: count }, () => newId<string>());

test('an id is first once, and a repeat is told so before and after the commit', async () => {
  const seen = createSeenIds(db);
  const id = newId<string>();
  const answers = await Promise.all(Array.from({ length: 10 }, () => seen.seeOnce(id, 60)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await seen.seeOnce(id, 60)).toBe(false);
});

test('of several nodes that bring the same ids at once, in any order, each id is first at one of them', async () => {
  const ids = some(300);
  const nodes = [createSeenIds(db), createSeenIds(db), createSeenIds(db)];
  const orders = [ids, ids.toReversed(), ids.toSorted(() => Math.random() - 0.5)];
  const answers = await Promise.all(
    nodes.map(async (node, index) => {
      const order = orders[index] ?? [];
      const firsts = await Promise.all(order.map((id) => node.seeOnce(id, 60)));
      return order.filter((_, at) => firsts[at]);
    }),
  );
  expect(answers.flat().toSorted()).toEqual(ids.toSorted());
});

test('what arrives while a statement runs goes with the next one, in one', async () => {
  const { db: slow, batches, hold, letThrough } = watched();
  const seen = createSeenIds(slow);
  hold();
  const [first = '', ...others] = some(41);
  const answers = [first, ...others].map((id) => seen.seeOnce(id, 60));
  letThrough();
  expect(await Promise.all(answers)).toEqual(Array(41).fill(true));
  expect(batches.map((batch) => batch.length)).toEqual([1, 40]);
});

test('a repeat that waits in the same batch is refused', async () => {
  const { db: slow, hold, letThrough } = watched();
  const seen = createSeenIds(slow);
  hold();
  const id = newId<string>();
  const answers = [seen.seeOnce(newId(), 60), seen.seeOnce(id, 60), seen.seeOnce(id, 60)];
  letThrough();
  expect(await Promise.all(answers)).toEqual([true, true, false]);
});

test('a repeat of an id whose statement is running is refused by the database', async () => {
  const { db: slow, batches, hold, letThrough } = watched();
  const seen = createSeenIds(slow);
  hold();
  const id = newId<string>();
  const first = seen.seeOnce(id, 60);
  const repeat = seen.seeOnce(id, 60);
  letThrough();
  expect(await Promise.all([first, repeat])).toEqual([true, false]);
  expect(batches).toEqual([[id], [id]]);
});

test('nobody is let in while the database fails, and the next are tried anew', async () => {
  let fails = true;
  const query: Db['query'] = (text, values) => (fails ? Promise.reject(new Error('gone')) : db.query(text, values));
  const seen = createSeenIds({ ...db, query });
  const ids = some(3);
  const refused = await Promise.allSettled(ids.map((id) => seen.seeOnce(id, 60)));
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  fails = false;
  // Not remembered either: nothing was committed, so the caller may come again with it.
  expect(await Promise.all(ids.map((id) => seen.seeOnce(id, 60)))).toEqual([true, true, true]);
});

test('each id is remembered for its own time, also a part of a second, and never for none', async () => {
  const seen = createSeenIds(db);
  const lives = new Map([
    [newId<string>(), 300],
    [newId<string>(), 12.4],
    [newId<string>(), -5],
  ]);
  await Promise.all([...lives].map(([id, seconds]) => seen.seeOnce(id, seconds)));
  const rows = await db.query<{ id: string; left: number }>(
    'SELECT id, ceil(extract(epoch FROM expires_at - now()))::int AS left FROM chung.seen_ids WHERE id = ANY($1)',
    [[...lives.keys()]],
  );
  const left = new Map(rows.map((row) => [row.id, row.left]));
  const [long, fraction, past] = [...lives.keys()].map((id) => left.get(id) ?? Number.NaN);
  expect(long).toBeGreaterThan(290);
  expect(fraction).toBeGreaterThan(10);
  expect(fraction).toBeLessThanOrEqual(13);
  expect(past).toBeLessThanOrEqual(1);
});

test('more than one statement takes go in several, and every one is answered', async () => {
  const { db: counted, batches } = watched();
  const seen = createSeenIds(counted);
  const answers = await Promise.all(some(1_200).map((id) => seen.seeOnce(id, 60)));
  expect(answers.every(Boolean)).toBe(true);
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(500);
});
