import type { OfferId, PartnerId } from '@chung/contracts';
import type { Vault } from '../../kernel/vault.ts';
import { hashCode, hintOf, sealCode } from './code.ts';

export const HASH_BYTES = 32;
/** Codes sealed before others get their turn in this process: some milliseconds of work. */
const SLICE = 250;

/** A batch as the database takes it: hashes and seals one after the other in one value each. */
export interface SealedBatch {
  readonly hashes: Buffer;
  readonly sealed: Buffer;
  /** Where each seal ends. */
  readonly ends: readonly number[];
  readonly hints: readonly string[];
  /** Line of each code in its file, from 1; its number in the batch when it was made here. */
  readonly lines: readonly number[];
}

export interface PlainBatch {
  readonly codes: readonly string[];
  readonly lines: readonly number[];
}

/** Hashes and seals a batch, and lets requests through in between: a claim must not wait for ten thousand seals. */
export async function sealBatch(
  vault: Vault,
  of: { readonly partnerId: PartnerId; readonly offerId: OfferId },
  { codes, lines }: PlainBatch,
): Promise<SealedBatch> {
  const hashes = Buffer.allocUnsafe(codes.length * HASH_BYTES);
  const seals: Buffer[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const [index, code] of codes.entries()) {
    if (index > 0 && index % SLICE === 0) await othersTurn();
    const hash = hashCode(vault, of.partnerId, code);
    hash.copy(hashes, index * HASH_BYTES);
    const sealed = sealCode(vault, { offerId: of.offerId, hash, code });
    seals.push(sealed);
    end += sealed.length;
    ends.push(end);
  }
  return { hashes, sealed: Buffer.concat(seals, end), ends, hints: codes.map(hintOf), lines };
}

const othersTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
