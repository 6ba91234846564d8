import type { Json } from './json.ts';
import { SAMPLE_VALUES } from './sample-values.ts';
import { asSchema, branchesOf, isNullable, type JsonSchema } from './schema-fields.ts';

/** `needed`: what must be there, as one would write it; `whole`: everything, as it is answered. */
export type Extent = 'needed' | 'whole';

/** What a sample is of: the operation (or page) and the way to the value, e.g. `partner.offers.create` and `funding`. */
interface Place {
  readonly root: string;
  /** The field that the value lies in, where there is one: the `partner` of `partner.id`. */
  readonly within: string;
  readonly name: string;
}

/**
 * An example of a schema. Values come from the table by the name of the field, so that the same id means the same thing on every page. A test
 * parses each with the schema it is an example of. Throws where neither the table nor the schema says what a value looks like.
 */
export function sampleOf(schema: JsonSchema, { root, extent, name = '' }: { root: string; extent: Extent; name?: string }): Json {
  return sample(schema, { root, within: '', name }, extent);
}

function sample(schema: JsonSchema, place: Place, extent: Extent): Json {
  const known = knownValue(place);
  if (known !== undefined && fits(known, schema)) return known;
  const [first] = branchesOf(schema);
  if (first && first !== schema) return sample(first, place, extent);
  if (schema.const !== undefined) return isJson(schema.const) ? schema.const : null;
  if (schema.enum) return isJson(schema.enum[0]) ? schema.enum[0] : null;
  if (schema.properties) return objectOf(schema, place, extent);
  if (schema.type === 'array') return listOf(schema, place, extent);
  return plain(schema, place);
}

/** `partner.id` within a `partner`, else `partner.offers.get id`, `partner.offers id`, `partner id`, `id`: the most particular that the table has. */
function knownValue({ root, within, name }: Place): Json | undefined {
  const words = root.split('.');
  const keys = words.map((_, index) => `${words.slice(0, words.length - index).join('.')} ${name}`);
  for (const key of [`${within}.${name}`, ...keys, name]) if (SAMPLE_VALUES[key] !== undefined) return SAMPLE_VALUES[key];
  return undefined;
}

const isJson = (value: unknown): value is Json => ['string', 'number', 'boolean'].includes(typeof value) || value === null;

function objectOf(schema: JsonSchema, { root, name: within }: Place, extent: Extent): Json {
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {});
  const needed = entries.filter(([key, property]) => required.has(key) && asSchema(property).default === undefined);
  // A change has no field that must be there; one shows how it is done.
  const shown = extent === 'whole' ? entries : needed.length > 0 || within !== '' ? needed : entries.slice(0, 1);
  return Object.fromEntries(shown.map(([key, property]) => [key, sample(asSchema(property), { root, within, name: key }, extent)]));
}

function listOf({ items, minItems = 1 }: JsonSchema, place: Place, extent: Extent): Json {
  const item = asSchema(Array.isArray(items) ? {} : (items ?? {}));
  return Array.from({ length: Math.max(1, minItems) }, () => sample(item, place, extent));
}

function plain(schema: JsonSchema, { root, name }: Place): Json {
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, Math.min(1, schema.maximum ?? 1));
  if (schema.type === 'object' || schema.type === undefined) return {};
  for (const text of ['…', ...TEXTS]) if (fits(text, schema)) return text;
  throw new Error(`No example of ${name} in ${root} (${JSON.stringify(schema)}): add one to reference/sample-values.ts.`);
}

/** Texts of usual shapes; more particular ones stand in the table by the name of their field. */
const TEXTS = [
  '01936b5e-7c00-7000-8000-00000000c001',
  '2026-12-01T00:00:00Z',
  '2026-12-01',
  'lienhe@example.vn',
  'https://example.vn/chung',
  'vi-du',
  'vi_du-01',
  'vn.example.rewards',
  '1.0.0',
  '01',
  `sha256:${'0'.repeat(64)}`,
  '0'.repeat(64),
];

/** Whether a value is of a schema, as far as its shape, enumerations, lengths, ranges and patterns tell. */
function fits(value: Json, schema: JsonSchema): boolean {
  if (value === null) return isNullable(schema);
  const choices = branchesOf(schema);
  if (choices.length !== 1 || choices[0] !== schema) return choices.some((one) => fits(value, one));
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum) return schema.enum.some((one) => one === value);
  if (typeof value === 'string') return schema.type === 'string' && fitsText(value, schema);
  if (typeof value === 'number')
    return (
      (schema.type === 'integer' || schema.type === 'number') && value >= (schema.minimum ?? value) && value <= (schema.maximum ?? value)
    );
  if (typeof value === 'boolean') return schema.type === 'boolean';
  if (isList(value))
    return schema.type === 'array' && value.every((one) => fits(one, asSchema(Array.isArray(schema.items) ? {} : (schema.items ?? {}))));
  return schema.type === undefined || (schema.type === 'object' && fitsObject(value, schema));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function fitsObject(value: { readonly [key: string]: Json }, { properties, required = [] }: JsonSchema): boolean {
  if (!properties) return true;
  const isKnown = ([name, one]: [string, Json]) => fits(one, asSchema(properties[name] ?? false)) && properties[name] !== undefined;
  return required.every((name) => value[name] !== undefined) && Object.entries(value).every(isKnown);
}

const fitsText = (value: string, { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format }: JsonSchema): boolean =>
  value.length >= minLength &&
  value.length <= maxLength &&
  (pattern === undefined ? format === undefined || value !== '…' : new RegExp(pattern, 'u').test(value));
