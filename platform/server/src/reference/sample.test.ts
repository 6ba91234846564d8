import { expect, test } from 'vitest';
import { z } from 'zod';
import { json, literal } from './literal.ts';
import { sampleOf } from './sample.ts';
import { jsonSchemaOf } from './schema-fields.ts';

const sampled = (schema: z.ZodType, root = 'partner.redemptions.get', extent: 'needed' | 'whole' = 'whole') =>
  sampleOf(jsonSchemaOf(schema, 'input'), { root, extent });

test('a field holds what the table says of its name, the most particular first', () => {
  const schema = z.object({ id: z.uuidv7(), offerId: z.uuidv7() });
  const { data: redemption } = schema.safeParse(sampled(schema));
  const { data: offer } = schema.safeParse(sampled(schema, 'offers.get'));
  expect(redemption?.id).not.toBe(offer?.id);
  expect(redemption?.offerId).toBe(offer?.offerId);
});

test('a value of the table that the field cannot hold is left alone', () => {
  expect(sampled(z.object({ stock: z.int().max(5), title: z.literal('none') }))).toEqual({ stock: 1, title: 'none' });
});

test('what is sent holds what must be there; a change shows one field', () => {
  const draft = z.object({ name: z.string(), note: z.string().optional(), size: z.int().default(3) });
  expect(Object.keys(Object(sampled(draft, 'x', 'needed')))).toEqual(['name']);
  expect(Object.keys(Object(sampled(draft.partial(), 'x', 'needed')))).toEqual(['name']);
});

test('says which field has no example rather than to write a wrong one', () => {
  expect(() => sampled(z.object({ odd: z.string().regex(/^ZZ\d{17}$/) }), 'some.operation')).toThrow(
    /No example of odd in some\.operation/,
  );
});

test('short values stand on one line, long ones on several, in both notations', () => {
  const value = { text: "it's", 'a-b': [1, 20_000], none: null, empty: {} };
  expect(literal(value)).toBe(`{ text: 'it\\'s', 'a-b': [1, 20_000], none: null, empty: {} }`);
  expect(json(value)).toBe(`{ "text": "it's", "a-b": [1, 20000], "none": null, "empty": {} }`);
  const long = { first: 'x'.repeat(80), second: 'y'.repeat(40) };
  expect(literal(long)).toBe(`{\n  first: '${long.first}',\n  second: '${long.second}',\n}`);
  expect(JSON.parse(json(long))).toEqual(long);
});
