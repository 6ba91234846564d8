// The catalogue in memory against the table it stands for: the same listings for every member, and no answer older than its question.
import type { EligibilityCondition, OfferCategory, OfferKind, PartnerId } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { draftOf, inDays, memberFacts, openPartnerRooms, type PartnerRooms, publish } from '../../../../../test/harness/partner-rooms.ts';
import type { Db } from '../../kernel/db.ts';
import type { MemberFacts } from './eligibility.ts';
import { createBoards } from './listing-board.ts';
import { findListings, type ListingQuery, removeListing } from './listing-store.ts';

let rooms: PartnerRooms;
let partnerIds: PartnerId[];
beforeAll(async () => {
  rooms = await openPartnerRooms();
  partnerIds = (await Promise.all(['board-a', 'board-b'].map((slug) => rooms.activePartner(slug)))).map(({ id }) => id);
});
afterAll(() => rooms.close());
beforeEach(() => rooms.db.query('DELETE FROM chung.offer_listings'));

const facts = memberFacts();
const page: ListingQuery = { facts, partnerId: null, patterns: [], before: null, limit: 100 };
const [first, second] = [() => partnerIds[0] as PartnerId, () => partnerIds[1] as PartnerId];
const publishOne = (of = first(), changes: Parameters<typeof draftOf>[0] = {}) => publish(rooms, of, draftOf(changes));

/** The database with its statements counted, and slow if told. */
function counted(wait: () => Promise<unknown> = async () => {}) {
  const statements: string[] = [];
  const query: Db['query'] = async (text, values) => {
    statements.push(text);
    await wait();
    return rooms.db.query(text, values);
  };
  return { db: { ...rooms.db, query }, statements };
}

test('what was published or taken out by anybody before the question is on the board, or not', async () => {
  const boards = createBoards(rooms.db, { trustedMs: 3_600_000 });
  const idsNow = async () => (await boards.current()).pick(page)?.map(({ offerId }) => offerId);
  expect(await idsNow()).toEqual([]);
  const older = await publishOne();
  expect(await idsNow()).toEqual([older.id]);
  const newer = await publishOne(second());
  expect(await idsNow()).toEqual([newer.id, older.id]);
  await rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId: first(), offerId: older.id, change: { regularPriceMinor: 70_000 } }));
  expect(await idsNow()).toEqual([newer.id]);
});

test('a publication that has not been committed, or was rolled back, is not on it', async () => {
  const boards = createBoards(rooms.db, { trustedMs: 3_600_000 });
  const { id } = await publishOne();
  await boards.current();
  await rooms.db
    .tx(async (tx) => {
      await removeListing(tx, id);
      expect((await boards.current()).pick(page)).toHaveLength(1);
      throw new Error('rolled back');
    })
    .catch((error: Error) => expect(error.message).toBe('rolled back'));
  expect((await boards.current()).pick(page)).toHaveLength(1);
});

