// Cells that are different in every row, read from their bytes. Each of these functions takes only what it is sure of and answers NO
// for the rest, right or wrong: then the cell is read as text by the schema, which alone decides. A test holds them against it.
import { type FieldSink, putBytes, putInt32 } from './copy-fields.ts';
import type { CsvRow } from './csv-rows.ts';

/** A cell that must be looked at as text. */
export const NO = -1;

/** Appends a field that is the cell as it stands; answers its length. */
function putCell(sink: FieldSink, { bytes, starts, ends }: CsvRow, position: number): number {
  const start = starts[position] ?? 0;
  const end = ends[position] ?? 0;
  putInt32(sink, end - start);
  const to = sink.bytes;
  let length = sink.length;
  for (let at = start; at < end; at++) to[length++] = bytes[at] ?? 0;
  sink.length = length;
  return end - start;
}

const codes = (...ranges: readonly (readonly [number, number])[]) => {
  const table = new Uint8Array(256);
  for (const [from, to] of ranges) table.fill(1, from, to + 1);
  return table;
};
const signs = (text: string) => [...Buffer.from(text)].map((byte) => [byte, byte] as const);

const DIGITS = [0x30, 0x39] as const;
const CAPITALS = [0x41, 0x5a] as const;
const SMALL = [0x61, 0x7a] as const;
const ZERO = 0x30;
const PLUS = 0x2b;
const AT_SIGN = 0x40;
const DOT = 0x2e;
const SPACE = 0x20;
const TO_LOWER = 0x20;

const alphanumeric = codes(DIGITS, CAPITALS, SMALL);
const inCode = codes(DIGITS, CAPITALS, SMALL, ...signs('._/-'));
const LONGEST_CODE = 32;
const SHORTEST_CODE = 3;

/** Appends the field of a code. */
export function putCode(sink: FieldSink, row: CsvRow, position: number): number {
  const { bytes } = row;
  const start = row.starts[position] ?? 0;
  const end = row.ends[position] ?? 0;
  const length = end - start;
  if (length < SHORTEST_CODE || length > LONGEST_CODE || alphanumeric[bytes[start] ?? 0] === 0) return NO;
  for (let at = start + 1; at < end; at++) if (inCode[bytes[at] ?? 0] === 0) return NO;
  return putCell(sink, row, position);
}

const MARK_OF_NAME = 2;
/** ASCII of names: 1 for a letter. A space is looked at by itself: two of them become one, and none stands at an end. */
const inName = codes(CAPITALS, SMALL);
for (const [sign] of signs(".'-")) inName[sign] = MARK_OF_NAME;
/** A name of so many bytes has no more characters than it may. */
const LONGEST_NAME_BYTES = 120;

/**
 * Bytes of the letter at `at` that only an alphabet with accents has; 0 for any other. Letters composed of base and accent already, so
 * they stay what they are: Latin-1's (C3; not × ÷, nor Þ þ, which are TCVN3), Latin Extended-A (C4, C5), ơ and ư (C6), and the
 * Vietnamese ones of Latin Extended Additional (E1 BA, E1 BB).
 */
function accentedLetterAt(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (byte === 0xc3) return second === 0x97 || second === 0xb7 || second === 0x9e || second === 0xbe ? 0 : 2;
  if (byte === 0xc4 || byte === 0xc5) return 2;
  if (byte === 0xc6) return second === 0xa0 || second === 0xa1 || second === 0xaf || second === 0xb0 ? 2 : 0;
  return byte === 0xe1 && (second === 0xba || second === 0xbb) ? 3 : 0;
}

/** Bytes of the letter or mark of a name at `at`; 0 for what is neither. */
function signOfNameAt(bytes: Buffer, at: number): number {
  return inName[bytes[at] ?? 0] === 0 ? accentedLetterAt(bytes, at) : 1;
}

