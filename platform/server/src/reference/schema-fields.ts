import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** One field of a schema, for a table. */
export interface Field {
  /** `funding[].by`; the branch of a choice stands in braces: `benefit{trial}.days`. */
  readonly path: string;
  /** `text`, `whole number`, `"a" · "b"`, `list` … */
  readonly type: string;
  /** `1–40 characters`, `0–10,000`; empty where there is none. */
  readonly limits: string;
  readonly required: 'yes' | 'no';
  /** As JSON; null where there is none. */
  readonly fallback: string | null;
}

/** Refinements and transforms have no JSON Schema; the rest of the shape is told as it is. */
export const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' });

/** Every field, those of inner objects, lists and choices included, in the order of the declaration. */
export function fieldsOf(schema: JsonSchema, path = ''): readonly Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const inner = asSchema(property);
    const at = path === '' ? name : `${path}.${name}`;
    return [fieldOf(inner, at, required.has(name) ? 'yes' : 'no'), ...within(inner, at)];
  });
}

function fieldOf(schema: JsonSchema, path: string, required: 'yes' | 'no'): Field {
  const fallback = schema.default === undefined ? null : JSON.stringify(schema.default);
  return { path, type: typeOf(schema), limits: limitsOf(core(schema)), required: fallback === null ? required : 'no', fallback };
}

/** What lies inside of a field: an object's fields, a list's item, the branches of a choice. */
function within(schema: JsonSchema, path: string): readonly Field[] {
  const branches = branchesOf(schema);
  const [only] = branches;
  if (branches.length === 1 && only) return only === schema ? inside(schema, path) : within(only, path);
  return branches.flatMap((branch) => {
    const { key, value } = discriminatorOf(branch);
    return fieldsOf(branch, `${path}{${value}}`).filter((field) => field.path !== `${path}{${value}}.${key}`);
  });
}

function inside(schema: JsonSchema, path: string): readonly Field[] {
  if (schema.properties) return isText(schema) ? [] : fieldsOf(schema, path);
  if (schema.type === 'array' && schema.items && !Array.isArray(schema.items)) return within(asSchema(schema.items), `${path}[]`);
  return [];
}

/** JSON Schema knows `true` for anything. */
export const asSchema = (schema: JsonSchema | boolean): JsonSchema => (typeof schema === 'boolean' ? {} : schema);

/** The choices of a schema, without `null`: the schema itself where there is no choice. */
export const branchesOf = (schema: JsonSchema): readonly JsonSchema[] => choicesOf(schema).filter(({ type }) => type !== 'null');

function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  const { type } = schema;
  // A list of types is the short form of a choice.
  if (Array.isArray(type)) return type.map((one) => ({ ...schema, type: one }));
  return (schema.anyOf ?? schema.oneOf)?.map(asSchema) ?? [schema];
}

export const isNullable = (schema: JsonSchema) => choicesOf(schema).some(({ type }) => type === 'null');

function core(schema: JsonSchema): JsonSchema {
  const [only, ...others] = branchesOf(schema);
  return only && others.length === 0 ? only : schema;
}

/** A text in both languages is one thing for people. */
const isText = ({ properties }: JsonSchema) => Object.keys(properties ?? {}).join() === 'vi,en';

function typeOf(schema: JsonSchema): string {
  const inner = core(schema);
  return `${plainType(inner)}${isNullable(schema) ? ' or null' : ''}`;
}

// Where a schema has several types it is a choice, which was taken apart before.
const typeName = ({ type }: JsonSchema): string => (typeof type === 'string' ? type : '');

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'id (UUIDv7)',
  'date-time': 'instant',
  date: 'date',
  email: 'e-mail',
  uri: 'URL',
};
const TYPES: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' };

function plainType(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' · ');
  const branches = branchesOf(schema);
  if (branches.length > 1) return choiceOf(branches);
  if (schema.type === 'array') return `list of ${inPlural(plainType(asSchema(Array.isArray(schema.items) ? {} : (schema.items ?? {}))))}`;
  if (isText(schema)) return 'text in vi and en';
  if (schema.properties || schema.additionalProperties) return 'object';
  return FORMATS[schema.format ?? ''] ?? TYPES[typeName(schema)] ?? 'any value';
}

const inPlural = (type: string) => type.replace(/^(object|text|whole number|id)\b/, '$1s');

function choiceOf(branches: readonly JsonSchema[]): string {
  const { key } = discriminatorOf(branches[0] ?? {});
  if (key === '') return branches.map(plainType).join(' or ');
  return `object by ${key}: ${branches.map((branch) => JSON.stringify(discriminatorOf(branch).value)).join(' · ')}`;
}

/** The field whose constant tells the branches of a choice apart. */
function discriminatorOf({ properties }: JsonSchema): { key: string; value: string } {
  for (const [key, property] of Object.entries(properties ?? {})) {
    const { const: value } = asSchema(property);
    if (typeof value === 'string') return { key, value };
  }
  return { key: '', value: '' };
}

const number = (value: number) => value.toLocaleString('en-US');

function limitsOf(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems } = schema;
  const text = isText(schema) ? asSchema(schema.properties?.['vi'] ?? {}) : null;
  const parts = [
    text ? between(text.minLength, text.maxLength, 'characters each') : between(minLength, maxLength, 'characters'),
    between(minItems, maxItems, 'items'),
    between(schema.minimum, schema.maximum, ''),
    schema.pattern && !schema.format ? `matches \`${schema.pattern}\`` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  const low = least === undefined || least <= Number.MIN_SAFE_INTEGER ? null : least;
  const high = most === undefined || most >= Number.MAX_SAFE_INTEGER ? null : most;
  if (low === null && high === null) return '';
  const range =
    high === null ? `at least ${number(low ?? 0)}` : low === null ? `at most ${number(high)}` : `${number(low)}–${number(high)}`;
  return `${range} ${unit}`.trim();
}
