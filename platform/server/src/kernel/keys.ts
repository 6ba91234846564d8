import { hkdfSync } from 'node:crypto';
import type { JWK } from 'jose';

/** Every key the server works with; made by `main.ts` from the operator's secret and signing keys. */
export interface Keys {
  readonly cursor: string;
  readonly pairwise: string;
  readonly cookie: string;
  readonly vault: Buffer;
  /** Password of the database role that the server connects as. */
  readonly databaseRole: string;
  /** Private ES256 keys of the authorization server; the first one signs. */
  readonly tokenSigning: readonly JWK[];
  /** Private Ed25519 keys for receipts; the first one signs, the others still verify. */
  readonly receiptSigning: readonly JWK[];
}

const KEY_BYTES = 32;

/** One secret for the operator to keep; HKDF makes independent keys of it, so that one leaking tells nothing of the others. */
export function deriveKeys(secret: string, signing: { token: readonly JWK[]; receipt: readonly JWK[] }): Keys {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'chung', purpose, KEY_BYTES));
  return {
    cursor: derive('cursor').toString('base64url'),
    pairwise: derive('pairwise').toString('base64url'),
    cookie: derive('cookie').toString('base64url'),
    vault: derive('vault'),
    databaseRole: derive('database-role').toString('base64url'),
    tokenSigning: signing.token,
    receiptSigning: signing.receipt,
  };
}