/** Appends the field of a full name. */
export function putName(sink: FieldSink, row: CsvRow, position: number): number {
  const { bytes } = row;
  const start = row.starts[position] ?? 0;
  const end = row.ends[position] ?? 0;
  if (end === start || end - start > LONGEST_NAME_BYTES || inName[bytes[start] ?? 0] === MARK_OF_NAME) return NO;
  let isBehindSpace = true;
  for (let at = start; at < end; ) {
    const isSpace = bytes[at] === SPACE;
    const length = isSpace ? 1 : signOfNameAt(bytes, at);
    if (length === 0 || (isSpace && isBehindSpace)) return NO;
    at += length;
    isBehindSpace = isSpace;
  }
  return isBehindSpace ? NO : putCell(sink, row, position);
}

const betweenDigits = codes(...signs(' .()-'));
const MOBILE_DIGITS = 9;
const LANDLINE_DIGITS = 10;
const LONGEST_PHONE = 32;
const COUNTRY = Buffer.from('+84');
/** The number that is being read, without what stands between its digits. */
const dialled = Buffer.alloc(LONGEST_PHONE);
const digitAt = (at: number) => (dialled[at] ?? 0) - ZERO;

/** Copies the digits, and a plus before them, to `dialled`; answers how many signs that were, or NO. */
function dial(bytes: Buffer, start: number, end: number): number {
  if (end - start > LONGEST_PHONE) return NO;
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte >= DIGITS[0] && byte <= DIGITS[1]) || (byte === PLUS && count === 0)) dialled[count++] = byte;
    else if (betweenDigits[byte] === 0) return NO;
  }
  return count;
}

/** How many signs stand before the national number: `+84`, `0084`, `84` before nine digits, `0`, or none. */
function prefixOf(count: number): number {
  const isCountry = (at: number) => digitAt(at) === 8 && digitAt(at + 1) === 4;
  if (dialled[0] === PLUS) return isCountry(1) ? COUNTRY.length : NO;
  if (digitAt(0) === 0 && digitAt(1) === 0 && isCountry(2)) return 4;
  if (isCountry(0) && count === MOBILE_DIGITS + 2) return 2;
  return digitAt(0) === 0 ? 1 : 0;
}

function isNational(first: number, count: number): boolean {
  if (count === LANDLINE_DIGITS) return first === 2;
  return count === MOBILE_DIGITS && (first === 3 || first === 5 || first >= 7);
}

/** Appends a phone number in E.164; answers its length. */
export function putPhone(sink: FieldSink, row: CsvRow, position: number): number {
  const start = row.starts[position] ?? 0;
  const end = row.ends[position] ?? 0;
  if (end === start) return 0;
  const count = dial(row.bytes, start, end);
  const from = prefixOf(count);
  if (count === NO || from === NO || !isNational(digitAt(from), count - from)) return NO;
  putBytes(sink, COUNTRY);
  for (let at = from; at < count; at++) sink.bytes[sink.length++] = dialled[at] ?? 0;
  return COUNTRY.length + count - from;
}

const LONGEST_EMAIL = 254;
const inMailbox = codes(DIGITS, CAPITALS, SMALL, ...signs("_.!#$%&'*+/=?^`{|}~-"));
const inLabel = codes(DIGITS, CAPITALS, SMALL, ...signs('-'));

/** Whether labels parted by single dots lie there, two of them at least. */
function isDomain(bytes: Buffer, start: number, end: number): boolean {
  let dots = 0;
  let label = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) {
      if (at === label) return false;
      dots++;
      label = at + 1;
    } else if (inLabel[byte] === 0) return false;
  }
  return dots > 0 && label < end;
}

/** Appends an e-mail address in small letters; answers its length. */
export function putEmail(sink: FieldSink, row: CsvRow, position: number): number {
  const { bytes } = row;
  const start = row.starts[position] ?? 0;
  const end = row.ends[position] ?? 0;
  if (end === start) return 0;
  if (end - start > LONGEST_EMAIL) return NO;
  let at = start;
  while (at < end && inMailbox[bytes[at] ?? 0] === 1) at++;
  if (at === start || bytes[at] !== AT_SIGN || !isDomain(bytes, at + 1, end)) return NO;
  const to = sink.bytes;
  for (let from = start; from < end; from++) {
    const byte = bytes[from] ?? 0;
    to[sink.length++] = byte >= CAPITALS[0] && byte <= CAPITALS[1] ? byte + TO_LOWER : byte;
  }
  return end - start;
}
