// How checked rows go from the thread that checks to the one that seals: one after another in one piece of memory that changes hands.
// A row of a hundred bytes as an object with strings took longer to send than to check.
//
//   line (4) · length of fields (4) · of phone (1) · of e-mail (1) · gap for the secret of the row's hash (32) · fields · contact
//
// The fields are those of the staging table from member code to joining day, as COPY takes them. The contact is `phone LF e-mail`, empty
// when both are. Hash, id, sealed contact and phone hash are added where the secret is known.
import {
  booleanField,
  createSink,
  dateField,
  type FieldSink,
  putBytes,
  putInt32,
  reserve,
  smallintField,
  textField,
} from './copy-fields.ts';
import type { MemberRow } from './member-row.ts';

/** The columns whose fields are in a row, in their order. */
export const CHECKED_COLUMNS = [
  'member_code',
  'full_name',
  'birth_date',
  'birth_year',
  'gender',
  'unit_code',
  'province_code',
  'role',
  'verified',
  'joined_on',
] as const;

export const SECRET_BYTES = 32;
const LENGTH_BYTES = 4;
const LENGTH_AT = 4;
const PHONE_AT = 8;
const EMAIL_AT = 9;
export const SECRET_AT = 10;
export const FIELDS_AT = SECRET_AT + SECRET_BYTES;
const LINE_FEED = 0x0a;
/** Longer than a row of right values without its texts. */
const ROOM_A_ROW = 1024;
const FIRST_SINK_BYTES = 32 * 1024;

/** The fields that a right row becomes, by the register's columns. */
export function fieldsOf(row: MemberRow) {
  const { date, year } = row.birth_date;
  return {
    member_code: textField(row.member_code),
    full_name: textField(row.full_name),
    birth_date: Buffer.concat([dateField(date), smallintField(year)]),
    gender: textField(row.gender),
    unit_code: textField(row.unit_code),
    province_code: textField(row.province_code),
    role: textField(row.role),
    verified: booleanField(row.verified),
    joined_on: dateField(row.joined_on),
  };
}

/** The rows that are ready, and one that is being written. */
export function createStagedRows() {
  let sink = createSink(FIRST_SINK_BYTES);
  let start = 0;
  let count = 0;
  return {
    /** Where the fields of the row go. Makes room for it: no value is much longer than what stands in the file. */
    begin: (size: number): FieldSink => {
      reserve(sink, ROOM_A_ROW + 4 * size);
      start = sink.length;
      sink.length = start + FIELDS_AT;
      return sink;
    },
    /** Takes back what was written of a row. */
    dropRow: () => {
      sink.length = start;
    },
    /** Ends the row; its fields are followed by the contact, of which the lengths are told. */
    end: (line: number, { phone, email }: { phone: number; email: number }) => {
      const { bytes, length } = sink;
      const contact = phone + email === 0 ? 0 : phone + 1 + email;
      sink.length = start;
      putInt32(sink, line);
      putInt32(sink, length - start - FIELDS_AT - contact);
      bytes[start + PHONE_AT] = phone;
      bytes[start + EMAIL_AT] = email;
      sink.length = length;
      count++;
    },
    take: (): { rows: number; staged: Uint8Array<ArrayBuffer> } => {
      const taken = { rows: count, staged: new Uint8Array(sink.bytes.buffer as ArrayBuffer, 0, sink.length) };
      sink = createSink(sink.bytes.length);
      count = 0;
      return taken;
    },
  };
}

export type StagedRows = ReturnType<typeof createStagedRows>;

/** Writes a row that was read as texts. */
export function addRow(rows: StagedRows, { line, size, row }: { line: number; size: number; row: MemberRow }): void {
  const sink = rows.begin(size);
  for (const field of Object.values(fieldsOf(row))) putBytes(sink, field);
  const [phone, email] = [Buffer.from(row.phone ?? ''), Buffer.from(row.email ?? '')];
  putContact(sink, { phone, email });
  rows.end(line, { phone: phone.length, email: email.length });
}

function putContact(sink: FieldSink, { phone, email }: { phone: Buffer; email: Buffer }): void {
  if (phone.length + email.length === 0) return;
  putBytes(sink, phone);
  sink.bytes[sink.length++] = LINE_FEED;
  putBytes(sink, email);
}

/** A row as it was received: its texts, and where its parts lie in the piece that it came in. */
export interface StagedRow {
  readonly line: number;
  readonly memberCode: string;
  readonly phone: string;
  /** Phone and e-mail, as they are sealed; empty when there are none. */
  readonly contact: string;
  readonly start: number;
  readonly contactStart: number;
  readonly end: number;
}

/** The rows of a piece, one after another. */
export function* stagedRows(piece: Buffer): Generator<StagedRow> {
  for (let start = 0; start < piece.length; ) {
    const phoneLength = piece[start + PHONE_AT] ?? 0;
    const emailLength = piece[start + EMAIL_AT] ?? 0;
    const contactStart = start + FIELDS_AT + piece.readInt32BE(start + LENGTH_AT);
    const end = contactStart + (phoneLength + emailLength === 0 ? 0 : phoneLength + 1 + emailLength);
    const codeStart = start + FIELDS_AT + LENGTH_BYTES;
    yield {
      line: piece.readInt32BE(start),
      // Codes and contacts are ASCII: the schema lets nothing else through.
      memberCode: piece.toString('latin1', codeStart, codeStart + piece.readInt32BE(codeStart - LENGTH_BYTES)),
      phone: piece.toString('latin1', contactStart, contactStart + phoneLength),
      contact: piece.toString('latin1', contactStart, end),
      start,
      contactStart,
      end,
    };
    start = end;
  }
}
