// The only judge of a binary COPY is PostgreSQL: what we write is read back from a table.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import {
  booleanField,
  COPY_HEADER,
  COPY_TRAILER,
  createSink,
  dateField,
  putBytes,
  putInt32,
  reserve,
  smallintField,
  textField,
} from './copy-fields.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('CREATE TABLE given (line serial, word text, day date, year smallint, flag boolean)');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

interface Row {
  readonly word: string | null;
  readonly day: string | null;
  readonly year: number;
  readonly flag: boolean;
}
const COLUMNS = Buffer.from([0, 4]);

async function throughTable(rows: readonly Row[]): Promise<readonly Row[]> {
  const fields = rows.flatMap(({ word, day, year, flag }) => [
    COLUMNS,
    textField(word),
    dateField(day),
    smallintField(year),
    booleanField(flag),
  ]);
  await client.query('TRUNCATE given');
  const bytes = Buffer.concat([COPY_HEADER, ...fields, COPY_TRAILER]);
  await pipeline(Readable.from([bytes]), client.query(copyFrom('COPY given (word, day, year, flag) FROM STDIN (FORMAT binary)')));
  const read = await client.query<Row>('SELECT word, day::text AS day, year, flag FROM given ORDER BY line');
  return read.rows;
}

const days = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const row: fc.Arbitrary<Row> = fc.record({
  word: fc.option(
    fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
    { nil: null },
  ),
  day: fc.option(days, { nil: null }),
  year: fc.integer({ min: -32_768, max: 32_767 }),
  flag: fc.boolean(),
});

test('PostgreSQL reads from our bytes the very values that we meant', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      expect(await throughTable(rows)).toEqual(rows);
    }),
    { numRuns: 40 },
  );
});

test('days before, on and after the one it counts from, and on both sides of a leap day', async () => {
  const rows = ['1899-12-31', '1999-12-31', '2000-01-01', '2000-01-02', '2000-02-29', '2000-03-01', '1900-02-28', '2100-03-01'].map(
    (day) => ({
      word: day,
      day,
      year: 0,
      flag: true,
    }),
  );
  expect(await throughTable(rows)).toEqual(rows);
});

test('an empty text is a text, and nothing is NULL', async () => {
  const [empty, nothing] = await throughTable([
    { word: '', day: null, year: 1, flag: false },
    { word: null, day: null, year: 1, flag: false },
  ]);
  expect([empty?.word, nothing?.word]).toEqual(['', null]);
});

test('a length is written as PostgreSQL reads it, for any number of 32 bits', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      const sink = createSink(4);
      putInt32(sink, value);
      expect([sink.length, sink.bytes.readInt32BE(0)]).toEqual([4, value]);
    }),
  );
});

test('a sink grows without losing a byte, and only when it must', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), fc.integer({ min: 1, max: 16 }), (pieces, size) => {
      const sink = createSink(size);
      for (const piece of pieces) {
        const before = sink.bytes;
        const isRoomy = before.length - sink.length >= piece.length;
        reserve(sink, piece.length);
        expect(sink.bytes === before).toBe(isRoomy);
        putBytes(sink, piece);
      }
      expect(Buffer.from(sink.bytes.subarray(0, sink.length))).toEqual(Buffer.concat(pieces));
    }),
  );
});
