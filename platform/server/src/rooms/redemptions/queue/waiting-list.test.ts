// The waiting list: who is next gets what comes back, and nobody else.
import { type MemberId, OfferDraft, type OfferId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftOf, inDays } from '../../../../../../test/harness/partner-rooms.ts';
import { byLottery, openQueueStage, type QueueStage, withList } from '../../../../../../test/harness/queue-stage.ts';
import { brokenInvariants } from '../../../../../../test/harness/redemption-invariants.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../../test/harness/redemption-rooms.ts';
import { newId } from '../../../kernel/ids.ts';
import { joinQueue } from './join-queue.ts';
import { readOwnEntry } from './read-queue.ts';

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});

const members = (count: number) => Array.from({ length: count }, () => world.member());
const trio = () => [world.member(), world.member(), world.member()] as const;

/** An offer of one unit, which the first member holds. */
async function takenOffer(draft: Partial<OfferDraft> = {}): Promise<{ stage: QueueStage; holder: ReturnType<RedemptionRooms['member']> }> {
  const stage = await openQueueStage(world, withList({ stock: 1, ...draft }));
  const holder = world.member();
  expect(await stage.claim(holder)).toBe('claimed');
  return { stage, holder };
}

describe('joining', () => {
  test('is refused while a unit is free: it can be claimed at once', async () => {
    const stage = await openQueueStage(world, withList({ stock: 1 }));
    expect(await stage.join(world.member())).toBe('offer_not_sold_out');
  });

  test('gives places by the order of joining, and a repeat keeps the place', async () => {
    const { stage } = await takenOffer();
    const [first, second, third] = trio();
    for (const member of [first, second, third]) expect(await stage.join(member)).toBe('WAITING');
    expect(await stage.join(first)).toBe('WAITING');
    expect([await stage.entry(first), await stage.entry(second), await stage.entry(third)].map(({ place }) => place)).toEqual([1, 2, 3]);
  });

  test('twenty times at once by one member gives one place', async () => {
    const { stage } = await takenOffer();
    const member = world.member();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => stage.join(member)));
    expect(new Set(outcomes)).toEqual(new Set(['WAITING']));
    const { rows } = await world.owner.query('SELECT count(*)::integer AS n FROM chung.queue_entries WHERE offer_id = $1', [stage.offerId]);
    expect(rows[0].n).toBe(1);
  });

  test('is refused to who has had all they may, to who the offer is not for, and to strangers of the register', async () => {
    const { stage, holder } = await takenOffer();
    expect(await stage.join(holder)).toBe('limit_reached');
    expect(await stage.join(world.member({ verified: false }))).toBe('not_eligible');
    expect(await stage.join({ ...world.member(), memberId: newId<MemberId>() })).toBe('not_eligible');
  });

  test.each([
    ['has no list', { allocation: { mode: 'first_come' as const, waitingList: 'off' as const, acceptMinutes: 30 } }, 'queue_closed'],
    ['is not open yet', { window: { startsAt: inDays(1), endsAt: inDays(2) } }, 'offer_not_open'],
    ['is over', { window: { startsAt: inDays(-3), endsAt: inDays(-2) } }, 'offer_not_open'],
  ])('is refused where the offer %s', async (_, draft, code) => {
    const stage = await openQueueStage(world, withList({ stock: 1, ...draft }));
    expect(await stage.join(world.member())).toBe(code);
  });

  test('is for the app of the offer’s partner, and an offer of another partner does not exist for it', async () => {
    const { stage } = await takenOffer();
    const member = world.member();
    const through = (partnerId: typeof world.partnerId) => ({ ...member, partnerId });
    expect(await stage.join(through(newId()))).toBe('not_found');
    expect(await stage.join(through(world.partnerId))).toBe('WAITING');
    await expect(readOwnEntry(stage.queue, through(newId()), stage.offerId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(joinQueue(stage.queue, member, newId<OfferId>())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is judged again by the claim: who is no longer eligible is not served', async () => {
    const { stage, holder } = await takenOffer();
    const facts = world.member();
    expect(await stage.join(facts)).toBe('WAITING');
    await stage.giveBack(holder);
    const ports = { ...world.ports, factsOf: async () => null };
    const queue = { ...stage.queue, factsOf: ports.factsOf };
    await expect(joinQueue(queue, facts, stage.offerId)).rejects.toMatchObject({ code: 'not_eligible' });
    expect((await stage.entry(facts)).state).toBe('PROMISED');
  });
});

describe('a unit that comes back', () => {
  test('is kept for the next in line from the very commit, and nobody else can claim it', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second, outsider] = trio();
    await stage.join(first);
    await stage.join(second);
    await stage.giveBack(holder);
    expect(await stage.units()).toBe('0/1/0');
    expect(await stage.claim(outsider)).toBe('offer_sold_out');
    expect(await stage.claim(second)).toBe('offer_sold_out');
    expect(await stage.claim(holder)).toBe('offer_sold_out');
    const { state, place, promisedUntil } = await stage.entry(first);
    expect([state, place]).toEqual(['PROMISED', null]);
    expect(Math.abs(Date.parse(promisedUntil ?? '') - Date.now() - 30 * 60_000)).toBeLessThan(10_000);
    expect(await stage.claim(first)).toBe('claimed');
    expect((await stage.entry(first)).state).toBe('TAKEN');
    expect((await stage.entry(second)).place).toBe(1);
    expect(await stage.units()).toBe('1/0/0');
  });

  test('by raised stock goes down the line, one each', async () => {
    const { stage } = await takenOffer();
    const [first, second, third] = trio();
    for (const member of [first, second, third]) await stage.join(member);
    await world.ports.db.tx((tx) =>
      world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { stock: 3 } }),
    );
    expect([await stage.entry(first), await stage.entry(second), await stage.entry(third)].map(({ state }) => state)).toEqual([
      'PROMISED',
      'PROMISED',
      'WAITING',
    ]);
    expect(await stage.units()).toBe('1/2/0');
  });

  test('cannot be taken away by lowering the stock', async () => {
    const { stage, holder } = await takenOffer();
    await stage.join(world.member());
    await stage.giveBack(holder);
    const lowered = stage.queue.db.tx((tx) =>
      world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { stock: 1 } }),
    );
    await expect(lowered).resolves.toMatchObject({ terms: { stock: 1 } });
    await world.owner.query('UPDATE chung.offer_stock SET stock = 2 WHERE offer_id = $1', [stage.offerId]);
    expect(await stage.claim(world.member())).toBe('claimed');
    await expect(
      stage.queue.db.tx((tx) =>
        world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { stock: 1 } }),
      ),
    ).rejects.toMatchObject({ code: 'stock_below_redeemed' });
  });

  test('passes over who has reached the limit meanwhile, and says so', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second] = trio();
    await stage.join(first);
    await stage.join(second);
    await world.owner.query('UPDATE chung.offer_stock SET stock = 2, held = 2 WHERE offer_id = $1', [stage.offerId]);
    await world.owner.query(
      `INSERT INTO chung.redemption_usage (offer_id, member_id, used, day, used_today) VALUES ($1, $2, 1, '2020-01-01', 0)`,
      [stage.offerId, first.memberId],
    );
    await stage.giveBack(holder);
    expect((await stage.entry(first)).state).toBe('SKIPPED');
    expect((await stage.entry(second)).state).toBe('PROMISED');
    // Back to what the invariants expect: the use was made up by this test.
    await world.owner.query('DELETE FROM chung.redemption_usage WHERE offer_id = $1 AND member_id = $2', [stage.offerId, first.memberId]);
    await world.owner.query('UPDATE chung.offer_stock SET stock = 1, held = 0 WHERE offer_id = $1', [stage.offerId]);
  });

  test('does not pass by who has had enough for today: the place is kept for tomorrow', async () => {
    const { stage, holder } = await takenOffer({ limits: { perMember: 5, perMemberPerDay: 1 } });
    const [first, second] = trio();
    await stage.join(first);
    await stage.join(second);
    await world.owner.query(
      `INSERT INTO chung.redemption_usage (offer_id, member_id, used, day, used_today)
       VALUES ($1, $2, 1, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 1)`,
      [stage.offerId, first.memberId],
    );
    await stage.giveBack(holder);
    expect([await stage.entry(first), await stage.entry(second)].map(({ state }) => state)).toEqual(['WAITING', 'PROMISED']);
    await world.owner.query('DELETE FROM chung.redemption_usage WHERE offer_id = $1 AND member_id = $2', [stage.offerId, first.memberId]);
    await stage.leave(first);
  });
});

