// The checks of `npm run check` on planted sources: a check that sees nothing would look like a clean repository.
import { expect, test } from 'vitest';
import { migrationFindings, sourceFindings } from '../../platform/setup/checks/data-rules.ts';
import { groupOf, quantile } from '../../platform/setup/checks/figures.ts';
import { filesInCycles, measureFile } from '../../platform/setup/checks/measure.ts';
import { isTest } from '../../platform/setup/checks/source-files.ts';

const why = '-- why this table is here\n';

function findingsIn(sql: string, path = 'platform/server/migrations/0001_a.sql') {
  return migrationFindings([{ path, text: why + sql }]).map(({ rule }) => rule);
}

test.each([
  ['CREATE TABLE chung.a (id bigserial)', 'no sequences'],
  ['CREATE TABLE chung.a (id int GENERATED ALWAYS AS IDENTITY)', 'no sequences'],
  ['CREATE TRIGGER t BEFORE UPDATE ON chung.a', 'no triggers'],
  [`SELECT pg_notify('a', 'b')`, 'no NOTIFY'],
  ['CREATE TABLE a (id uuid)', 'tables live in schema chung'],
  ['CREATE TABLE chung.a (at timestamp NOT NULL)', 'time is timestamptz'],
  ['CREATE TABLE chung.a (amount_minor integer)', 'amounts are BIGINT'],
  ['GRANT ALL ON chung.a TO chung_server', 'grants name the rights'],
  ['GRANT SELECT, UPDATE ON chung.journals, chung.a TO chung_server', 'journals is append-only'],
  ['-- Append-only.\nCREATE TABLE chung.notes (id uuid);\nGRANT INSERT, DELETE ON chung.notes TO chung_server', 'notes is append-only'],
])('a migration with "%s" is refused', (sql, rule) => {
  expect(findingsIn(sql)).toEqual([expect.stringContaining(rule)]);
});

test('a migration that keeps the rules is not touched, whatever its comments say', () => {
  const sql = `-- no serial, no NOTIFY, no trigger here\nCREATE TABLE chung.a (id uuid, amount_minor bigint, at timestamptz DEFAULT now());
    COMMENT ON TABLE chung.a IS 'serial; timestamp';\nGRANT SELECT, INSERT ON chung.journals TO chung_server;`;
  expect(findingsIn(sql)).toEqual([]);
});

test('a migration says why in its first line and has a number of its own', () => {
  const files = ['0001_a.sql', '0001_b.sql', 'late.sql'].map((name) => ({ path: `m/${name}`, text: 'SELECT 1' }));
  expect(migrationFindings(files).map(({ path, rule }) => `${path} ${rule}`)).toEqual([
    'm/0001_a.sql the first line is a comment that says why',
    'm/0001_b.sql the number is taken by m/0001_a.sql',
    'm/0001_b.sql the first line is a comment that says why',
    'm/late.sql a migration is called NNNN_name.sql',
    'm/late.sql the first line is a comment that says why',
  ]);
});

test.each([
  ['await tx.query(`SELECT pg_advisory_lock(1)`)', 'pg_advisory_xact_lock'],
  [`await tx.query("SET search_path = 'x'")`, 'SET LOCAL'],
  ['await tx.query(`LISTEN news`)', 'no LISTEN'],
  ['await tx.query(`INSERT INTO a VALUES (1) ON CONFLICT (id) DO UPDATE SET at = now()`)', 'takes the time as a parameter'],
])('a store with %s is refused', (text, rule) => {
  expect(sourceFindings([{ path: 'platform/server/src/rooms/a/store.ts', text }])).toEqual([
    expect.objectContaining({ rule: expect.stringContaining(rule) }),
  ]);
});

test('SQL is for stores: an UPDATE … SET there is fine, any query in a use case is not', () => {
  const text = 'await tx.query(`UPDATE chung.a SET state = $1, at = now()`, [state])';
  expect(sourceFindings([{ path: 'platform/server/src/rooms/a/store.ts', text }])).toEqual([]);
  expect(sourceFindings([{ path: 'platform/server/src/rooms/a/change-a.ts', text }])).toHaveLength(1);
});

test('figures count what a person would count', () => {
  const text = [
    '// a comment, and an address is none:',
    `export const url = 'http://example.org/'; // any`,
    'export function twice(x: any) {',
    '  const one = () => 1;',
    '  console.log(x as string, x!, [1] as const);',
    '  return one() + (x satisfies number);',
    '}',
    'export default twice;',
  ].join('\n');
  expect(measureFile({ path: 'a.ts', text })).toMatchObject({
    lines: 8,
    commentLines: 2,
    functionLengths: [{ name: 'twice', lines: 5 }],
    anys: 1,
    casts: 2,
    defaultExports: 1,
    consoleCalls: 1,
    todos: 0,
  });
  expect(measureFile({ path: 'a.test.ts', text: `vi.mock('./a.ts');` }).moduleMocks).toBe(1);
});

test('a cycle is found through type imports and re-exports', () => {
  const files = {
    'a/x.ts': `import type { y } from './y.ts';`,
    'a/y.ts': `export * from '../z.ts';`,
    'z.ts': `import './a/x.ts';`,
    'w.ts': `import './z.ts';`,
  };
  const measures = Object.entries(files).map(([path, text]) => measureFile({ path, text }));
  expect(filesInCycles(measures).sort()).toEqual(['a/x.ts', 'a/y.ts', 'z.ts']);
});

test('quantiles of nothing and of little', () => {
  expect([quantile([], 0.9), quantile([5], 0.5), quantile([1, 2, 3, 4], 0.5)]).toEqual([0, 5, 3]);
});

test.each([
  ['platform/server/src/main.ts', 'server and sdk', 'code'],
  ['sdk/client/src/client.test.ts', 'server and sdk', 'test'],
  ['test/http/offers.test.ts', 'server and sdk', 'test'],
  ['platform/web/member/src/app.tsx', 'web', 'code'],
  ['platform/web/ui/src/format.test.ts', 'web', 'test'],
  ['platform/web/ui/testing/stand-in.ts', 'web', 'test'],
  ['test/journeys/people.ts', 'web', 'test'],
  ['platform/setup/check.mjs', 'setup', 'code'],
  ['platform/setup/complete-lock.test.ts', 'setup', 'test'],
])('%s counts as %s %s', (path, group, kind) => {
  expect([groupOf(path), isTest(path) ? 'test' : 'code']).toEqual([group, kind]);
});
