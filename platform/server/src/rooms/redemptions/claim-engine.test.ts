// What a batch of claims must do that a single one cannot show: old copies of terms, budgets, fairness of refusals, and its cost.
import { EVENT_TYPES, type OfferDraft, type OfferId } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { cancelRedemption, reverseRedemption } from './change-redemption.ts';
import { createClaimEngine, DEFAULT_ENGINE } from './claim-engine.ts';
import { claimOffer } from './claim-offer.ts';
import { costOf } from './claim-terms.ts';
import type { RedemptionPorts } from './ports.ts';

let world: RedemptionRooms;
beforeAll(async () => {
  world = await openRedemptionRooms();
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});

const claim = (principal: MemberPrincipal, offerId: OfferId, through: RedemptionPorts = world.ports) =>
  claimOffer(through, { principal, offerId, idempotencyKey: newId<string>() });
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

async function changeAndApprove(offerId: OfferId, change: Partial<OfferDraft>): Promise<void> {
  const { rooms, partnerId } = world;
  await rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change }));
  await rooms.db.tx(async (tx) => {
    const { termsVersion } = await rooms.offers.submit(tx, { partnerId, offerId });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    await rooms.offers.applyDecision(tx, { offerId, termsVersion, decision });
  });
}

describe('what the engine remembers of an offer', () => {
  test('writes no claim by terms that are no longer in force', async () => {
    const offerId = await world.offer({ limits: { perMember: 1, perMemberPerDay: null } });
    const one = world.member();
    expect((await claim(one, offerId)).termsVersion).toBe(1);
    await changeAndApprove(offerId, { limits: { perMember: 2, perMemberPerDay: null }, title: { vi: 'Mới', en: 'New' } });
    expect(await claim(one, offerId)).toMatchObject({ termsVersion: 2, offerTitle: { vi: 'Mới', en: 'New' } });
  });

  test.each([
    [
      'is taken back to a draft',
      (offerId: OfferId) => world.owner.query(`UPDATE chung.offers SET state = 'draft' WHERE id = $1`, [offerId]),
      'not_found',
    ],
    [
      'is paused',
      (offerId: OfferId) => world.owner.query(`UPDATE chung.offers SET state = 'paused' WHERE id = $1`, [offerId]),
      'offer_not_open',
    ],
    [
      'loses its partner',
      () => world.owner.query(`UPDATE chung.partners SET status = 'suspended' WHERE id = $1`, [world.partnerId]),
      'offer_not_open',
    ],
  ])('serves nobody once the offer %s', async (_name, stop, outcome) => {
    const offerId = await world.offer();
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
    await stop(offerId);
    expect(await outcomeOf(claim(world.member(), offerId))).toBe(outcome);
    await world.owner.query(`UPDATE chung.partners SET status = 'active' WHERE id = $1`, [world.partnerId]);
    await world.owner.query(`UPDATE chung.offers SET state = 'published' WHERE id = $1`, [offerId]);
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
  });

  test('charges by the contract of the moment, also when it began a second ago', async () => {
    const offerId = await world.offer();
    const before = await claim(world.member(), offerId);
    const dearer = { validFrom: new Date(), feePerRedemptionMinor: 7_000n, commissionBasisPoints: 0, serviceClass: 'standard' as const };
    await world.rooms.db.tx((tx) => world.rooms.partners.addContract(tx, world.partnerId, dearer));
    const after = await claim(world.member(), offerId);
    expect([before.feeMinor, after.feeMinor]).toEqual([2_000n, 7_000n]);
  });
});

test('ages are judged by the clock of now, also by terms that were read before midnight of New Year’s Eve', async () => {
  const offerId = await world.offer();
  const read = await world.ports.offers.offerForClaim(offerId);
  if (!read) throw new Error('the offer is there');
  const { db, timeZone } = world.ports;
  const claims = createClaimEngine({ db, timeZone, offerForClaim: async () => ({ ...read, at: new Date('2026-12-31T16:59:59.990Z') }) });
  const found = await claims.termsOf(offerId, 'known');
  await expect.poll(() => found?.now().toISOString() ?? '').toMatch(/^2026-12-31T17:00/);
  expect(claims.waiting).toBe(0);
});

