import type { AccountId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { NewAccount } from './account.ts';
import { hashPassword } from './passwords.ts';
import { insertAccount } from './store.ts';

/** Names are compared as typed on any keyboard: no case, no spaces around, one Unicode form. */
export const normalUsername = (username: string): string => username.normalize('NFKC').trim().toLowerCase();

/** Makes an account; throws `username_taken`. */
export async function createAccount(tx: Tx, account: NewAccount): Promise<AccountId> {
  const id = newId<AccountId>();
  await insertAccount(tx, {
    id,
    kind: account.kind,
    username: normalUsername(account.username),
    displayName: account.displayName,
    passwordHash: account.password === undefined ? null : await hashPassword(account.password),
    memberId: account.kind === 'member' ? account.memberId : null,
    partnerId: account.kind === 'partner' ? account.partnerId : null,
  });
  return id;
}
