import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from './errors.ts';

/** Signs page cursors: a caller may keep one but not make one, so a forged cursor is a clear 400 and never reaches SQL. */
export interface Cursors {
  /** Cursors of one list alone: a place in another list is as good as forged, and its columns need not even be of the same type. */
  ofList(list: string): Cursors;
  encode(position: readonly string[]): string;
  decode(cursor: string | undefined): readonly string[] | null;
}

const SIGNATURE_BYTES = 16;

export function createCursors(secret: string): Cursors {
  return cursorsOf(secret, '');
}

function cursorsOf(secret: string, list: string): Cursors {
  const sign = (payload: string) => createHmac('sha256', secret).update(`${list}\0${payload}`).digest().subarray(0, SIGNATURE_BYTES);
  return {
    ofList: (name) => cursorsOf(secret, name),
    encode: (position) => {
      const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
      return `${payload}.${sign(payload).toString('base64url')}`;
    },
    decode: (cursor) => {
      if (cursor === undefined) return null;
      const [payload, signature, ...rest] = cursor.split('.');
      const given = Buffer.from(signature ?? '', 'base64url');
      if (!payload || rest.length > 0 || given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, sign(payload)))
        throw new DomainError('invalid_cursor');
      const position: readonly string[] = JSON.parse(Buffer.from(payload, 'base64url').toString());
      return position;
    },
  };
}
