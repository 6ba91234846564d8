// The migrations make the database, the Prisma models describe it for the client. Nothing keeps the two together but this.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { readPrismaModels, type Table } from '../harness/prisma-models.ts';

let database: TestDatabase;
let migrated: Map<string, Table>;
let models: Map<string, Table>;

async function readDatabase(url: string): Promise<Map<string, Table>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: columns } = await client.query<{ table: string; column: string; type: string; nullable: boolean }>(`
      SELECT c.relname AS table, a.attname AS column, t.typname AS type, NOT a.attnotnull AS nullable
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      WHERE c.relnamespace = 'chung'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
    const { rows: keys } = await client.query<{ table: string; columns: string[] }>(`
      SELECT c.relname AS table, array_agg(a.attname::text ORDER BY k.place) AS columns
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'chung'::regnamespace
      CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE i.indisprimary GROUP BY c.relname`);
    const tables = new Map<string, Table>();
    for (const { table, column, type, nullable } of columns) {
      const found = tables.get(table) ?? { columns: {}, primaryKey: keys.find((key) => key.table === table)?.columns ?? [] };
      found.columns[column] = { type, nullable };
      tables.set(table, found);
    }
    return tables;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  [migrated, models] = await Promise.all([readDatabase(database.ownerUrl), readPrismaModels()]);
});

afterAll(() => database?.drop());

test('every table has a model and every model a table', () => {
  expect([...models.keys()].sort()).toEqual([...migrated.keys()].sort());
});

/** Prisma has no word for some types, and a list is never null to it: there only the column's existence is compared. */
function comparable(tables: Map<string, Table>): Map<string, Table> {
  const isList = (type: string | undefined) => type?.startsWith('_') ?? false;
  const view = (name: string, { columns, primaryKey }: Table): Table => {
    const shown = Object.entries(columns).map(([column, { type, nullable }]) => {
      const counterpart = models.get(name)?.columns[column];
      return [column, { type: counterpart?.type === undefined ? undefined : type, nullable: isList(type) ? false : nullable }];
    });
    return { columns: Object.fromEntries(shown), primaryKey };
  };
  return new Map([...tables].map(([name, table]) => [name, view(name, table)]));
}

test('columns, their types, their nullability and the primary keys agree', () => {
  const both = [...models.keys()].filter((name) => migrated.has(name));
  const [fromDatabase, fromModels] = [comparable(migrated), comparable(models)];
  const pick = (tables: Map<string, Table>) => Object.fromEntries(both.map((name) => [name, tables.get(name)]));
  expect(pick(fromModels)).toEqual(pick(fromDatabase));
});
