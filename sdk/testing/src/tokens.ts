import type { MemberScope, PartnerScope, Scope } from '@chung/contracts';
import type { FakeMember } from './fixtures.ts';
import type { Caller } from './plays.ts';
import { refusal } from './refusal.ts';
import type { Store } from './store.ts';

const LIFE_SECONDS = 600;
const CLIENT_ID = 'sao-bac-app';

interface TokenLife {
  /** By the platform's clock; ten minutes unless told. */
  readonly lifeSeconds?: number;
}

export interface Tokens {
  /** An access token of a mini-app for this member, who has granted these scopes. */
  memberToken(member: FakeMember, scopes: readonly MemberScope[], life?: TokenLife): string;
  /** An access token of the partner's backend. */
  partnerToken(scopes: readonly PartnerScope[], life?: TokenLife): string;
  /** What a member has granted to the partner's app, now. */
  granted(member: FakeMember): ReadonlySet<Scope>;
  /** The member grants a scope, with its event. */
  grant(member: FakeMember, scope: MemberScope): void;
  /** The member takes a scope back: tokens lose it at once, also those already issued, and the event tells which. */
  withdraw(member: FakeMember, scope: MemberScope): void;
}

type Issued = { readonly endsAt: Date; readonly scopes: readonly Scope[]; readonly member: FakeMember | null };

/** Access tokens and grants. `callerOf` is for `fetch`: it reads an `Authorization` header. */
export function createTokens(store: Store): Tokens & { callerOf(header: string | null): Caller } {
  const issued = new Map<string, Issued>();
  const grants = new Map<string, Set<Scope>>();
  const grantsOf = (member: FakeMember): Set<Scope> => {
    const set = grants.get(member.id) ?? new Set();
    grants.set(member.id, set);
    return set;
  };
  const issue = (member: FakeMember | null, scopes: readonly Scope[], { lifeSeconds = LIFE_SECONDS }: TokenLife): string => {
    const token = `fake-token-${issued.size + 1}`;
    issued.set(token, { endsAt: new Date(store.clock.now().getTime() + lifeSeconds * 1000), scopes, member });
    return token;
  };
  return {
    memberToken: (member, scopes, life = {}) => {
      for (const scope of scopes) grantsOf(member).add(scope);
      return issue(member, scopes, life);
    },
    partnerToken: (scopes, life = {}) => issue(null, scopes, life),
    granted: (member) => new Set(grantsOf(member)),
    grant: (member, scope) => {
      if (grantsOf(member).has(scope)) return;
      grantsOf(member).add(scope);
      store.emit('consent.granted.v1', { memberRef: member.ref, clientId: CLIENT_ID, scopes: [scope] });
    },
    withdraw: (member, scope) => {
      if (grantsOf(member).delete(scope)) store.emit('consent.withdrawn.v1', { memberRef: member.ref, clientId: CLIENT_ID, scope });
    },
    callerOf: (header) => {
      if (header === null) return { actor: 'public', scopes: new Set() };
      const token = issued.get(header.replace(/^Bearer /, ''));
      if (!token || token.endsAt <= store.clock.now()) throw refusal('invalid_token');
      const { member, scopes } = token;
      if (!member) return { actor: 'partner', scopes: new Set(scopes) };
      return { actor: 'member', member, scopes: new Set(scopes.filter((scope) => grantsOf(member).has(scope))) };
    },
  };
}
