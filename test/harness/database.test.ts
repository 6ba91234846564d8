import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

const opened: Awaited<ReturnType<typeof createTestDatabase>>[] = [];
afterAll(() => Promise.all(opened.map((database) => database.drop())));

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
}

test('two test databases do not see each other', async () => {
  const [one, two] = [await createTestDatabase(), await createTestDatabase()];
  opened.push(one, two);
  await query(one.ownerUrl, 'CREATE TABLE public.mark (id int)');
  await expect(query(two.ownerUrl, 'SELECT * FROM public.mark')).rejects.toThrow('does not exist');
});

test('the server role may not create tables', async () => {
  const database = await createTestDatabase();
  opened.push(database);
  const { rows } = await query(database.serverUrl, 'SELECT current_user AS name');
  expect(rows).toEqual([{ name: 'chung_server' }]);
  await expect(query(database.serverUrl, 'CREATE TABLE public.mark (id int)')).rejects.toThrow('permission denied');
  await expect(query(database.serverUrl, 'CREATE TABLE chung.mark (id int)')).rejects.toThrow('permission denied');
});