test('an offer for everyone reads nothing about the member; one with a condition does, and refuses who is not in the directory', async () => {
  const asked: string[] = [];
  const factsOf: RedemptionPorts['factsOf'] = async (memberId) => {
    asked.push(memberId);
    return null;
  };
  const ports = { ...world.ports, factsOf };
  const open = await world.offer({ eligibility: { version: 1, all: [] } });
  expect(await outcomeOf(claim(world.member(), open, ports))).toBe('done');
  expect(asked).toEqual([]);
  const closed = await world.offer({ eligibility: { version: 1, all: [{ fact: 'verified' }] } });
  const one = world.member();
  expect(await outcomeOf(claim(one, closed, ports))).toBe('not_eligible');
  expect(new Set(asked)).toEqual(new Set([one.memberId]));
});

describe('a budget', () => {
  const voucher = { benefit: { kind: 'free_voucher', faceValueMinor: 30_000 } } as const;

  test('is never passed by parallel claims, and a reversal gives its part back', async () => {
    const offerId = await world.offer({ ...voucher, stock: 100, budgetMinor: 100_000 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => claim(world.member(), offerId).catch((error: DomainError) => error.code)),
    );
    const made = outcomes.filter((outcome) => typeof outcome !== 'string');
    expect(made).toHaveLength(3);
    expect(new Set(outcomes.filter((outcome) => typeof outcome === 'string'))).toEqual(new Set(['offer_sold_out']));
    const [first] = made;
    if (first)
      await world.ports.db.tx((tx) =>
        reverseRedemption(tx, world.ports, { principal: world.partner(), id: first.id, reason: 'wrong line' }),
      );
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('offer_sold_out');
  });

  test('counts holds as used and opens again when they are cancelled', async () => {
    const offerId = await world.offer({ ...voucher, ...hold(60), budgetMinor: 30_000 });
    const one = world.member();
    const held = await claim(one, offerId);
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('offer_sold_out');
    await world.ports.db.tx((tx) => cancelRedemption(tx, world.ports, { principal: one, id: held.id }));
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
  });

  test('can be raised, and not lowered below what is spent', async () => {
    const offerId = await world.offer({ ...voucher, budgetMinor: 30_000 });
    await claim(world.member(), offerId);
    const { rooms, partnerId } = world;
    const lower = rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change: { budgetMinor: 29_999 } }));
    await expect(lower).rejects.toMatchObject({ code: 'budget_below_spent' });
    await changeAndApprove(offerId, { budgetMinor: 60_000 });
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
    expect(await outcomeOf(claim(world.member(), offerId))).toBe('offer_sold_out');
  });

  test('is counted by what a member saves, never less than nothing, by no more than the cap', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 1, max: 10_000 }),
        fc.option(amount),
        (regularPriceMinor, rateBasisPoints, maxDiscountMinor) => {
          const cost = costOf({ regularPriceMinor, benefit: { kind: 'percentage', rateBasisPoints, maxDiscountMinor } });
          expect(cost).toBeGreaterThanOrEqual(0);
          expect(cost).toBeLessThanOrEqual(Math.min(regularPriceMinor, maxDiscountMinor ?? regularPriceMinor));
        },
      ),
    );
    const items = [500, 700].map((regularPriceMinor) => ({ name: { vi: 'Gói', en: 'Item' }, regularPriceMinor }));
    expect(costOf({ regularPriceMinor: 0, benefit: { kind: 'bundle', items, bundlePriceMinor: 900 } })).toBe(300);
    expect(costOf({ regularPriceMinor: 0, benefit: { kind: 'bundle', items, bundlePriceMinor: 9_000 } })).toBe(0);
    expect(costOf({ regularPriceMinor: 80, benefit: { kind: 'trial', days: 30, renewalPriceMinor: null } })).toBe(80);
  });
});