describe('a promise', () => {
  test('that runs out is none at that moment, and the unit goes to the next with the sweeper', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second] = trio();
    await stage.join(first);
    await stage.join(second);
    await stage.giveBack(holder);
    await stage.runOut(first);
    // Before any sweeper came: it can neither be taken up nor seen.
    expect((await stage.entry(first)).state).toBe('LAPSED');
    expect(await stage.claim(first)).toBe('offer_sold_out');
    expect(await stage.sweep()).toBeGreaterThanOrEqual(1);
    expect([await stage.entry(first), await stage.entry(second)].map(({ state }) => state)).toEqual(['LAPSED', 'PROMISED']);
    expect(await stage.claim(second)).toBe('claimed');
  });

  test('that runs out puts its member at the end of the line, who may join again', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second, third] = trio();
    for (const member of [first, second, third]) await stage.join(member);
    await stage.giveBack(holder);
    await stage.runOut(first);
    await stage.sweep();
    expect(await stage.join(first)).toBe('WAITING');
    expect([await stage.entry(third), await stage.entry(first)].map(({ place }) => place)).toEqual([1, 2]);
  });

  test('runs out once, however many sweepers there are', async () => {
    const { stage, holder } = await takenOffer();
    const line = members(4);
    for (const member of line) await stage.join(member);
    await stage.giveBack(holder);
    await stage.runOut(line[0] ?? holder);
    const lapsed = await Promise.all(Array.from({ length: 8 }, () => stage.sweep()));
    expect(lapsed.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await stage.units()).toBe('0/1/0');
  });

  test('never lasts beyond the offer, and after the end nobody waits', async () => {
    const { stage, holder } = await takenOffer({ window: { startsAt: inDays(-1), endsAt: new Date(Date.now() + 600_000).toISOString() } });
    const [first, second] = trio();
    await stage.join(first);
    await stage.join(second);
    await stage.giveBack(holder);
    expect(Date.parse((await stage.entry(first)).promisedUntil ?? '')).toBeLessThanOrEqual(Date.now() + 600_000);
    const over = await openOver(stage);
    expect((await readOwnEntry(over, second, stage.offerId)).state).toBe('CLOSED');
  });

  test('does not run out while the terms are being changed: nobody could take it up', async () => {
    const { stage, holder } = await takenOffer();
    const first = world.member();
    await stage.join(first);
    await stage.giveBack(holder);
    await stage.queue.db.tx((tx) =>
      world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { category: 'home' } }),
    );
    await stage.runOut(first);
    await stage.sweep();
    await republish(stage.offerId);
    const { state, promisedUntil } = await stage.entry(first);
    expect(state).toBe('PROMISED');
    expect(Date.parse(promisedUntil ?? '')).toBeGreaterThan(Date.now() + 29 * 60_000);
    expect(await stage.claim(first)).toBe('claimed');
  });
});

