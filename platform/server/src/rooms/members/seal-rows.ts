import { hash } from 'node:crypto';
import type { MemberId } from '@chung/contracts';
import { createIdMaker } from '../../kernel/ids.ts';
import type { Vault } from '../../kernel/vault.ts';
import { contactContext } from './member.ts';
import { createSink, type FieldSink, putBytes, putInt32 } from './register/copy-fields.ts';
import { CHECKED_COLUMNS, FIELDS_AT, SECRET_AT, SECRET_BYTES, type StagedRow, stagedRows } from './register/staged-rows.ts';

/** The columns of the staging table in the order of the fields that are written here. */
export const STAGED_COLUMNS = ['line', ...CHECKED_COLUMNS, 'row_hash', 'id', 'contact_sealed', 'phone_hash'] as const;

/** 128 bits: two versions of one row will not meet. */
const ROW_HASH_BYTES = 16;
const ID_BYTES = 16;
const DASH = 0x2d;
const NULL_LENGTH = -1;
const INT_BYTES = 4;
/** What is written of a row beside its own bytes: counts, lengths, line, hashes, id, and what sealing adds. */
const ROOM_A_ROW = 256;

/** Makes the COPY of checked rows whole: hash by which an unchanged row is known, id, sealed contact and phone look-up hash. */
export function createRowSealer(vault: Vault): (staged: Uint8Array, rows: number) => Buffer {
  // A plain hash of a row could be tested against guesses; a secret in front of it cannot. It is made by the vault once a file,
  // because a keyed hash a row costs seven times a plain one.
  const secret = vault.lookUp('members.row-hash');
  if (secret.length !== SECRET_BYTES) throw new Error('the secret of row hashes has another length');
  const newMemberId = createIdMaker<MemberId>();

  const putRow = (sink: FieldSink, piece: Buffer, row: StagedRow) => {
    putInt16(sink, STAGED_COLUMNS.length);
    putInt32(sink, INT_BYTES);
    putInt32(sink, row.line);
    piece.copy(sink.bytes, sink.length, row.start + FIELDS_AT, row.contactStart);
    sink.length += row.contactStart - row.start - FIELDS_AT;
    // The secret goes into the gap before fields and contact: what is hashed then lies in one piece.
    piece.set(secret, row.start + SECRET_AT);
    putInt32(sink, ROW_HASH_BYTES);
    sink.length += sink.bytes.write(hash('sha256', piece.subarray(row.start + SECRET_AT, row.end)), sink.length, ROW_HASH_BYTES, 'hex');
    putInt32(sink, ID_BYTES);
    putUuid(sink, newMemberId());
    putOptional(sink, row.contact === '' ? null : vault.seal(row.contact, contactContext(row.memberCode)));
    putOptional(sink, row.phone === '' ? null : vault.lookUp(row.phone));
  };
  return (staged, rows) => {
    const piece = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
    const sink = createSink(staged.byteLength * 2 + rows * ROOM_A_ROW);
    for (const row of stagedRows(piece)) putRow(sink, piece, row);
    return sink.bytes.subarray(0, sink.length);
  };
}

function putInt16(sink: FieldSink, value: number): void {
  sink.bytes[sink.length++] = value >>> 8;
  sink.bytes[sink.length++] = value;
}

function putOptional(sink: FieldSink, value: Buffer | null): void {
  putInt32(sink, value?.length ?? NULL_LENGTH);
  if (value) putBytes(sink, value);
}

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
