import { isScope, type MemberGrant, SCOPES } from '@chung/contracts';
import { refOf } from '../fixtures.ts';
import { pageOf } from '../paging.ts';
import { type IdsOf, memberOf, type Plays } from '../plays.ts';
import { PROVINCES } from '../provinces.ts';
import { refusal } from '../refusal.ts';
import type { Consents, FakeGrant } from '../state/consents.ts';
import type { Store } from '../state/state.ts';

/** The member, what they have allowed and to whom. */
export function mePlays(store: Store, consents: Consents): Plays<IdsOf<'me.'> | 'provinces.list'> {
  return {
    'me.get': ({ caller }) => {
      const { member, partnerId, scopes } = memberOf(caller);
      const { profile, membership, age, contact } = member;
      return {
        id: refOf(member, partnerId),
        ...(scopes.has('member.profile:read') && { profile }),
        ...(scopes.has('member.membership:read') && { membership }),
        ...(scopes.has('member.age:read') && { age }),
        ...(scopes.has('member.contact:read') && { contact }),
      };
    },
    'me.grants.list': ({ query, caller }) => {
      const grants = consents.grantsOf(memberOf(caller).member);
      const { items, nextCursor } = pageOf(grants, 'falling', { list: 'grants', query, position: ({ id }) => id });
      return { items: items.map((grant) => grantView(store, grant)), nextCursor };
    },
    'me.grants.scopes.withdraw': ({ params, caller, language }) => {
      const { scope } = params;
      const grant = consents.grantsOf(memberOf(caller).member).find(({ id }) => id === params.grantId);
      if (!grant || !isScope(scope) || (scope !== 'openid' && !grant.scopes.has(scope))) throw refusal('not_found');
      consents.withdraw(grant, scope, language);
      return undefined;
    },
    'me.consents.list': ({ query, caller }) =>
      pageOf(consents.receiptsOf(memberOf(caller).member), 'falling', { list: 'consents', query, position: ({ id }) => id }),
    'provinces.list': () => ({ items: [...PROVINCES] }),
  };
}

function grantView(store: Store, { id, app, scopes, lastUsedAt }: FakeGrant): MemberGrant {
  return {
    id,
    app: { clientId: app.clientId, name: app.name, partner: store.partners.get(app.partnerId)?.name ?? null },
    scopes: [...scopes].map(([scope, grantedAt]) => {
      const { title } = SCOPES[scope];
      return { scope, title, purpose: title, grantedAt, withdrawable: true };
    }),
    lastUsedAt,
  };
}