/** The same queue, for which the offer is over. */
async function openOver(stage: QueueStage): Promise<QueueStage['queue']> {
  const offers = { ...stage.queue.offers };
  const read = await offers.offerForClaim(stage.offerId);
  if (!read) throw new Error('the offer is there');
  const terms = OfferDraft.parse({ ...draftOf(read.terms), window: { startsAt: inDays(-2), endsAt: inDays(-1) } });
  return { ...stage.queue, offers: { ...offers, offerForClaim: async () => ({ ...read, terms }) } };
}

async function republish(offerId: OfferId): Promise<void> {
  const { offers, db } = world.ports;
  await db.tx(async (tx) => {
    const { termsVersion } = await offers.submit(tx, { partnerId: world.partnerId, offerId });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    await offers.applyDecision(tx, { offerId, termsVersion, decision });
  });
}

describe('leaving', () => {
  test('gives the place up, a kept unit to the next at once, and may be repeated', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second] = trio();
    await stage.join(first);
    await stage.join(second);
    await stage.giveBack(holder);
    expect(await stage.leave(first)).toBe('left');
    expect(await stage.leave(first)).toBe('left');
    expect([await stage.entry(first), await stage.entry(second)].map(({ state }) => state)).toEqual(['LEFT', 'PROMISED']);
    expect(await stage.claim(first)).toBe('offer_sold_out');
  });

  test('is nothing for who never joined, and too late for who has claimed', async () => {
    const { stage, holder } = await takenOffer();
    const first = world.member();
    expect(await stage.leave(first)).toBe('not_found');
    await stage.join(first);
    await stage.giveBack(holder);
    await stage.claim(first);
    expect(await stage.leave(first)).toBe('wrong_state');
  });
});

