// When an offer is open and how often a member may use it: by the database's clock and the market's calendar.
import type { OfferId, PartnerId } from '@chung/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { cancelRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';
import { insertRedemption, type NewRedemption } from './store.ts';

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

const row = (changes: Partial<NewRedemption>): NewRedemption => ({
  offerId: newId(),
  id: newId(),
  memberId: newId(),
  partnerId: newId<PartnerId>(),
  memberRef: 'ref',
  clientId: 'client',
  state: 'RESERVED',
  termsVersion: 1,
  offerTitle: { vi: 'Ưu đãi', en: 'Offer' },
  partnerName: 'MyTV',
  contractVersion: 1,
  feeMinor: 0n,
  vatMinor: 0n,
  vatBasisPoints: 0,
  cashback: null,
  eligibility: {},
  idempotencyKey: newId<string>(),
  holdMinutes: 30,
  timeZone: 'Asia/Ho_Chi_Minh',
  window: { startsAt: '2000-01-01T00:00:00Z', endsAt: '2100-01-01T00:00:00Z' },
  ...changes,
});

/** Runs in a transaction that is taken back; its `now()` stands still, so that edges can be hit exactly. */
async function atOneMoment<Result>(work: (tx: Tx, at: (offset: string) => Promise<string>) => Promise<Result>): Promise<Result> {
  let result: Result | undefined;
  const undone = new Error('undone');
  await world.ports.db
    .tx(async (tx) => {
      const at = async (offset: string) => {
        const [found] = await tx.query<{ at: string }>(
          `SELECT to_char((now() + $1::interval) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
          [offset],
        );
        return found?.at ?? '';
      };
      result = await work(tx, at);
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  if (result === undefined) throw new Error('the work gave nothing');
  return result;
}

describe('a window', () => {
  test.each([
    ['begins now', '0', '1 hour', true],
    ['begins a microsecond later', '1 microsecond', '1 hour', false],
    ['ends now', '-1 hour', '0', false],
    ['ends a microsecond later', '-1 hour', '1 microsecond', true],
    ['is a single microsecond long', '0', '1 microsecond', true],
  ])('that %s, by the clock of the writing statement: open is %s–%s %s', async (_name, starts, ends, open) => {
    const made = await atOneMoment(async (tx, at) => {
      const window = { startsAt: await at(starts), endsAt: await at(ends) };
      return (await insertRedemption(tx, row({ window }))).made !== null;
    });
    expect(made).toBe(open);
  });

  test('that closes between the read and the write refuses the claim, with nothing written', async () => {
    const offerId = await world.offer();
    const read = await world.ports.offers.offerForClaim(offerId);
    if (!read) throw new Error('the offer is there');
    const ended = { ...read.terms.window, endsAt: new Date(read.at.getTime()).toISOString() };
    const ports = {
      ...world.ports,
      // As if a second had passed since: the judge sees the offer open, the statement does not.
      offers: {
        ...world.ports.offers,
        offerForClaim: async () => ({ ...read, at: new Date(read.at.getTime() - 1000), terms: { ...read.terms, window: ended } }),
      },
    };
    const late = claimOffer(ports, { principal: world.member(), offerId, idempotencyKey: newId<string>() });
    expect(await outcomeOf(late)).toBe('offer_not_open');
    expect(await world.units(offerId)).toMatchObject({ held: 0, redeemed: 0 });
  });

  test('of a hold counts from the claim to the minute', async () => {
    const held = await atOneMoment(async (tx) => (await insertRedemption(tx, row({ holdMinutes: 30 }))).made);
    expect((held?.expiresAt?.getTime() ?? 0) - (held?.claimedAt.getTime() ?? 0)).toBe(30 * 60_000);
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
      const made = await atOneMoment(async (tx) => {
        await tx.query(`SELECT set_config('TimeZone', $1, true)`, [there]);
        return (await insertRedemption(tx, row({}))).made;
      });
      const inVietnam = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(made?.claimedAt);
      expect(made?.claimedDay).toBe(inVietnam);
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
        UPDATE chung.redemption_usage SET day = day - 1 WHERE offer_id = $1 AND day <> '-infinity'`,
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
    await world.owner.query(`UPDATE chung.redemption_usage SET day = day - 1 WHERE offer_id = $1 AND day <> '-infinity'`, [offerId]);
    await claim(one, offerId);
    await world.rooms.db.tx((tx) => cancelRedemption(tx, world.ports, { principal: one, id: early.id }));
    expect(await outcomeOf(claim(one, offerId))).toBe('limit_reached');
    expect(await brokenInvariants(world.owner)).toEqual([]);
  });
});
