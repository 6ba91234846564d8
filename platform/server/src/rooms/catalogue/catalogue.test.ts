import { type EligibilityCondition, listOffers, type MemberId, type OfferDraft, type OfferId, type PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cursors,
  draftOf,
  inDays,
  memberFacts,
  openPartnerRooms,
  type PartnerRooms,
  publish,
  takeUnits,
} from '../../../../../test/harness/partner-rooms.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberFacts } from '../offers/index.ts';
import { type Catalogue, createCatalogue } from './index.ts';

let rooms: PartnerRooms;
let catalogue: Catalogue;
let partnerId: PartnerId;
const directory = new Map<MemberId, MemberFacts>();
const used = new Map<OfferId, number>();

beforeAll(async () => {
  rooms = await openPartnerRooms();
  partnerId = (await rooms.activePartner('shop')).id;
  catalogue = createCatalogue({
    offers: rooms.offers,
    cursors,
    members: { factsOf: async (memberId) => directory.get(memberId) ?? null },
    usageOf: async () => used,
  });
});
afterAll(() => rooms.close());

function member(changes: Partial<MemberFacts> = {}) {
  const facts = memberFacts(changes);
  directory.set(facts.memberId, facts);
  return { memberId: facts.memberId, partnerId: null as PartnerId | null, scopes: [] };
}
const offer = (changes: Partial<OfferDraft> = {}, of = partnerId) => publish(rooms, of, draftOf(changes));
const forWhom = (...all: EligibilityCondition[]): Partial<OfferDraft> => ({ eligibility: { version: 1, all } });
/** The page as its reader gets it: exactly what the operation declares. */
const pageFor = async (...asked: Parameters<Catalogue['list']>) => {
  const body: unknown = JSON.parse(Buffer.from((await catalogue.list(...asked)).bytes, 'latin1').toString());
  expect(listOffers.reply.parse(body)).toEqual(body);
  return listOffers.reply.parse(body);
};
const idsFor = async (viewer: ReturnType<typeof member>, query: { q?: string; category?: 'home'; kind?: 'trial' } = {}) =>
  (await pageFor(viewer, { limit: 100, ...query })).items.map((item) => item.id);

test('a member of the right province sees the offer and why; a member of another does not', async () => {
  const { id } = await offer(forWhom({ fact: 'verified' }, { fact: 'province', in: ['01'] }));
  const page = await pageFor(member({ provinceCode: '01' }), { limit: 100 });
  const shown = page.items.find((item) => item.id === id);
  expect(shown?.whyForMe.map((reason) => reason.text.vi)).toEqual(['Bạn là đoàn viên đã xác thực', 'Dành cho đoàn viên ở Hà Nội']);
  expect(await idsFor(member({ provinceCode: '79' }))).not.toContain(id);
});

test('asked by id, an offer for others is refused with every reason', async () => {
  const { id } = await offer(forWhom({ fact: 'verified' }, { fact: 'province', in: ['01'] }));
  const outsider = member({ provinceCode: '79', verified: false });
  await expect(catalogue.get(outsider, id)).rejects.toMatchObject({
    code: 'not_eligible',
    extras: { reasons: [{ fact: 'verified' }, { fact: 'province', text: { vi: 'Dành cho đoàn viên ở Hà Nội' } }] },
  });
  expect(await catalogue.get(member(), id)).toMatchObject({ id, soldOut: false, usedByMember: 0 });
});

test.each<[string, EligibilityCondition[], Partial<MemberFacts>, Partial<MemberFacts>]>([
  ['unit', [{ fact: 'unit', within: ['HN'] }], { unitPath: ['TW', 'HN'] }, { unitPath: ['TW', 'BN'] }],
  ['age', [{ fact: 'age', atLeastYears: 0, belowYears: 31 }], { birthYear: 2005 }, { birthYear: 1970 }],
  ['unknown age', [{ fact: 'age', atLeastYears: 0, belowYears: 121 }], { birthYear: 2005 }, { birthYear: null }],
  ['role', [{ fact: 'role', in: ['secretary'] }], { role: 'secretary' }, { role: 'member' }],
  [
    'two units, which SQL alone cannot tell',
    [
      { fact: 'unit', within: ['HN'] },
      { fact: 'unit', within: ['HN-CG'] },
    ],
    { unitPath: ['TW', 'HN', 'HN-CG'] },
    { unitPath: ['TW', 'HN', 'HN-BD'] },
  ],
])('the list keeps the rule on %s', async (_fact, all, inside, outside) => {
  const { id } = await offer(forWhom(...all));
  expect(await idsFor(member(inside))).toContain(id);
  expect(await idsFor(member(outside))).not.toContain(id);
});

