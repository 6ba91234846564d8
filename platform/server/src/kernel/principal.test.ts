import { AccountId, GrantId, MemberId, PartnerId } from '@chung/contracts';
import { expect, test } from 'vitest';
import { newId } from './ids.ts';
import { type AdminPrincipal, type MemberPrincipal, type PartnerPrincipal, principalKey } from './principal.ts';

const member = (changes: Partial<MemberPrincipal> = {}): MemberPrincipal => ({
  actor: 'member',
  memberId: MemberId.parse(newId()),
  clientId: 'app',
  partnerId: null,
  grantId: GrantId.parse(newId()),
  subject: 'pairwise',
  scopes: [],
  ...changes,
});
const partner = (changes: Partial<PartnerPrincipal> = {}): PartnerPrincipal => ({
  actor: 'partner',
  partnerId: PartnerId.parse(newId()),
  clientId: 'backend',
  accountId: null,
  scopes: [],
  ...changes,
});
const admin = (changes: Partial<AdminPrincipal> = {}): AdminPrincipal => ({
  actor: 'admin',
  accountId: AccountId.parse(newId()),
  clientId: 'chung-admin',
  scopes: [],
  ...changes,
});

test('who calls is another for another member, app, partner, person or kind of caller', () => {
  const [one, seller, chief] = [member(), partner(), admin()];
  const { memberId } = one;
  const { partnerId } = seller;
  const others = [
    one,
    member(),
    member({ memberId, clientId: 'another' }),
    seller,
    partner(),
    partner({ partnerId, clientId: 'another' }),
    partner({ partnerId, accountId: AccountId.parse(newId()) }),
    partner({ partnerId, accountId: AccountId.parse(newId()) }),
    chief,
    admin(),
  ];
  expect(new Set(others.map(principalKey)).size).toBe(others.length);
});

test('who calls stays the same when scopes, grant or session change: budgets and keys hang on it', () => {
  const [one, seller, chief] = [member(), partner({ accountId: AccountId.parse(newId()) }), admin()];
  expect(principalKey({ ...one, scopes: ['offers:read'], grantId: GrantId.parse(newId()), subject: 'other' })).toBe(principalKey(one));
  expect(principalKey({ ...seller, clientId: 'another browser', scopes: ['partner.offers:read'] })).toBe(principalKey(seller));
  expect(principalKey({ ...chief, clientId: 'another browser' })).toBe(principalKey(chief));
});

test('a member’s key does not hold the subject that a partner knows them by, so that neither can be made of the other', () => {
  const one = member({ subject: 'what-the-partner-knows' });
  expect(principalKey(one)).not.toContain(one.subject);
});
