// How often members used offers, asked by many pages at once: everybody gets their own counts.
import type { MemberId, OfferId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import type { Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { reverseRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';
import { createUsage } from './usage.ts';

let world: RedemptionRooms;
const offerIds: OfferId[] = [];
beforeAll(async () => {
  world = await openRedemptionRooms();
  for (let count = 0; count < 3; count++)
    offerIds.push(await world.offer({ stock: 10_000, limits: { perMember: 100, perMemberPerDay: null } }));
});
afterAll(() => world.close());

const offerAt = (place: number): OfferId => offerIds[place] ?? newId();
const claim = (principal: MemberPrincipal, offerId: OfferId) =>
  claimOffer(world.ports, { principal, offerId, idempotencyKey: newId<string>() });

async function used(member: MemberPrincipal, counts: readonly number[]): Promise<void> {
  for (const [place, count] of counts.entries()) await Promise.all(Array.from({ length: count }, () => claim(member, offerAt(place))));
}

test('each of many who ask at once gets the counts of their own, in as good as one statement', async () => {
  let statements = 0;
  const query: Db['query'] = (text, values) => {
    statements++;
    return world.ports.db.query(text, values);
  };
  const usageOf = createUsage({ ...world.ports.db, query });
  const members = Array.from({ length: 20 }, () => world.member());
  await Promise.all(members.map((member, index) => used(member, [1 + (index % 4), 2])));
  const pages = members.map(({ memberId }, index) => usageOf(memberId, index % 2 === 0 ? offerIds : offerIds.slice(1)));
  const [first, second] = [offerAt(0), offerAt(1)];
  expect((await Promise.all(pages)).map((answer) => Object.fromEntries(answer))).toEqual(
    members.map((_, index) => (index % 2 === 0 ? { [first]: 1 + (index % 4), [second]: 2 } : { [second]: 2 })),
  );
  expect(statements).toBeLessThanOrEqual(2);
});

test('whoever has claimed a lot is told of what they used long ago as well', async () => {
  const usageOf = createUsage(world.ports.db);
  const member = world.member();
  await used(member, [1]);
  await used(member, [0, 25]);
  expect(Object.fromEntries(await usageOf(member.memberId, offerIds))).toEqual({ [offerAt(0)]: 1, [offerAt(1)]: 25 });
});

test('who never used anything, what was given back, and a page without offers count as nothing', async () => {
  const usageOf = createUsage(world.ports.db);
  expect([...(await usageOf(newId<MemberId>(), offerIds))]).toEqual([]);
  const member = world.member();
  const { id } = await claim(member, offerAt(0));
  await world.ports.db.tx((tx) => reverseRedemption(tx, world.ports, { principal: world.partner(), id, reason: 'wrong line' }));
  expect([...(await usageOf(member.memberId, offerIds))]).toEqual([]);
  expect([...(await usageOf(member.memberId, []))]).toEqual([]);
});
