// Who may see an offer by its id, and who may know why not.
import type { OfferDraft, PartnerId, Scope } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cursors,
  draftOf,
  inDays,
  memberFacts,
  openPartnerRooms,
  type PartnerRooms,
  publish,
} from '../../../../../test/harness/partner-rooms.ts';
import type { DomainError } from '../../kernel/errors.ts';
import type { MemberFacts } from '../offers/index.ts';
import { type CatalogueDeps, createCatalogue } from './index.ts';
import { mayKnowWhy, type Viewer } from './viewer.ts';

let rooms: PartnerRooms;
let partnerId: PartnerId;
beforeAll(async () => {
  rooms = await openPartnerRooms();
  partnerId = (await rooms.activePartner('visible')).id;
});
afterAll(() => rooms.close());

const facts = memberFacts({ provinceCode: '79', verified: false });
const viewer = (changes: Partial<Viewer> = {}): Viewer => ({ memberId: facts.memberId, partnerId: null, scopes: [], ...changes });
function catalogueFor(known: MemberFacts | null, asked: unknown[] = []) {
  const deps: CatalogueDeps = {
    offers: rooms.offers,
    cursors,
    members: { factsOf: async () => known },
    usageOf: async (...question) => {
      asked.push(question);
      return new Map();
    },
  };
  return createCatalogue(deps);
}
const refusalOf = (work: Promise<unknown>) =>
  work.then(() => null).catch((error: DomainError) => ({ code: error.code, reasons: error.extras.reasons }));
const offer = (changes: Partial<OfferDraft> = {}) => publish(rooms, partnerId, draftOf(changes));
const forHanoi = { version: 1 as const, all: [{ fact: 'verified' as const }, { fact: 'province' as const, in: ['01'] }] };

describe('why an offer is not for a member', () => {
  const reasons = ['verified', 'province'];
  test.each<[string, 'platform' | 'partner', readonly Scope[], readonly string[] | undefined]>([
    ['the member app', 'platform', [], reasons],
    ['a partner’s app that may read the membership', 'partner', ['openid', 'member.membership:read'], reasons],
    ['a partner’s app that may not', 'partner', ['openid', 'offers:read', 'member.profile:read'], undefined],
    ['a partner’s app without any scope', 'partner', [], undefined],
  ])('is told to %s, or not', async (_, whose, scopes, told) => {
    const { id } = await offer({ eligibility: forHanoi });
    const as = viewer({ scopes, partnerId: whose === 'platform' ? null : partnerId });
    const refused = await refusalOf(catalogueFor(facts).get(as, id));
    expect([refused?.code, refused?.reasons?.map(({ fact }) => fact)]).toEqual(['not_eligible', told]);
    expect(mayKnowWhy(as)).toBe(told !== undefined);
  });

  test('names only what is missed', async () => {
    const { id } = await offer({ eligibility: forHanoi });
    const refused = await refusalOf(catalogueFor({ ...facts, provinceCode: '01' }).get(viewer(), id));
    expect(refused?.reasons?.map(({ fact }) => fact)).toEqual(['verified']);
    const [reason] = refused?.reasons ?? [];
    expect(reason?.text.vi).not.toBe(reason?.text.en);
  });
});

describe('an offer', () => {
  const open = { eligibility: { version: 1 as const, all: [] } };

  test('of another partner is not there for a partner’s app, and it learns nothing of its conditions', async () => {
    const { id } = await offer({ eligibility: forHanoi });
    const other = viewer({ partnerId: (await rooms.activePartner('elsewhere')).id, scopes: ['member.membership:read'] });
    expect(await refusalOf(catalogueFor(facts).get(other, id))).toEqual({ code: 'not_found', reasons: undefined });
  });

  test('is not there for who is not in the directory, though it is for everybody', async () => {
    const { id } = await offer(open);
    expect((await refusalOf(catalogueFor(null).get(viewer(), id)))?.code).toBe('not_found');
    expect(await catalogueFor(facts).get(viewer(), id)).toMatchObject({ id });
  });

  test.each<[string, number, number, string | null]>([
    ['has begun and not ended', -1, 1, null],
    ['begins later', 1, 2, 'not_found'],
    ['has ended', -2, -1, 'not_found'],
  ])('that %s is there, or not', async (_, startsIn, endsIn, expected) => {
    const { id } = await offer({ ...open, window: { startsAt: inDays(startsIn), endsAt: inDays(endsIn) } });
    expect((await refusalOf(catalogueFor(facts).get(viewer(), id)))?.code ?? null).toBe(expected);
  });

  test('that is refused costs no look at what the member used', async () => {
    const { id } = await offer({ eligibility: forHanoi });
    const asked: unknown[] = [];
    await refusalOf(catalogueFor(facts, asked).get(viewer(), id));
    expect(asked).toEqual([]);
    const { id: forAll } = await offer(open);
    await catalogueFor(facts, asked).get(viewer(), forAll);
    expect(asked).toEqual([[facts.memberId, [forAll]]]);
  });

  test('shows neither its stock, nor who pays for it, nor its rule', async () => {
    const { id } = await offer({ ...open, stock: 731, budgetMinor: 98_765_432 });
    const shown = await catalogueFor(facts).get(viewer(), id);
    for (const hidden of ['stock', 'funding', 'eligibility', 'budgetMinor', 'counts', 'termsVersion', 'state'])
      expect(shown).not.toHaveProperty(hidden);
    expect(JSON.stringify(shown)).not.toMatch(/731|98765432|shareBasisPoints/);
  });
});