describe('new terms', () => {
  test('without a list close it, and what was kept is free again', async () => {
    const { stage, holder } = await takenOffer();
    const [first, second, outsider] = trio();
    await stage.join(first);
    await stage.join(second);
    await stage.giveBack(holder);
    await stage.queue.db.tx((tx) =>
      world.ports.offers.change(tx, {
        partnerId: world.partnerId,
        offerId: stage.offerId,
        change: { allocation: { mode: 'first_come', waitingList: 'off', acceptMinutes: 30 } },
      }),
    );
    await republish(stage.offerId);
    expect([await stage.entry(first), await stage.entry(second)].map(({ state }) => state)).toEqual(['CLOSED', 'CLOSED']);
    expect(await stage.units()).toBe('0/0/1');
    expect(await stage.claim(outsider)).toBe('claimed');
    // Who waited is still told what became of it.
    expect(await stage.join(first)).toBe('CLOSED');
  });

  test('serve who waits before anybody else, when units came back meanwhile', async () => {
    const { stage, holder } = await takenOffer();
    const first = world.member();
    await stage.join(first);
    await stage.queue.db.tx((tx) =>
      world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { category: 'home' } }),
    );
    await stage.giveBack(holder);
    expect(await stage.units()).toBe('0/0/1');
    await republish(stage.offerId);
    expect(await stage.units()).toBe('0/1/0');
    expect((await stage.entry(first)).state).toBe('PROMISED');
  });

  test('that make it a lottery let nobody in by the old list', async () => {
    const { stage, holder } = await takenOffer();
    const first = world.member();
    await stage.join(first);
    const { allocation } = byLottery();
    await stage.queue.db.tx((tx) =>
      world.ports.offers.change(tx, { partnerId: world.partnerId, offerId: stage.offerId, change: { allocation } }),
    );
    await stage.giveBack(holder);
    await republish(stage.offerId);
    expect((await stage.entry(first)).state).toBe('CLOSED');
    expect(await stage.claim(first)).toBe('offer_by_lottery');
    expect(await stage.join(first)).toBe('ENTERED');
  });
});

test('the server’s role can neither move anybody in line nor make a place or a ticket its own', async () => {
  const { stage } = await takenOffer();
  await stage.join(world.member());
  for (const column of ['member_id', 'joined_at', 'ticket', 'kind', 'offer_id', 'id'])
    await expect(stage.queue.db.query(`UPDATE chung.queue_entries SET ${column} = ${column}`)).rejects.toMatchObject({ code: '42501' });
  await expect(stage.queue.db.query('DELETE FROM chung.queue_entries')).rejects.toMatchObject({ code: '42501' });
});
