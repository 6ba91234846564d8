import {
  type ConsentReceipt,
  GrantId,
  type Language,
  type MemberGrant,
  type PartnerApp,
  type PartnerId,
  SCOPES,
  type Scope,
} from '@chung/contracts';
import { FAKE_PARTNER, type FakeMember, OTHER_PARTNER, refOf } from '../fixtures.ts';
import type { Store } from './state.ts';

/** An app of a partner, by which members are asked for scopes. */
export interface FakeApp extends PartnerApp {
  readonly partnerId: PartnerId;
}

const app = (clientId: string, name: string, partnerId: PartnerId): FakeApp => ({
  clientId,
  name,
  partnerId,
  redirectUris: [`https://${clientId}.example/callback`],
  keys: [{ kid: `${clientId}-1`, alg: 'ES256' }],
  createdAt: FAKE_PARTNER.createdAt,
});

/** One app each; a partner that registers has none yet. */
export const APPS: readonly FakeApp[] = [
  app('sao-bac-app', 'Sao Bắc (máy chủ)', FAKE_PARTNER.id),
  app('bien-xanh-app', 'Biển Xanh (máy chủ)', OTHER_PARTNER.id),
];

/** What a member allows an app. */
export interface FakeGrant {
  readonly id: MemberGrant['id'];
  readonly member: FakeMember;
  readonly app: FakeApp;
  /** What is granted now, and since when. */
  readonly scopes: Map<Scope, string>;
  lastUsedAt: string | null;
}

interface FakeReceipt extends ConsentReceipt {
  readonly member: FakeMember;
}

/** Grants and the history of consent; a withdrawal of `openid` ends the grant, and every token with it. */
export interface Consents {
  grantOf(member: FakeMember, app: FakeApp): FakeGrant | undefined;
  /** Of all apps, newest first. */
  grantsOf(member: FakeMember): readonly FakeGrant[];
  /** Newest first. */
  receiptsOf(member: FakeMember): readonly FakeReceipt[];
  /** Grants what is not granted yet, with receipts; `told` also writes the partner's event. */
  give(member: FakeMember, app: FakeApp, consent: { readonly scopes: readonly Scope[]; readonly event: 'told' | 'untold' }): FakeGrant;
  withdraw(grant: FakeGrant, scope: Scope, language?: Language): void;
  isOpen(grant: FakeGrant): boolean;
}

/** No grants yet. */
export function createConsents(store: Store): Consents {
  const grants: FakeGrant[] = [];
  const receipts: FakeReceipt[] = [];
  const grantOf: Consents['grantOf'] = (member, { clientId }) =>
    grants.find((grant) => grant.member.id === member.id && grant.app.clientId === clientId);
  const write = ({ member, app: { clientId, name } }: FakeGrant, action: ConsentReceipt['action'], scope: Scope, language: Language) =>
    void receipts.unshift({
      id: store.newId(),
      member,
      action,
      app: { clientId, name },
      scope,
      purpose: SCOPES[scope].title,
      purposeVersion: 1,
      language,
      at: store.now().toISOString(),
    });
  const refFor = ({ member, app: { partnerId, clientId } }: FakeGrant) => ({ memberRef: refOf(member, partnerId), clientId });
  return {
    grantOf,
    grantsOf: (member) => grants.filter((grant) => grant.member.id === member.id).toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    receiptsOf: (member) => receipts.filter((receipt) => receipt.member.id === member.id),
    give: (member, toApp, { scopes, event }) => {
      const known = grantOf(member, toApp);
      const grant: FakeGrant = known ?? {
        id: GrantId.parse(store.newId()),
        member,
        app: toApp,
        scopes: new Map(),
        lastUsedAt: null,
      };
      if (!known) grants.push(grant);
      const fresh = scopes.filter((scope) => !grant.scopes.has(scope));
      for (const scope of fresh) {
        grant.scopes.set(scope, store.now().toISOString());
        write(grant, 'granted', scope, 'vi');
      }
      if (event === 'told' && fresh.length > 0) store.emit('consent.granted.v1', { ...refFor(grant), scopes: fresh }, toApp.partnerId);
      return grant;
    },
    withdraw: (grant, scope, language = 'vi') => {
      const withdrawn = scope === 'openid' ? [...grant.scopes.keys()] : [scope];
      for (const name of withdrawn) {
        grant.scopes.delete(name);
        write(grant, 'withdrawn', name, language);
        store.emit('consent.withdrawn.v1', { ...refFor(grant), scope: name }, grant.app.partnerId);
      }
      if (scope === 'openid') grants.splice(grants.indexOf(grant), 1);
    },
    isOpen: (grant) => grants.includes(grant),
  };
}

/** The app by which a partner's members are known. */
export const appOf = (partnerId: PartnerId): FakeApp | undefined => APPS.find((one) => one.partnerId === partnerId);
