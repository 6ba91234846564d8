// How often members used offers, asked by many pages at once: everybody gets their own counts.
import type { MemberId, OfferId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOf, openPartnerRooms, type PartnerRooms, publish } from '../../../../../test/harness/partner-rooms.ts';
import type { Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { createUsage } from './usage.ts';

let rooms: PartnerRooms;
const offerIds: OfferId[] = [];
beforeAll(async () => {
  rooms = await openPartnerRooms();
  const partner = await rooms.activePartner('usage');
  for (let count = 0; count < 3; count++) offerIds.push((await publish(rooms, partner.id, draftOf())).id);
});
afterAll(() => rooms.close());

async function used(memberId: MemberId, counts: readonly number[]): Promise<void> {
  for (const [index, count] of counts.entries())
    await rooms.db.query(
      `INSERT INTO chung.redemption_usage (offer_id, member_id, used, day, used_today) VALUES ($1, $2, $3, '2026-01-01', 0)`,
      [offerIds[index], memberId, count],
    );
}

test('each of many who ask at once gets the counts of their own, in as good as one statement', async () => {
  let statements = 0;
  const query: Db['query'] = (text, values) => {
    statements++;
    return rooms.db.query(text, values);
  };
  const usageOf = createUsage({ ...rooms.db, query });
  const members = Array.from({ length: 20 }, () => newId<MemberId>());
  for (const [index, memberId] of members.entries()) await used(memberId, [index + 1, 7]);
  const answers = await Promise.all(members.map((memberId, index) => usageOf(memberId, index % 2 === 0 ? offerIds : offerIds.slice(1))));
  const [first = '', second = ''] = offerIds;
  expect(answers.map((answer) => Object.fromEntries(answer))).toEqual(
    members.map((_, index) => (index % 2 === 0 ? { [first]: index + 1, [second]: 7 } : { [second]: 7 })),
  );
  expect(statements).toBeLessThanOrEqual(2);
});

test('who never used anything, what was given back, and a page without offers count as nothing', async () => {
  const usageOf = createUsage(rooms.db);
  const memberId = newId<MemberId>();
  expect([...(await usageOf(memberId, offerIds))]).toEqual([]);
  await used(memberId, [0]);
  expect([...(await usageOf(memberId, offerIds))]).toEqual([]);
  expect([...(await usageOf(memberId, []))]).toEqual([]);
});
