// How checked rows go from the thread that checks to the one that seals: one after another in one piece of memory that changes hands.
// A row of a hundred bytes as an object with strings took longer to send than to check.
//
//   length of fields (4) · of phone (1) · of e-mail (1) · fields · contact
//
// The fields are as COPY takes them, with their count before them. The contact is `phone LF e-mail`, empty when both are. What the vault
// makes of it follows where the vault is.
import { hash } from 'node:crypto';
import type { MemberId } from '@chung/contracts';
import { createIdMaker } from '../../../kernel/ids.ts';
import { createSink, type FieldSink, putInt32, reserve } from './copy-fields.ts';
import type { CsvRow } from './csv-rows.ts';
import { createRepeats, type Repeats } from './repeats.ts';

/** The columns of the staging table in the order of a row's fields; the last two come from the vault. */
export const STAGED_COLUMNS = [
  ...['line', 'id', 'row_hash'],
  ...['member_code', 'full_name', 'birth_date', 'birth_year', 'gender', 'unit_code', 'province_code', 'role', 'verified', 'joined_on'],
  ...['contact_sealed', 'phone_hash'],
] as const;

const LENGTH_BYTES = 4;
const LINE_BYTES = 4;
const ID_BYTES = 16;
const PHONE_AT = 4;
const EMAIL_AT = 5;
const FIELDS_AT = 6;
/** 128 bits: two versions of one row will not meet. */
const HASH_BYTES = 16;
/** Where member code and the rest of what the register says begin. */
export const CODE_AT = FIELDS_AT + 2 + (LENGTH_BYTES + LINE_BYTES) + (LENGTH_BYTES + ID_BYTES) + (LENGTH_BYTES + HASH_BYTES);
/** Longer than a row of right values without its texts. */
const ROOM_A_ROW = 1024;
const FIRST_SINK_BYTES = 32 * 1024;
const DASH = 0x2d;

const nibble = (code: number) => (code & 0xf) + (code >>> 6) * 9;

function putUuid(sink: FieldSink, id: string): void {
  const { bytes } = sink;
  let to = sink.length;
  for (let at = 0; at < id.length; at += 2) {
    if (id.charCodeAt(at) === DASH) at++;
    bytes[to++] = (nibble(id.charCodeAt(at)) << 4) | nibble(id.charCodeAt(at + 1));
  }
  sink.length = to;
}

/**
 * The rows that are ready, and one that is being written. `hashSecret` goes in front of what is hashed of a row: a plain hash could be
 * tested against guesses, and a keyed one costs seven times as much.
 */
export function createStagedRows(hashSecret: Uint8Array) {
  const newMemberId = createIdMaker<MemberId>();
  const repeats = createRepeats();
  let sink = createSink(FIRST_SINK_BYTES);
  let start = 0;
  let line = 0;
  let count = 0;

  /** Before the rest of the fields is written, the secret stands in their place: what is hashed then lies in one piece. */
  const hashRow = (end: number) => {
    const from = start + CODE_AT - hashSecret.length;
    sink.bytes.set(hashSecret, from);
    return hash('sha256', sink.bytes.subarray(from, end));
  };
  return {
    /** Where the fields go from member code on. Makes room for them: no value is much longer than what stands in the file. */
    begin: (row: Pick<CsvRow, 'line' | 'size'>): FieldSink => {
      reserve(sink, ROOM_A_ROW + 4 * row.size);
      line = row.line;
      start = sink.length;
      sink.length = start + CODE_AT;
      return sink;
    },
    /** Takes back what was written of a row. */
    dropRow: () => {
      sink.length = start;
    },
    /** Ends the row; its fields are followed by the contact, of which the lengths are told. */
    end: ({ phone, email }: { phone: number; email: number }) => {
      const { bytes, length } = sink;
      const contact = phone + email === 0 ? 0 : phone + 1 + email;
      const rowHash = hashRow(length);
      const codeAt = start + CODE_AT + LENGTH_BYTES;
      repeats.note(bytes, codeAt, codeAt + bytes.readInt32BE(start + CODE_AT));
      sink.length = start;
      putInt32(sink, length - start - FIELDS_AT - contact);
      bytes[sink.length++] = phone;
      bytes[sink.length++] = email;
      bytes[sink.length++] = 0;
      bytes[sink.length++] = STAGED_COLUMNS.length;
      putInt32(sink, LINE_BYTES);
      putInt32(sink, line);
      putInt32(sink, ID_BYTES);
      putUuid(sink, newMemberId());
      putInt32(sink, HASH_BYTES);
      bytes.write(rowHash, sink.length, HASH_BYTES, 'hex');
      sink.length = length;
      count++;
    },
    /** `repeated`: whether a member code may have come twice so far. */
    take: (): { rows: number; staged: Uint8Array<ArrayBuffer>; repeated: Repeats['verdict'] } => {
      const taken = { rows: count, staged: new Uint8Array(sink.bytes.buffer, 0, sink.length), repeated: repeats.verdict };
      sink = createSink(sink.bytes.length);
      count = 0;
      return taken;
    },
  };
}

export type StagedRows = ReturnType<typeof createStagedRows>;

/** A row as it was received: its texts, and where its parts lie in the piece that it came in. */
export interface StagedRow {
  readonly memberCode: string;
  readonly phone: string;
  /** Phone and e-mail, as they are sealed; empty when there are none. */
  readonly contact: string;
  readonly fieldsStart: number;
  readonly fieldsEnd: number;
}

/** The rows of a piece, one after another. */
export function* stagedRows(piece: Buffer): Generator<StagedRow> {
  for (let start = 0; start < piece.length; ) {
    const phoneLength = piece[start + PHONE_AT] ?? 0;
    const emailLength = piece[start + EMAIL_AT] ?? 0;
    const fieldsStart = start + FIELDS_AT;
    const fieldsEnd = fieldsStart + piece.readInt32BE(start);
    const end = fieldsEnd + (phoneLength + emailLength === 0 ? 0 : phoneLength + 1 + emailLength);
    const codeStart = start + CODE_AT + LENGTH_BYTES;
    yield {
      // Codes and contacts are ASCII: the schema lets nothing else through.
      memberCode: piece.toString('latin1', codeStart, codeStart + piece.readInt32BE(start + CODE_AT)),
      phone: piece.toString('latin1', fieldsEnd, fieldsEnd + phoneLength),
      contact: piece.toString('latin1', fieldsEnd, end),
      fieldsStart,
      fieldsEnd,
    };
    start = end;
  }
}
