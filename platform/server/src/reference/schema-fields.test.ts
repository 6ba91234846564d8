import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldsOf, jsonSchemaOf } from './schema-fields.ts';

const told = (schema: z.ZodType) =>
  fieldsOf(jsonSchemaOf(schema, 'input')).map(({ path, type, limits, required, fallback }) => [path, type, limits, fallback ?? required]);

test('tells type, limits and default of each field, and what may be left out', () => {
  const schema = z.object({
    name: z.string().min(2).max(40),
    count: z.int().min(1).max(25_000_000),
    at: z.iso.datetime({ offset: true }).nullable(),
    tags: z
      .array(z.enum(['a', 'b']))
      .max(3)
      .default([]),
    note: z.string().nullable().optional(),
    code: z.string().regex(/^\d{2}$/),
  });
  expect(told(schema)).toEqual([
    ['name', 'text', '2–40 characters', 'yes'],
    ['count', 'whole number', '1–25,000,000', 'yes'],
    ['at', 'instant or null', '', 'yes'],
    ['tags', 'list of "a" · "b"', 'at most 3 items', '[]'],
    ['note', 'text or null', '', 'no'],
    ['code', 'text', 'matches `^\\d{2}$`', 'yes'],
  ]);
});

test('goes into objects, lists and each branch of a choice, and takes a text in two languages for one field', () => {
  const schema = z.object({
    title: z.strictObject({ vi: z.string().max(9), en: z.string().max(9) }),
    items: z.array(z.strictObject({ price: z.int() })),
    kept: z.discriminatedUnion('how', [
      z.strictObject({ how: z.literal('none') }),
      z.strictObject({ how: z.literal('days'), days: z.int().max(9) }),
    ]),
  });
  expect(told(schema)).toEqual([
    ['title', 'text in vi and en', 'at most 9 characters each', 'yes'],
    ['items', 'list of objects', '', 'yes'],
    ['items[].price', 'whole number', '', 'yes'],
    ['kept', 'object by how: "none" · "days"', '', 'yes'],
    ['kept{days}.days', 'whole number', 'at most 9', 'yes'],
  ]);
});
