import type { Notes } from './field-notes.ts';
import { code, table } from './markdown.ts';
import { type Field, fieldsOf, type JsonSchema } from './schema-fields.ts';

interface FieldTable {
  /** The head of the first column: `Path`, `Body` … */
  readonly title: string;
  readonly schema: JsonSchema;
  readonly notes: Notes;
  /** What to call a field that need not be there: it is `optional` in what is sent and `may be absent` in what is answered. */
  readonly absent?: 'optional' | 'may be absent';
}

/** What may be sent or is answered, field by field; nothing where there is nothing. */
export function fieldTable({ title, schema, notes, absent = 'optional' }: FieldTable): string {
  const fields = schema.oneOf ? fieldsOf({ properties: { body: schema } }).slice(1) : fieldsOf(schema);
  if (fields.length === 0) return '';
  const noted = fields.some(({ path }) => notes.has(path));
  const rows = fields.map((field) => [
    code(field.path),
    shapeOf(field),
    needOf(field, absent),
    ...(noted ? [notes.get(field.path) ?? ''] : []),
  ]);
  return table([title, 'Type', '', ...(noted ? ['Meaning'] : [])], rows);
}

/** Type and limits: `text; 1–40 characters`. */
export const shapeOf = ({ type, limits }: Field): string => [type, limits].filter((part) => part !== '').join('; ');

export function needOf({ required, fallback }: Field, absent: 'optional' | 'may be absent'): string {
  if (fallback !== null) return `default ${code(fallback)}`;
  if (required === 'no') return absent;
  return absent === 'optional' ? 'required' : '';
}