test('an unchanged catalogue is asked for one row, and all who ask at once ask together', async () => {
  await publishOne();
  const { db, statements } = counted(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const boards = createBoards(db, { trustedMs: 3_600_000 });
  await boards.current();
  statements.length = 0;
  await Promise.all(Array.from({ length: 50 }, () => boards.current()));
  expect(statements.length).toBeLessThanOrEqual(2);
  expect(statements.every((text) => text.includes('catalogue_version') && !text.includes('offer_listings'))).toBe(true);
});

test('after a change only the new listings are read', async () => {
  await publishOne();
  const { db } = counted();
  const asked: unknown[] = [];
  const query: Db['query'] = (text, values) => {
    if (text.includes('WHERE id = ANY')) asked.push(values?.[0]);
    return rooms.db.query(text, values);
  };
  const boards = createBoards({ ...db, query }, { trustedMs: 3_600_000 });
  const [known] = (await boards.current()).pick(page) ?? [];
  await publishOne();
  const now = (await boards.current()).pick(page)?.map(({ id }) => id) ?? [];
  expect(now).toHaveLength(2);
  expect(asked).toEqual([[known?.id], now.filter((id) => id !== known?.id)]);
});

test('what somebody changed behind the version’s back shows after the time the board is trusted', async () => {
  const boards = createBoards(rooms.db, { trustedMs: 0 });
  await publishOne();
  expect((await boards.current()).pick(page)).toHaveLength(1);
  await rooms.db.query('DELETE FROM chung.offer_listings');
  expect((await boards.current()).pick(page)).toEqual([]);
});

test('a failed read leaves the board as it was, and the next question is asked anew', async () => {
  await publishOne();
  let fails = false;
  const query: Db['query'] = (text, values) => (fails ? Promise.reject(new Error('gone')) : rooms.db.query(text, values));
  const boards = createBoards({ ...rooms.db, query }, { trustedMs: 3_600_000 });
  await boards.current();
  fails = true;
  await expect(boards.current()).rejects.toThrow('gone');
  fails = false;
  expect((await boards.current()).pick(page)).toHaveLength(1);
});

test('a board that is cut off says so where it ends, and not before', async () => {
  for (let count = 0; count < 4; count++) await publishOne();
  const board = await createBoards(rooms.db, { newest: 3 }).current();
  expect(board.pick({ ...page, limit: 3 })).toHaveLength(3);
  expect(board.pick({ ...page, limit: 4 })).toBeNull();
  expect((await createBoards(rooms.db, { newest: 5 }).current()).pick({ ...page, limit: 5 })).toHaveLength(4);
});

const conditions = fc.uniqueArray(
  fc.oneof(
    fc.constant({ fact: 'verified' as const }),
    fc.record({ fact: fc.constant('province' as const), in: fc.constantFrom<string[]>(['01'], ['01', '79'], ['24']) }),
    fc.record({ fact: fc.constant('unit' as const), within: fc.constantFrom<string[]>(['TW'], ['HN'], ['HN', 'BN'], ['NOBODY']) }),
    fc.record({ fact: fc.constant('age' as const), atLeastYears: fc.constantFrom(14, 16, 30), belowYears: fc.constantFrom(17, 31, 121) }),
    fc.record({
      fact: fc.constant('role' as const),
      in: fc.constantFrom<('member' | 'officer' | 'secretary')[]>(['member'], ['officer', 'secretary']),
    }),
  ),
  { selector: ({ fact }) => fact, maxLength: 3 },
);
const person = fc.record({
  verified: fc.boolean(),
  provinceCode: fc.constantFrom('01', '24', '79', null),
  unitPath: fc.constantFrom<string[]>([], ['TW'], ['TW', 'HN'], ['TW', 'BN']),
  birthYear: fc.constantFrom(
    null,
    ...[13, 14, 16, 17, 29, 30, 31, 80].map((age) => new Date(Date.now() + 7 * 3_600_000).getUTCFullYear() - age),
  ),
  role: fc.constantFrom('member' as const, 'officer' as const, 'secretary' as const),
});

/** Takes everything out and publishes one listing a rule, some of them not open or over, of two partners and categories. */
async function publishAll(rules: readonly EligibilityCondition[][]): Promise<void> {
  await rooms.db.query('DELETE FROM chung.offer_listings');
  for (const [index, all] of rules.entries()) {
    const window = { startsAt: inDays(index % 5 === 4 ? 1 : -2), endsAt: inDays(index % 7 === 6 ? -1 : 2) };
    const category = index % 3 === 0 ? 'home' : 'telecom';
    await publishOne(index % 2 === 0 ? first() : second(), { eligibility: { version: 1, all }, category, window });
  }
}

/** A page as the eight members ask for it: short or long, of one partner, category or kind, from the start or from a place in it. */
const pageOf = (who: Partial<MemberFacts>, index: number, place: string | null): ListingQuery => ({
  facts: memberFacts(who),
  patterns: [],
  limit: index % 2 === 0 ? 3 : 100,
  partnerId: index % 4 === 1 ? first() : null,
  ...(index % 3 === 2 && { category: 'home' as OfferCategory }),
  ...(index === 7 && { kind: 'trial' as OfferKind }),
  before: index % 4 === 3 ? place : null,
});

test('memory and SQL pick the same listings in the same order, for any rules, members, filters and places to go on', async () => {
  const boards = createBoards(rooms.db, { trustedMs: 0 });
  let [picked, passedOver] = [0, 0];
  const rules = fc.array(conditions, { minLength: 8, maxLength: 12 });
  const people = fc.array(person, { minLength: 8, maxLength: 8 });
  const property = fc.asyncProperty(rules, people, async (written, persons) => {
    await publishAll(written);
    const board = await boards.current();
    const place = (await findListings(rooms.db, page))[1]?.id ?? null;
    for (const [index, who] of persons.entries()) {
      const query = pageOf(who, index, place);
      const inMemory = board.pick(query)?.map(({ id }) => id);
      expect(inMemory).toEqual((await findListings(rooms.db, query)).map(({ id }) => id));
      picked += inMemory?.length ?? 0;
      passedOver += written.length - (inMemory?.length ?? 0);
    }
  });
  await fc.assert(property, { numRuns: 5 });
  // A generator that lets nobody or everybody through would prove nothing.
  expect(Math.min(picked, passedOver)).toBeGreaterThan(20);
}, 60_000);
