import { type Partner, PartnerId } from '@chung/contracts';
import { pageOf } from '../paging.ts';
import { type Plays, partnerOf } from '../plays.ts';
import { refusal } from '../refusal.ts';
import { APPS } from '../state/consents.ts';
import type { Store } from '../state/state.ts';

/** Partners: how one becomes one, and what it sees of itself. */
export function partnerPlays(
  store: Store,
): Plays<'partners.register' | 'partner.profile.get' | 'partner.apps.list' | 'partner.balance.get'> {
  const usernames = new Set<string>();
  return {
    'partners.register': ({ body: { owner, ...organisation } }) => {
      if ([...store.partners.values()].some(({ slug }) => slug === organisation.slug)) throw refusal('slug_taken');
      if (usernames.has(owner.username)) throw refusal('username_taken');
      usernames.add(owner.username);
      const id = PartnerId.parse(store.newId());
      const partner: Partner = { ...organisation, id, status: 'applied', createdAt: store.now().toISOString() };
      store.partners.set(id, partner);
      return partner;
    },
    'partner.profile.get': ({ caller }) => {
      const partner = store.partners.get(partnerOf(caller));
      if (!partner) throw refusal('not_found');
      return partner;
    },
    'partner.apps.list': ({ query, caller }) => {
      const own = APPS.filter(({ partnerId }) => partnerId === partnerOf(caller));
      return pageOf(own, 'falling', { list: 'apps', query, position: ({ createdAt, clientId }) => `${createdAt} ${clientId}` });
    },
    'partner.balance.get': ({ caller }) => {
      const sums = store.ledger.sumsOf(partnerOf(caller));
      const net = (account: string) => (sums.get(account)?.debitMinor ?? 0) - (sums.get(account)?.creditMinor ?? 0);
      return {
        currency: 'VND',
        receivableMinor: net('1200'),
        payablePendingMinor: -net('2100'),
        payableAvailableMinor: -net('2110'),
        accounts: [...sums].map(([account, sum]) => ({ account, ...sum, balanceMinor: net(account) })),
        asOf: store.now().toISOString(),
      };
    },
  };
}
