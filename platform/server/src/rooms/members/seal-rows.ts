import { hash } from 'node:crypto';
import type { Vault } from '../../kernel/vault.ts';
import { contactContext } from './member.ts';
import { createSink, type FieldSink, putBytes, putInt32 } from './register/copy-fields.ts';
import { FIELDS_AT, OPENING_AT, SECRET_AT, SECRET_BYTES, type StagedRow, stagedRows } from './register/staged-rows.ts';

/** 128 bits: two versions of one row will not meet. */
const ROW_HASH_BYTES = 16;
const NULL_LENGTH = -1;
/** What is written of a row beside its own bytes: hashes, and what sealing adds. */
const ROOM_A_ROW = 256;

/** Makes the COPY of checked rows whole: the hash by which an unchanged row is known, sealed contact and phone look-up hash. */
export function createRowSealer(vault: Vault): (staged: Uint8Array, rows: number) => Buffer {
  // A plain hash of a row could be tested against guesses; a secret in front of it cannot. It is made by the vault once a file,
  // because a keyed hash a row costs seven times a plain one.
  const secret = vault.lookUp('members.row-hash');
  if (secret.length !== SECRET_BYTES) throw new Error('the secret of row hashes has another length');

  const putRow = (sink: FieldSink, piece: Buffer, row: StagedRow) => {
    const { start, contactStart, end } = row;
    sink.length += piece.copy(sink.bytes, sink.length, start + OPENING_AT, start + SECRET_AT);
    sink.length += piece.copy(sink.bytes, sink.length, start + FIELDS_AT, contactStart);
    // The secret goes into the gap before fields and contact: what is hashed then lies in one piece.
    piece.set(secret, start + SECRET_AT);
    putInt32(sink, ROW_HASH_BYTES);
    sink.length += sink.bytes.write(hash('sha256', piece.subarray(start + SECRET_AT, end)), sink.length, ROW_HASH_BYTES, 'hex');
    putOptional(sink, row.contact === '' ? null : vault.seal(row.contact, contactContext(row.memberCode)));
    putOptional(sink, row.phone === '' ? null : vault.lookUp(row.phone));
  };
  return (staged, rows) => {
    const piece = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
    const sink = createSink(2 * piece.length + rows * ROOM_A_ROW);
    for (const row of stagedRows(piece)) putRow(sink, piece, row);
    return sink.bytes.subarray(0, sink.length);
  };
}

function putOptional(sink: FieldSink, value: Buffer | null): void {
  putInt32(sink, value?.length ?? NULL_LENGTH);
  if (value) putBytes(sink, value);
}