test('the event of every claim is what its type promises, of holds too', async () => {
  const offers = [await world.offer(), await world.offer(hold(30))];
  for (const offerId of offers) await claim(world.member(), offerId);
  const { rows } = await world.owner.query('SELECT type, data FROM chung.outbox WHERE shard_id = ANY ($1)', [offers]);
  expect(rows.map((row) => row.type).toSorted()).toEqual(expect.arrayContaining(['redemption.redeemed.v1', 'redemption.reserved.v1']));
  for (const { type, data } of rows)
    if (type === 'redemption.redeemed.v1' || type === 'redemption.reserved.v1')
      EVENT_TYPES[type as 'redemption.redeemed.v1'].or(EVENT_TYPES['redemption.reserved.v1']).parse(data);
});

test('claims beyond the queue are told when to come back, and nothing of them is written', async () => {
  const offerId = await world.offer({ stock: 50 });
  const { db, timeZone, offers } = world.ports;
  const claims = createClaimEngine({ db, timeZone, offerForClaim: offers.offerForClaim }, { ...DEFAULT_ENGINE, maxWaiting: 10 });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, () => claim(world.member(), offerId, { ...world.ports, claims }).catch((error: unknown) => error)),
  );
  const refused = outcomes.filter((outcome) => outcome instanceof DomainError);
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(error).toMatchObject({ code: 'unavailable', extras: { retryAfterSeconds: expect.any(Number) } });
  expect((await world.units(offerId)).redeemed).toBe(40 - refused.length);
});

describe('the cost of a batch', () => {
  test('of two hundred claims is a handful of statements', async () => {
    const offerId = await world.offer({ stock: 500 });
    let statements = 0;
    const counting: Db = {
      ...world.ports.db,
      query: (text, values) => {
        statements += 1;
        return world.ports.db.query(text, values);
      },
    };
    const { timeZone, offers } = world.ports;
    const claims = createClaimEngine({ db: counting, timeZone, offerForClaim: offers.offerForClaim });
    const ports = { ...world.ports, db: counting, claims };
    await Promise.all(Array.from({ length: 200 }, () => claim(world.member(), offerId, ports)));
    expect(statements).toBeLessThanOrEqual(4);
  });

  test('does not grow with the tables, by plans made when they were empty', async () => {
    const offerId = await world.offer({ stock: 1_000_000 }, 50);
    // One session all along: its plans are the ones on trial.
    const session = await world.ports.db.pool.connect();
    let explained = 0;
    const db: Db = {
      ...world.ports.db,
      query: async (text, values = []) => {
        if (!measuring || !text.includes('chung.claim_offers')) return (await session.query(text, [...values])).rows;
        const { rows } = await session.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, [...values]);
        const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
        // Without an answer the claim is asked for again, and a known key costs little: the first is the one that counts.
        explained = Math.max(explained, plan['Shared Hit Blocks'] + plan['Shared Read Blocks']);
        return [];
      },
    };
    let measuring = false;
    const { timeZone, offers } = world.ports;
    const ports = { ...world.ports, db, claims: createClaimEngine({ db, timeZone, offerForClaim: offers.offerForClaim }) };
    for (let round = 0; round < 10; round++) await claim(world.member(), offerId, ports);
    for (const sql of [
      `INSERT INTO chung.claim_keys SELECT gen_random_uuid(), 'k' || i, $1, gen_random_uuid() FROM generate_series(1, 30000) i`,
      `INSERT INTO chung.codes SELECT $1, 50 + i, sha256(int4send(i)), '\\x00', '…' FROM generate_series(1, 30000) i`,
    ])
      await world.owner.query(sql, [offerId]);
    await world.owner.query('UPDATE chung.code_pools SET total = total + 30000 WHERE offer_id = $1', [offerId]);
    measuring = true;
    await claim(world.member(), offerId, ports).catch(() => undefined);
    session.release();
    // Some ten look-ups and twenty index entries of three or four blocks; 30,000 rows by the wrong index are hundreds more.
    expect(explained).toBeGreaterThan(40);
    expect(explained).toBeLessThan(150);
    await world.owner.query(
      'DELETE FROM chung.claim_keys WHERE offer_id = $1 AND NOT EXISTS (SELECT 1 FROM chung.redemptions r WHERE r.id = redemption_id)',
      [offerId],
    );
  });
});
