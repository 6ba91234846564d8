import type { Json } from './json.ts';

/** How one language writes a value on one line. */
interface Notation {
  name(key: string): string;
  scalar(value: string | number | boolean | null): string;
  /** After the last of several lines. */
  readonly lastComma: ',' | '';
}

const WIDTH = 110;

const inTypeScript: Notation = {
  name: (key) => (/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key)),
  scalar: (value) => {
    if (typeof value === 'string') return quoted(value);
    return typeof value === 'number' && value >= 10_000 ? value.toLocaleString('en-US').replaceAll(',', '_') : String(value);
  },
  lastComma: ',',
};

const inJson: Notation = { name: (key) => JSON.stringify(key), scalar: (value) => JSON.stringify(value), lastComma: '' };

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

/** A value as a TypeScript programmer writes it, over several lines where one would be too long. */
export const literal = (value: Json): string => written(value, inTypeScript, '');

/** The same as JSON: shorter to read than a line for every field. */
export const json = (value: Json): string => written(value, inJson, '');

function written(value: Json, notation: Notation, indent: string): string {
  const flat = flatOf(value, notation);
  const parts = partsOf(value, notation);
  if (!parts || flat.length + indent.length <= WIDTH) return flat;
  const inner = `${indent}  `;
  const lines = parts.inner.map(({ label, value: one }) => `${inner}${label}${written(one, notation, inner)}`);
  return `${parts.opens}\n${lines.join(',\n')}${notation.lastComma}\n${indent}${parts.closes}`;
}

function flatOf(value: Json, notation: Notation): string {
  const parts = partsOf(value, notation);
  if (!parts) return notation.scalar(isPlain(value) ? value : null);
  const inner = parts.inner.map(({ label, value: one }) => label + flatOf(one, notation)).join(', ');
  const space = parts.opens === '{' && inner !== '' ? ' ' : '';
  return parts.opens + space + inner + space + parts.closes;
}

const isPlain = (value: Json): value is string | number | boolean | null => typeof value !== 'object' || value === null;

function partsOf(value: Json, { name }: Notation) {
  if (isPlain(value)) return null;
  if (isList(value)) return { opens: '[', closes: ']', inner: value.map((one) => ({ label: '', value: one })) };
  return { opens: '{', closes: '}', inner: Object.entries(value).map(([key, one]) => ({ label: `${name(key)}: `, value: one })) };
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
