import { ReceiptError } from './receipt-error.ts';

/** Longer than any token of ours by far; a bound on the work for what somebody holds before a camera. */
const MAX_LENGTH = 8_192;
const HEADER_FIELDS = 'alg,kid,typ';

export type Json = Readonly<Record<string, unknown>>;

export interface ReceiptJws {
  readonly kid: string;
  readonly typ: string;
  readonly payload: Json;
  readonly signedBytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Takes a token apart, strictly, before anything in it is believed. */
export function parseReceiptJws(token: string): ReceiptJws {
  const parts = typeof token === 'string' && token.length <= MAX_LENGTH ? token.split('.') : [];
  const [head = '', body = '', tail = ''] = parts;
  if (parts.length !== 3) throw new ReceiptError('malformed');
  const header = parseJson(head);
  // The algorithm is ours to choose, never the token's: this is what `none` and HMAC-with-the-public-key live on.
  if (header['alg'] !== 'EdDSA') throw new ReceiptError('wrong_algorithm');
  const { kid, typ } = header;
  // No `crit`, no `jwk`, no `x5u`: a header that says more than these would be read differently elsewhere.
  if (Object.keys(header).toSorted().join() !== HEADER_FIELDS || typeof kid !== 'string' || typeof typ !== 'string')
    throw new ReceiptError('malformed');
  const signature = decode(tail);
  return { kid, typ, payload: parseJson(body), signature, signedBytes: new TextEncoder().encode(`${head}.${body}`) };
}

function decode(part: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(part)) throw new ReceiptError('malformed');
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    // The last letter may carry bits that decode to nothing: one content would have several spellings.
    if (btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') !== part) throw new ReceiptError('malformed');
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch (error) {
    throw error instanceof ReceiptError ? error : new ReceiptError('malformed', error);
  }
}

/**
 * The platform signs what `JSON.stringify` writes, so only that spelling is taken. It refuses duplicate keys, where one reader
 * believes the first and another the last, without a parser of our own.
 */
function parseJson(part: string): Json {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decode(part));
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || JSON.stringify(value) !== text) throw new ReceiptError('malformed');
    return value;
  } catch (error) {
    throw error instanceof ReceiptError ? error : new ReceiptError('malformed', error);
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
