import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../harness/database.ts';
import { deniedToServer } from './rights.ts';

test('the server’s role may not change or remove what is append-only, and a right too many is told (I11)', async () => {
  const database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  try {
    const { checks, allowed } = await deniedToServer(database.serverUrl);
    expect(allowed).toEqual([]);
    expect(checks).toBeGreaterThan(20);
    await owner.connect();
    await owner.query('GRANT DELETE ON chung.postings TO chung_server');
    expect((await deniedToServer(database.serverUrl)).allowed).toEqual(['DELETE FROM chung.postings']);
  } finally {
    await owner.end();
    await database.drop();
  }
});
