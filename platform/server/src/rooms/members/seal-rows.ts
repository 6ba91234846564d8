import type { Vault } from '../../kernel/vault.ts';
import { contactContext } from './member.ts';
import { createSink, type FieldSink, putBytes, putInt32 } from './register/copy-fields.ts';
import { stagedRows } from './register/staged-rows.ts';

const NULL_LENGTH = -1;
/** What sealing adds to a row, and its look-up hash. */
const ROOM_A_ROW = 128;

function putOptional(sink: FieldSink, value: Buffer | null): void {
  putInt32(sink, value?.length ?? NULL_LENGTH);
  if (value) putBytes(sink, value);
}

/** Makes checked rows whole for COPY with what only the vault can make: the sealed contact and the phone's look-up hash. */
export function sealRows(vault: Vault, staged: Uint8Array, rows: number): Buffer {
  const piece = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
  const sink = createSink(piece.length + rows * ROOM_A_ROW);
  for (const { fieldsStart, fieldsEnd, memberCode, contact, phone } of stagedRows(piece)) {
    sink.length += piece.copy(sink.bytes, sink.length, fieldsStart, fieldsEnd);
    putOptional(sink, contact === '' ? null : vault.seal(contact, contactContext(memberCode)));
    putOptional(sink, phone === '' ? null : vault.lookUp(phone));
  }
  return sink.bytes.subarray(0, sink.length);
}
