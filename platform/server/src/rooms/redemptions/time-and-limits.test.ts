// When an offer is open and how often a member may use it: by the database's clock and the market's calendar.
import type { OfferId } from '@chung/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { cancelRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(() => world.close());

const claim = (principal: MemberPrincipal, offerId: OfferId) =>
  claimOffer(world.ports, { principal, offerId, idempotencyKey: newId<string>() });
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

/** The database's clock stands at `instant` while the work is done: edges can be hit exactly. */
async function standingAt<Result>(instant: string, work: () => Promise<Result>): Promise<Result> {
  const { rows } = await world.owner.query(`SELECT pg_get_functiondef('chung.claim_offers'::regproc) AS body`);
  const body = String(rows[0].body);
  const stopped = body.replace('clock_timestamp()', `timestamptz '${instant}'`);
  if (stopped === body) throw new Error('claims read another clock now');
  await world.owner.query(stopped);
  try {
    return await work();
  } finally {
    await world.owner.query(body);
  }
}

const later = (instant: string, ms: number) => new Date(Date.parse(instant) + ms).toISOString();

describe('a window', () => {
  const now = '2026-11-20T13:00:00.000Z';
  test.each([
    ['begins now', 0, 3_600_000, 'done'],
    ['begins a millisecond later', 1, 3_600_000, 'offer_not_open'],
    ['ends now', -3_600_000, 0, 'offer_not_open'],
    ['ends a millisecond later', -3_600_000, 1, 'done'],
    ['is a single millisecond long', 0, 1, 'done'],
  ])('that %s, by the clock under the lock', async (_name, starts, ends, outcome) => {
    // The default contract began today, so an earlier one is needed for a clock that stands.
    await world.owner.query('UPDATE chung.contracts SET valid_from = $1', ['2020-01-01T00:00:00Z']);
    const offerId = await world.offer({ window: { startsAt: later(now, starts), endsAt: later(now, ends) } });
    expect(await standingAt(now, () => outcomeOf(claim(world.member(), offerId)))).toBe(outcome);
    expect((await world.units(offerId)).redeemed).toBe(outcome === 'done' ? 1 : 0);
  });

  test('of a hold counts from the claim to the minute, in the answer and in the row', async () => {
    const offerId = await world.offer(hold(30));
    const held = await claim(world.member(), offerId);
    expect((held.expiresAt?.getTime() ?? 0) - held.claimedAt.getTime()).toBe(30 * 60_000);
    const { rows } = await world.owner.query('SELECT claimed_at, expires_at, updated_at FROM chung.redemptions WHERE id = $1', [held.id]);
    expect(rows).toEqual([{ claimed_at: held.claimedAt, expires_at: held.expiresAt, updated_at: held.updatedAt }]);
  });
});

describe('a member’s day', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    process.env['TZ'] = zone;
    if (zone === undefined) delete process.env['TZ'];
  });

  // At any moment at least one of these zones has another date than Vietnam.
  test.each(['America/Los_Angeles', 'Etc/GMT+12', 'Pacific/Kiritimati', 'UTC'])(
    'is Vietnam’s on a host and a session in %s',
    async (there) => {
      process.env['TZ'] = there;
      await world.owner.query(`ALTER ROLE chung_server SET TimeZone = '${there}'`);
      const made = await claim(world.member(), await world.offer());
      await world.owner.query('ALTER ROLE chung_server RESET TimeZone');
      const inVietnam = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(made.claimedAt);
      expect(made.claimedDay).toBe(inVietnam);
    },
  );

  test.each([
    ['2026-03-01T16:59:59.999999Z', '2026-03-01'],
    ['2026-03-01T17:00:00Z', '2026-03-02'],
    ['2026-12-31T17:00:00Z', '2027-01-01'],
  ])('at %s is %s', async (moment, day) => {
    const { rows } = await world.owner.query(`SELECT ($1::timestamptz AT TIME ZONE $2)::date::text AS day`, [moment, world.ports.timeZone]);
    expect(rows).toEqual([{ day }]);
  });

  test('has its own limit: yesterday’s uses do not count, the life’s do', async () => {
    const one = world.member();
    const offerId = await world.offer({ stock: 20, limits: { perMember: 3, perMemberPerDay: 1 } });
    const tomorrow = () =>
      world.owner.query(
        `WITH moved AS (UPDATE chung.redemptions SET claimed_day = claimed_day - 1 WHERE offer_id = $1)
        UPDATE chung.redemption_usage SET day = day - 1 WHERE offer_id = $1`,
        [offerId],
      );
    for (let day = 0; day < 3; day++) {
      await claim(one, offerId);
      expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
      await tomorrow();
    }
    expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
  });

  test('counts what was claimed before the offer got a daily limit, and gives back just that', async () => {
    const one = world.member();
    const { rooms, partnerId } = world;
    const offerId = await world.offer({ ...hold(60), limits: { perMember: 5, perMemberPerDay: null } });
    const [first] = [await claim(one, offerId), await claim(one, offerId)];
    const limits = { perMember: 5, perMemberPerDay: 2 };
    await rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change: { limits } }));
    await rooms.db.tx(async (tx) => {
      const { termsVersion } = await rooms.offers.submit(tx, { partnerId, offerId });
      const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
      await rooms.offers.applyDecision(tx, { offerId, termsVersion, decision });
    });
    expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
    await rooms.db.tx((tx) => cancelRedemption(tx, world.ports, { principal: one, id: first.id }));
    expect(await outcomeOf(claim(one, offerId))).toBe('done');
    expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
    expect(await brokenInvariants(world.owner)).toEqual([]);
  });

  test('given back goes to the day of the claim, not to today', async () => {
    const one = world.member();
    const offerId = await world.offer({ ...hold(60), limits: { perMember: 5, perMemberPerDay: 1 } });
    const early = await claim(one, offerId);
    await world.owner.query('UPDATE chung.redemptions SET claimed_day = claimed_day - 1 WHERE id = $1', [early.id]);
    await world.owner.query(`UPDATE chung.redemption_usage SET day = day - 1 WHERE offer_id = $1`, [offerId]);
    await claim(one, offerId);
    await world.rooms.db.tx((tx) => cancelRedemption(tx, world.ports, { principal: one, id: early.id }));
    expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
    expect(await brokenInvariants(world.owner)).toEqual([]);
  });
});
