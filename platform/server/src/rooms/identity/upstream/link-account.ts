import type { AccountId, MemberId } from '@chung/contracts';
import type { Db, Tx } from '../../../kernel/db.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Account } from '../account.ts';
import { createAccount } from '../create-account.ts';
import { findAccount } from '../store.ts';
import { findLink, insertLink } from './link-store.ts';

/** What the operator's identity provider says of a person; `claims` are verified. */
export interface UpstreamPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface LinkDeps {
  readonly db: Db;
  /** Who of the register this is; null for nobody. Never by name, phone or e-mail: those are not theirs alone. */
  readonly memberOf: (claims: UpstreamPerson['claims']) => Promise<RegisteredMember | null>;
}

interface RegisteredMember {
  readonly id: MemberId;
  readonly fullName: string;
}

/**
 * The account of a person who signed in upstream: by the link of an earlier time, else by the member that the provider names. The link is
 * kept, so a later change of the claim does not move somebody into another's account.
 */
export async function linkAccount(deps: LinkDeps, person: UpstreamPerson): Promise<Account | null> {
  const linked = await findLinked(deps.db, person);
  if (linked) return openOnly(linked);
  const member = await deps.memberOf(person.claims);
  if (!member) return null;
  return linkMember(deps.db, { person, member }).catch((error: unknown) => {
    // Two first sign-ins at once: the other one made the account, so now it is there to be found.
    if (error instanceof DomainError && error.code === 'conflict') return linkMember(deps.db, { person, member });
    throw error;
  });
}

function linkMember(db: Db, { person, member }: { person: UpstreamPerson; member: RegisteredMember }): Promise<Account | null> {
  return db.tx(async (tx) => {
    const account = (await findAccount(tx, { memberId: member.id })) ?? (await makeAccount(tx, member));
    if (account.state !== 'open') return null;
    await insertLink(tx, { ...person, accountId: account.id });
    // Of two links at once the one that was written first holds.
    const winner = await findLinked(tx, person);
    return winner && openOnly(winner);
  });
}

async function makeAccount(tx: Tx, member: RegisteredMember): Promise<Account> {
  const username = `sso-${newId<AccountId>()}`;
  const id = await createAccount(tx, { kind: 'member', username, displayName: member.fullName, memberId: member.id });
  const account = await findAccount(tx, { id });
  if (!account) throw new Error('an account that was just made is not there');
  return account;
}

async function findLinked(tx: Tx, person: UpstreamPerson): Promise<Account | null> {
  const accountId = await findLink(tx, person);
  return accountId && findAccount(tx, { id: accountId });
}

const openOnly = (account: Account): Account | null => (account.state === 'open' ? account : null);