test('what is not published, not open yet, over, or of a suspended partner is neither listed nor found', async () => {
  const draft = await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId, draft: draftOf() }));
  const later = await offer({ window: { startsAt: inDays(1), endsAt: inDays(2) } });
  const over = await offer({ window: { startsAt: inDays(-2), endsAt: inDays(-1) } });
  const suspended = await rooms.activePartner('suspended');
  const stopped = await offer({}, suspended.id);
  await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: suspended.id, decision: 'suspend', reason: '' }));
  const viewer = member();
  const listed = await idsFor(viewer);
  for (const { id } of [draft, later, over, stopped]) {
    expect(listed).not.toContain(id);
    await expect(catalogue.get(viewer, id)).rejects.toMatchObject({ code: 'not_found' });
  }
  await expect(catalogue.get(viewer, newId<OfferId>())).rejects.toMatchObject({ code: 'not_found' });
});

test('a partner’s app sees that partner’s offers only', async () => {
  const other = await rooms.activePartner('other-shop');
  const [ours, theirs] = [await offer(), await offer({}, other.id)];
  const viewer = { ...member(), partnerId: other.id };
  expect(await idsFor(viewer)).toEqual([theirs.id]);
  await expect(catalogue.get(viewer, ours.id)).rejects.toMatchObject({ code: 'not_found' });
});

test('search finds with and without marks, in both languages, and by partner', async () => {
  const { id } = await offer({ title: { vi: 'Đường truyền cáp quang siêu tốc', en: 'Lightning fibre line' }, category: 'home' });
  for (const q of ['đường truyền', 'duong truyen', 'CAP QUANG', 'fibre', 'shop']) expect(await idsFor(member(), { q })).toContain(id);
  expect(await idsFor(member(), { q: 'khong co gi' })).toEqual([]);
  expect(await idsFor(member(), { category: 'home' })).toEqual([id]);
  expect(await idsFor(member(), { kind: 'trial' })).toEqual([]);
});

test('a sold-out offer is shown as sold out, and use is counted', async () => {
  const { id } = await offer({ stock: 1 });
  await takeUnits(rooms.db, id, { redeemed: 1 });
  used.set(id, 1);
  const shown = (await pageFor(member(), { limit: 100 })).items.find((item) => item.id === id);
  expect(shown).toMatchObject({ soldOut: true, usedByMember: 1 });
  expect(JSON.stringify(shown)).not.toMatch(/funding|stock/);
});

test('pages are full and go through every offer once, newest first, also while something is published', async () => {
  const pager = await rooms.activePartner('pager');
  const viewer = { ...member(), partnerId: pager.id };
  const ids: OfferId[] = [];
  for (let index = 0; index < 5; index++) {
    ids.unshift((await offer({}, pager.id)).id);
    // Rows that only the exact rule refuses stand between them.
    await offer(forWhom({ fact: 'unit', within: ['HN'] }, { fact: 'unit', within: ['BN'] }), pager.id);
  }
  const first = await pageFor(viewer, { limit: 2 });
  await offer({}, pager.id);
  const second = await pageFor(viewer, { limit: 2, cursor: first.nextCursor ?? '' });
  const third = await pageFor(viewer, { limit: 2, cursor: second.nextCursor ?? '' });
  expect([first, second, third].flatMap((page) => page.items.map((item) => item.id))).toEqual(ids);
  expect(third.nextCursor).toBeNull();
});

test('who is no longer in the directory sees nothing', async () => {
  const gone = { memberId: newId<MemberId>(), partnerId: null, scopes: [] };
  expect(await pageFor(gone, { limit: 20 })).toEqual({ items: [], nextCursor: null });
  const { id } = await offer();
  await expect(catalogue.get(gone, id)).rejects.toMatchObject({ code: 'not_found' });
});
