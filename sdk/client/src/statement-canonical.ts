const encoder = new TextEncoder();

/**
 * The one way to write a value as JSON (RFC 8785, of which this is the part that our formats need): keys in the order of their UTF-16 code
 * units, no white space, strings as ECMAScript writes them, numbers whole and within ±(2^53 − 1). Throws a `TypeError` for what has no such
 * spelling: fractions, `undefined`, half a surrogate pair.
 *
 * @example
 * canonicalJson({ b: 1, a: ['ễ', null] }); // '{"a":["ễ",null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('Half a surrogate pair has no canonical spelling.');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError(`${value} has no canonical spelling here.`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`A ${typeof value} has no canonical spelling.`);
  // Without a comparison of its own, `sort` goes by code units, which is what the standard asks for.
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${canonicalJson(key)}:${canonicalJson(field)}`).join(',')}}`;
}

/** SHA-256, as statements write it: `sha256:` and hexadecimal digits. */
export const digestText = (digest: Uint8Array): string =>
  `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

export const digestBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.slice('sha256:'.length).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

export async function sha256(...parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

/** The hash of a document of ours: SHA-256 over its canonical JSON. */
export const hashOf = async (value: unknown): Promise<string> => digestText(await sha256(utf8(canonicalJson(value))));
