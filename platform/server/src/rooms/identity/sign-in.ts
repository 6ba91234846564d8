import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Db } from '../../kernel/db.ts';
import type { Account } from './account.ts';
import { normalUsername } from './create-account.ts';
import { passwordMatches } from './passwords.ts';
import { returnAttempt, takeAttempt } from './sign-in-store.ts';
import { findAccount } from './store.ts';

export type SignIn =
  | { readonly outcome: 'signed-in'; readonly account: Account }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number };

/** One account is tried rarely by its owner; one address may be a whole office behind a gateway. */
const LIMITS = { account: 8, address: 300 } as const;
/** Attempts are counted while they run, so a family at one address or a test with many browsers may be over the limit for a moment. */
const PATIENCE = { tries: 4, milliseconds: 250 } as const;

export interface SignInDeps {
  readonly db: Db;
  readonly secret: string;
  /** Writes down that somebody with power over others' data or money signed in, before they are let in. */
  onStaffSignIn(account: Account): Promise<void>;
}

export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/**
 * Checks a password under two limits, per account name and per address. Unknown names are counted and answered like known
 * ones, and the counters fail closed: without the database nobody signs in.
 */
export async function signIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignIn> {
  const { db, secret } = deps;
  const username = normalUsername(attempt.username);
  const key = (kind: keyof typeof LIMITS, value: string) =>
    `${kind}:${createHmac('sha256', secret).update(`sign-in\0${kind}\0${value}`).digest('base64url')}`;
  const keys = { account: key('account', username), address: key('address', attempt.address) };

  const waitSeconds = await enter(db, keys);
  if (waitSeconds > 0) return { outcome: 'locked', retryAfterSeconds: waitSeconds };

  // PostgreSQL keeps no NUL, so nobody is called that; asked all the same it would answer with an error instead of a no.
  const account = username.includes('\0') ? null : await findAccount(db, { username });
  const matches = await passwordMatches(account?.passwordHash ?? null, attempt.password);
  if (!account || !matches || account.state !== 'open') return { outcome: 'refused' };
  if (account.kind !== 'member') await deps.onStaffSignIn(account);
  await returnAttempt(db, keys);
  return { outcome: 'signed-in', account };
}

/** Zero to go on, else the seconds to wait. Who is really locked out only waits a second more for the answer. */
async function enter(db: Db, keys: { account: string; address: string }): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const seconds = Math.max(await takeAttempt(db, keys.address, LIMITS.address), await takeAttempt(db, keys.account, LIMITS.account));
    if (seconds === 0 || attempt === PATIENCE.tries) return seconds;
    await setTimeout(PATIENCE.milliseconds);
  }
}
