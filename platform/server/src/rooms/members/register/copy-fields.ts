// Fields of PostgreSQL's binary COPY: each is its length, then its value (https://www.postgresql.org/docs/18/sql-copy.html). The
// database takes them in half of the time of text, and neither side writes digits that the other has to read.

/** Bytes that grow; who appends must have reserved the room. */
export interface FieldSink {
  bytes: Buffer<ArrayBuffer>;
  length: number;
}

/** What a COPY begins and ends with. */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const MS_A_DAY = 86_400_000;
/** PostgreSQL counts days from here. */
const FIRST_DAY = Date.UTC(2000, 0, 1) / MS_A_DAY;

export function createSink(size: number): FieldSink {
  // Of its own memory, never of Node's pool: it is handed over to another thread whole.
  return { bytes: Buffer.allocUnsafeSlow(size), length: 0 };
}

/** Makes room for so many bytes more. */
export function reserve(sink: FieldSink, more: number): void {
  if (sink.bytes.length - sink.length >= more) return;
  const { bytes } = createSink(Math.max(2 * sink.bytes.length, sink.length + more));
  sink.bytes.copy(bytes, 0, 0, sink.length);
  sink.bytes = bytes;
}

/** Four bytes, most significant first. By hand: the method of Buffer checks what is known here, and costs more than the writing. */
export function putInt32(sink: FieldSink, value: number): void {
  const { bytes, length: at } = sink;
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  sink.length = at + LENGTH_BYTES;
}

/** Bytes as they are. Rows are short: a loop is done before a call of the copying function would have begun. */
export function putBytes(sink: FieldSink, from: Uint8Array): void {
  const { bytes } = sink;
  let to = sink.length;
  for (let at = 0; at < from.length; at++) bytes[to++] = from[at] ?? 0;
  sink.length = to;
}

const NULL_FIELD = Buffer.alloc(LENGTH_BYTES);
NULL_FIELD.writeInt32BE(NULL_LENGTH);

function fieldOf(value: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(value.length);
  return Buffer.concat([length, value]);
}

export const textField = (text: string | null) => (text === null ? NULL_FIELD : fieldOf(Buffer.from(text)));
export const booleanField = (value: boolean) => fieldOf(Buffer.from([value ? 1 : 0]));

/** A day written `YYYY-MM-DD`. */
export function dateField(day: string | null): Buffer {
  if (day === null) return NULL_FIELD;
  const value = Buffer.alloc(4);
  value.writeInt32BE(Date.parse(day) / MS_A_DAY - FIRST_DAY);
  return fieldOf(value);
}

export function smallintField(number: number): Buffer {
  const value = Buffer.alloc(2);
  value.writeInt16BE(number);
  return fieldOf(value);
}
