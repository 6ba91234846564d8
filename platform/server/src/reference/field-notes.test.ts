import { EVENT_TYPES, OPERATIONS, type OperationSpec } from '@chung/contracts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Part, readFieldNotes } from './field-notes.ts';
import { fieldTable } from './field-table.ts';
import { fieldsOf, jsonSchemaOf } from './schema-fields.ts';

const notes = readFieldNotes();
const ALL: readonly OperationSpec[] = OPERATIONS;

function pathsOf(schema: z.ZodType | null, io: 'input' | 'output'): ReadonlySet<string> {
  if (!schema) return new Set();
  const json = jsonSchemaOf(schema, io);
  return new Set((json.oneOf ? fieldsOf({ properties: { body: json } }) : fieldsOf(json)).map(({ path }) => path));
}

test('every note that is read belongs to a field that is there', () => {
  const stray = ALL.flatMap((operation) =>
    (['params', 'query', 'body', 'reply'] satisfies Part[]).flatMap((part) => {
      const paths = pathsOf(operation[part], part === 'reply' ? 'output' : 'input');
      return [...notes.ofOperation(operation.id, part).keys()]
        .filter((path) => !paths.has(path))
        .map((path) => `${operation.id} ${part} ${path}`);
    }),
  );
  for (const [type, schema] of Object.entries(EVENT_TYPES))
    stray.push(...[...notes.ofEvent(type).keys()].filter((path) => !pathsOf(schema, 'output').has(path)).map((path) => `${type} ${path}`));
  expect(stray).toEqual([]);
});

test.each([
  ['a field of a schema with a name', 'partner.offers.create', 'body', 'regularPriceMinor', /^Selling price immediately before/],
  ['a field of a list of pages', 'partner.offers.list', 'reply', 'items[].termsVersion', /^Rises with each change/],
  ['a field that is spread in', 'partner.redemptions.confirm', 'reply', 'memberRef', /^Pairwise/],
  ['a field of a branch of a choice', 'admin.submissions.decide', 'body', 'body{refuse}.reasons', /^Rule numbers/],
  ['a field within a field', 'partner.webhooks.get', 'reply', 'keys[].publicKey', /^`whpk_…`/],
  ['a field written in the operation itself', 'partner.redemptions.reverse', 'body', 'partBasisPoints', /^Takes back only this part/],
] as const)('%s has its comment: %s %s %s', (_, id, part, path, said) => {
  expect(notes.ofOperation(id, part).get(path)).toMatch(said);
});

test('what has no comment, or is not there, has no note', () => {
  expect(notes.ofOperation('partner.offers.create', 'body').has('stock')).toBe(false);
  expect(notes.ofOperation('no.operation', 'body').size).toBe(0);
  expect(notes.ofEvent('no.event.v1').size).toBe(0);
});

test('a table has the column of meanings where there is one to tell', () => {
  const schema = jsonSchemaOf(z.object({ a: z.string(), b: z.int().min(1).default(3) }), 'input');
  expect(fieldTable({ title: 'Body', schema, notes: new Map([['a', 'First.']]) })).toBe(
    [
      '| Body | Type |  | Meaning |',
      '| --- | --- | --- | --- |',
      '| `a` | text | required | First. |',
      '| `b` | whole number; at least 1 | default `3` |  |',
    ].join('\n'),
  );
  expect(fieldTable({ title: 'Answer', schema, notes: new Map(), absent: 'may be absent' })).toContain('| `a` | text |  |\n');
  expect(fieldTable({ title: 'Body', schema: {}, notes: new Map() })).toBe('');
});
