import type { OfferId, PartnerId } from '@chung/contracts';
import type { Vault } from '../../kernel/vault.ts';

export const CODE_LENGTH_MAX = 64;
const CODE = /^[A-Z0-9-]{4,64}$/;
const HINT_LENGTH = 4;

/** How people type codes must not matter: spaces around and lower case are put right. Null when it cannot be a code. */
export function normaliseCode(text: string): string | null {
  const code = text.trim().toUpperCase();
  return CODE.test(code) ? code : null;
}

/** The last characters, enough to tell two codes apart at a counter and far too few to use; short codes show fewer. */
export function hintOf(code: string): string {
  return `…${code.slice(-Math.min(HINT_LENGTH, Math.floor(code.length / 2)))}`;
}

// The hash is bound to the partner, so that the same code at two partners does not look the same in the table.
export const hashCode = (vault: Vault, partnerId: PartnerId, code: string): Buffer => vault.lookUp(`code\0${partnerId}\0${code}`);

// The seal is bound to the row's offer and hash: a sealed code copied to another row does not open.
const sealContext = (offerId: OfferId, hash: Uint8Array) => `code:${offerId}:${Buffer.from(hash).toString('hex')}`;

export const sealCode = (vault: Vault, row: { offerId: OfferId; hash: Uint8Array; code: string }): Buffer =>
  vault.seal(row.code, sealContext(row.offerId, row.hash));

export const openCode = (vault: Vault, row: { offerId: OfferId; hash: Uint8Array; sealed: Uint8Array }): string =>
  vault.open(row.sealed, sealContext(row.offerId, row.hash));
