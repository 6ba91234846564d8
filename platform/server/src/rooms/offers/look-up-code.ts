import type { OfferId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { PartnerPrincipal } from '../../kernel/principal.ts';
import type { Vault } from '../../kernel/vault.ts';
import { hashCode, normaliseCode } from './code.ts';
import { lookUpGuarded } from './code-store.ts';

/** A code's place: positions of a pool are given out in order, each once, for ever. */
export interface CodePlace {
  readonly offerId: OfferId;
  readonly position: bigint;
}

/**
 * Wrong codes in a window until the caller is locked out; a second lock takes twice as long, and so on up to 64 times. A person
 * mistypes a few; an app stands for a whole chain of counters. Either is far from what guessing at 60 bits takes.
 */
export const GUESSES = {
  account: { tries: 10, window: '10 minutes', lock: '15 minutes' },
  app: { tries: 100, window: '10 minutes', lock: '5 minutes' },
} as const;

export type OnCodesLocked = (caller: PartnerPrincipal) => Promise<void>;

/**
 * Where a code that a partner was shown stands in its own pools. Unknown, not given out, another partner's or no code at all:
 * the answer is the same empty list after the same work, and each counts as a wrong one.
 */
export async function lookUpCode(
  { db, vault, onCodesLocked }: { db: Db; vault: Vault; onCodesLocked?: OnCodesLocked | undefined },
  caller: PartnerPrincipal,
  presented: string,
): Promise<readonly CodePlace[]> {
  const kind = caller.accountId === null ? 'app' : 'account';
  // What is no code is hashed all the same: how long it takes must not tell how a code looks.
  const hash = hashCode(vault, caller.partnerId, normaliseCode(presented) ?? `\0${presented}`);
  const found = await lookUpGuarded(db, {
    partnerId: caller.partnerId,
    caller: `${kind}:${caller.accountId ?? caller.clientId}`,
    hash,
    ...GUESSES[kind],
  });
  if (found.waitSeconds > 0) throw new DomainError('account_locked', { retryAfterSeconds: found.waitSeconds });
  if (found.isJustLocked) await onCodesLocked?.(caller);
  return found.places;
}
