import { type MemberScope, type Partner, type PartnerId, type PartnerScope, type Scope, scopesOf } from '@chung/contracts';
import { FAKE_PARTNER, type FakeMember } from './fixtures.ts';
import type { Caller, MemberCaller } from './plays.ts';
import { refusal } from './refusal.ts';
import { appOf, type Consents, type FakeApp, type FakeGrant } from './state/consents.ts';
import type { Store } from './state/state.ts';

const LIFE_SECONDS = 600;

interface TokenLife {
  /** By the platform's clock; ten minutes unless told. */
  readonly lifeSeconds?: number;
}

interface TokenSettings extends TokenLife {
  /** Whose app or backend it is; Sao Bắc's unless told. */
  readonly partner?: Partner;
}

export interface Tokens {
  /** An access token of a partner's app for this member, who has granted these scopes before. */
  memberToken(member: FakeMember, scopes: readonly MemberScope[], settings?: TokenSettings): string;
  /** A token as the platform's own member app has: for every partner's offers, and for what members do with their grants. */
  memberAppToken(member: FakeMember, life?: TokenLife): string;
  /** An access token of a partner's backend. */
  partnerToken(scopes: readonly PartnerScope[], settings?: TokenSettings): string;
  /** What a member has granted to Sao Bắc's app, now. */
  granted(member: FakeMember): ReadonlySet<Scope>;
  /** The member grants a scope, with its event. */
  grant(member: FakeMember, scope: MemberScope): void;
  /** The member takes a scope back: tokens lose it at once, also those already issued, and the event tells which. */
  withdraw(member: FakeMember, scope: MemberScope): void;
}

type Holder =
  | { readonly kind: 'app'; readonly grant: FakeGrant }
  | { readonly kind: 'member-app'; readonly member: FakeMember }
  | { readonly kind: 'backend'; readonly partnerId: PartnerId };

interface Issued {
  readonly endsAt: Date;
  readonly scopes: readonly Scope[];
  readonly holder: Holder;
}

/** Access tokens and grants. `callerOf` is for `fetch`: it reads an `Authorization` header. */
export function createTokens(store: Store, consents: Consents): Tokens & { callerOf(header: string | null): Caller } {
  const issued = new Map<string, Issued>();
  const ownApp = appOfPartner(FAKE_PARTNER);
  const issue = (holder: Holder, scopes: readonly Scope[], { lifeSeconds = LIFE_SECONDS }: TokenLife): string => {
    const token = `fake-token-${issued.size + 1}`;
    issued.set(token, { endsAt: new Date(store.now().getTime() + lifeSeconds * 1000), scopes, holder });
    return token;
  };
  return {
    memberToken: (member, scopes, { partner = FAKE_PARTNER, ...life } = {}) => {
      const grant = consents.give(member, appOfPartner(partner), { scopes, event: 'untold' });
      grant.lastUsedAt = store.now().toISOString();
      return issue({ kind: 'app', grant }, scopes, life);
    },
    memberAppToken: (member, life = {}) => issue({ kind: 'member-app', member }, scopesOf('member'), life),
    partnerToken: (scopes, { partner = FAKE_PARTNER, ...life } = {}) =>
      issue({ kind: 'backend', partnerId: appOfPartner(partner).partnerId }, scopes, life),
    granted: (member) => new Set(consents.grantOf(member, ownApp)?.scopes.keys()),
    grant: (member, scope) => void consents.give(member, ownApp, { scopes: [scope], event: 'told' }),
    withdraw: (member, scope) => {
      const grant = consents.grantOf(member, ownApp);
      if (grant?.scopes.has(scope)) consents.withdraw(grant, scope);
    },
    callerOf: (header) => {
      if (header === null) return { actor: 'public', scopes: new Set() };
      const token = issued.get(header.replace(/^(Bearer|DPoP) +/i, ''));
      if (!token || token.endsAt <= store.now()) throw refusal('invalid_token');
      return callerFrom(token, consents);
    },
  };
}

function callerFrom({ holder, scopes }: Issued, consents: Consents): Caller {
  switch (holder.kind) {
    case 'backend':
      return { actor: 'partner', partnerId: holder.partnerId, scopes: new Set(scopes) };
    case 'member-app':
      return { actor: 'member', member: holder.member, partnerId: null, scopes: new Set(scopes) };
    case 'app':
      return memberThrough(holder.grant, scopes, consents);
  }
}

/** What was issued, as far as it is still granted; a grant that has ended takes its tokens with it. */
function memberThrough(grant: FakeGrant, scopes: readonly Scope[], consents: Consents): MemberCaller {
  if (!consents.isOpen(grant)) throw refusal('invalid_token');
  const left = new Set(scopes.filter((scope) => grant.scopes.has(scope)));
  return { actor: 'member', member: grant.member, partnerId: grant.app.partnerId, scopes: left };
}

function appOfPartner({ id, name }: Partner): FakeApp {
  const app = appOf(id);
  if (!app) throw new TypeError(`${name} has no app, so it has no tokens either.`);
  return app;
}
