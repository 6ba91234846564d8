// Claims that are written before the stock is locked: whatever comes between must turn up in a guard, and nobody stands in a circle.
import { setTimeout as pause } from 'node:timers/promises';
import type { OfferDraft, OfferId } from '@chung/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import { alwaysWriteFirst, writeAsServed } from '../../../../../test/harness/write-first.ts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { createClaimEngine } from './claim-engine.ts';
import { claimOffer } from './claim-offer.ts';
import type { RedemptionPorts } from './ports.ts';

type Order = 'write-first' | 'lock-first';

let world: RedemptionRooms;
/** A second session behind the server's back. */
let other: pg.Client;
/** The orders in which batches were asked for, one a call. */
let orders: Order[] = [];
let servers: [RedemptionPorts, RedemptionPorts];

function server(): RedemptionPorts {
  const db: Db = {
    ...world.ports.db,
    query: (text, values) => {
      if (text.includes('chung.claim_offers(')) orders.push(values?.at(-1) ? 'lock-first' : 'write-first');
      return world.ports.db.query(text, values);
    },
  };
  const { timeZone, offers } = world.ports;
  return { ...world.ports, db, claims: createClaimEngine({ db, timeZone, offerForClaim: offers.offerForClaim }) };
}

beforeAll(async () => {
  world = await openRedemptionRooms();
  other = new pg.Client({ connectionString: world.rooms.database.ownerUrl });
  await other.connect();
  await alwaysWriteFirst(world.owner);
});
beforeEach(() => {
  orders = [];
  servers = [server(), server()];
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await other.end();
  await world.close();
});

const claim = (principal: MemberPrincipal, offerId: OfferId, key: string = newId(), through = servers[0]) =>
  claimOffer(through, { principal, offerId, idempotencyKey: key });
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );

/** Claims while somebody else holds the stock; `meanwhile` is their work under it, done once the claim has been written and waits. */
async function overtaken(offerId: OfferId, work: () => Promise<unknown>, meanwhile: () => Promise<unknown>): Promise<string> {
  await other.query('BEGIN');
  await other.query('SELECT 1 FROM chung.offer_stock WHERE offer_id = $1 FOR UPDATE', [offerId]);
  const outcome = outcomeOf(work());
  await expect.poll(waitsForTheStock, { timeout: 5_000, interval: 2 }).toBe(true);
  await meanwhile();
  await other.query('COMMIT');
  return outcome;
}

async function waitsForTheStock(): Promise<boolean> {
  const { rows } = await world.owner.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%chung.claim_offers(%'`,
  );
  return rows.length > 0;
}

test('goes through at the first try when nothing comes between, and wherever it may not goes the other way by itself', async () => {
  const offerId = await world.offer();
  expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
  const pooled = await world.offer({}, 3);
  expect((await claim(world.member(), pooled)).codePosition).toBe(1n);
  expect(orders).toEqual(['write-first', 'write-first']);
});

test('is there only for many claims of an offer with far more units', async () => {
  await writeAsServed(world.owner);
  try {
    const offerId = await world.offer({ stock: 5_000 });
    const members = Array.from({ length: 60 }, () => world.member());
    const key = newId<string>();
    // Terms and facts are known afterwards, so that all sixty come in one batch.
    await claim(world.member(), offerId);
    const isWritten = async () => {
      await other.query('SAVEPOINT look');
      const row = [members[0]?.memberId, key, offerId, newId()];
      const seen = await other.query(`SET LOCAL lock_timeout = '20ms'; SAVEPOINT s`).then(() =>
        other.query('INSERT INTO chung.claim_keys VALUES ($1, $2, $3, $4)', row).then(
          () => false,
          ({ code }) => code === '55P03',
        ),
      );
      await other.query('ROLLBACK TO SAVEPOINT look');
      return seen;
    };
    let written = false;
    const all = () => Promise.all(members.map((member, index) => claim(member, offerId, index === 0 ? key : newId())));
    await overtaken(offerId, all, async () => {
      written = await isWritten();
    });
    expect(written).toBe(true);
    await overtaken(
      offerId,
      () => claim(members[0] ?? world.member(), offerId).catch(() => {}),
      async () => {
        written = await isWritten();
      },
    );
    expect(written).toBe(false);
    expect(await world.units(offerId)).toMatchObject({ redeemed: 61 });
  } finally {
    await alwaysWriteFirst(world.owner);
  }
});

describe('what comes between is noticed:', () => {
  const cases: readonly [string, Partial<OfferDraft>, (offerId: OfferId) => Promise<unknown>, string][] = [
    ['the offer is paused', {}, (id) => other.query(`UPDATE chung.offers SET state = 'paused' WHERE id = $1`, [id]), 'offer_not_open'],
    [
      'the last units are promised to others',
      { stock: 1 },
      async (id) => {
        await other.query('UPDATE chung.offer_stock SET promised = 1 WHERE offer_id = $1', [id]);
        await other.query(
          `INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, promised_until, updated_at)
           VALUES ($1, gen_random_uuid(), gen_random_uuid(), 'waiting', 'PROMISED', 30, now(), now() + interval '1 hour', now())`,
          [id],
        );
      },
      'offer_sold_out',
    ],
  ];
  test.each(cases)('%s', async (_name, changes, meanwhile, outcome) => {
    const offerId = await world.offer(changes);
    const one = world.member();
    expect(
      await overtaken(
        offerId,
        () => claim(one, offerId),
        () => meanwhile(offerId),
      ),
    ).toBe(outcome);
    expect(orders.slice(0, 2)).toEqual(['write-first', 'lock-first']);
    const { rows } = await world.owner.query('SELECT 1 FROM chung.claim_keys WHERE member_id = $1', [one.memberId]);
    expect(rows).toEqual([]);
  });

  test('its terms are changed', async () => {
    const offerId = await world.offer();
    const change = async () => {
      await other.query(
        'INSERT INTO chung.offer_terms (offer_id, version, terms) SELECT offer_id, 2, terms FROM chung.offer_terms WHERE offer_id = $1',
        [offerId],
      );
      await other.query('UPDATE chung.offers SET terms_version = 2 WHERE id = $1', [offerId]);
    };
    const made: unknown[] = [];
    const outcome = await overtaken(offerId, async () => made.push(await claim(world.member(), offerId)), change);
    expect([outcome, ...made]).toEqual(['done', expect.objectContaining({ termsVersion: 2 })]);
  });

  test('a unit is promised to the very member: their claim takes that one and no other', async () => {
    const offerId = await world.offer({ stock: 2 });
    const one = world.member();
    const promise = async () => {
      await other.query('UPDATE chung.offer_stock SET promised = 1 WHERE offer_id = $1', [offerId]);
      await other.query(
        `INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, promised_until, updated_at)
         VALUES ($1, gen_random_uuid(), $2, 'waiting', 'PROMISED', 30, now(), now() + interval '1 hour', now())`,
        [offerId, one.memberId],
      );
    };
    expect(await overtaken(offerId, () => claim(one, offerId), promise)).toBe('done');
    const { rows } = await world.owner.query(
      'SELECT s.promised, q.state FROM chung.offer_stock s JOIN chung.queue_entries q ON q.offer_id = s.offer_id WHERE s.offer_id = $1',
      [offerId],
    );
    expect(rows).toEqual([{ promised: 0, state: 'TAKEN' }]);
  });

  test('the partner is suspended', async () => {
    const offerId = await world.offer();
    const suspend = () => other.query(`UPDATE chung.partners SET status = 'suspended' WHERE id = $1`, [world.partnerId]);
    expect(await overtaken(offerId, () => claim(world.member(), offerId), suspend)).toBe('offer_not_open');
    await world.owner.query(`UPDATE chung.partners SET status = 'active' WHERE id = $1`, [world.partnerId]);
  });

  test.each([
    ['the window ends', `clock_timestamp() + interval '100 years'`],
    ['the day ends', `clock_timestamp() + interval '1 day'`],
  ])('%s', async (_name, later) => {
    const offerId = await world.offer();
    const { rows } = await world.owner.query(`SELECT pg_get_functiondef('chung.lock_after_writing'::regproc) AS body`);
    const body = String(rows[0].body);
    expect(body).toContain('clock_timestamp()');
    await world.owner.query(body.replace('clock_timestamp()', later));
    try {
      expect(await outcomeOf(claim(world.member(), offerId))).toBe('done');
      expect(orders).toEqual(['write-first', 'lock-first']);
    } finally {
      await world.owner.query(body);
    }
  });
});

test('one server sells the last unit while another has written its claim for it: the other is told “sold out”', async () => {
  for (let round = 0; round < 8; round++) {
    const offerId = await world.offer({ stock: 1 });
    const outcomes = await Promise.all(servers.map((through) => outcomeOf(claim(world.member(), offerId, newId(), through))));
    expect(outcomes.toSorted()).toEqual(['done', 'offer_sold_out']);
  }
});

test('a key sent to two offers at once, and one sent twice, make one redemption (I7)', async () => {
  for (let round = 0; round < 8; round++) {
    const one = world.member();
    const offers = [await world.offer(), await world.offer()];
    const outcomes = await Promise.all(offers.map((offerId, i) => outcomeOf(claim(one, offerId, `twice-${round}`, servers[i]))));
    expect(outcomes.toSorted()).toEqual(['done', 'idempotency_key_reused']);
    const another = world.member();
    const same = await Promise.all(servers.map((through) => claim(another, offers[0] ?? newId(), `same-${round}`, through)));
    expect(new Set(same.map(({ id }) => id)).size).toBe(1);
  }
});

test('whoever holds the stock and wants a use that a written claim holds is let through within a moment', async () => {
  const offerId = await world.offer({ limits: { perMember: 5, perMemberPerDay: null } });
  const one = world.member();
  await claim(one, offerId);
  orders = [];
  const began = performance.now();
  const giveBack = () =>
    other.query('UPDATE chung.redemption_usage SET used_today = used_today WHERE offer_id = $1 AND member_id = $2', [
      offerId,
      one.memberId,
    ]);
  expect(await overtaken(offerId, () => claim(one, offerId), giveBack)).toBe('done');
  // Less than the second after which PostgreSQL looks for circles.
  expect(performance.now() - began).toBeLessThan(900);
  expect(orders).toEqual(['write-first', 'lock-first']);
});

test('whoever waits for the stock in vain is told so after one wait, and nothing of the claim is there', { timeout: 20_000 }, async () => {
  const offerId = await world.offer();
  const one = world.member();
  await other.query('BEGIN');
  await other.query('SELECT 1 FROM chung.offer_stock WHERE offer_id = $1 FOR UPDATE', [offerId]);
  const began = performance.now();
  expect(await outcomeOf(claim(one, offerId))).toBe('unavailable');
  // 150 ms to give way, five seconds for the lock.
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(orders).toEqual(['write-first', 'lock-first']);
  await other.query('COMMIT');
  expect(await outcomeOf(claim(one, offerId))).toBe('done');
});

test('two servers, few units, few members, many claims: as many as there may be, whatever the order', async () => {
  const scene = fc.record({
    stock: fc.integer({ min: 1, max: 12 }),
    members: fc.integer({ min: 1, max: 6 }),
    perMember: fc.integer({ min: 1, max: 3 }),
    held: fc.constantFrom({}, hold(30)),
    claims: fc.array(fc.record({ member: fc.nat(5), key: fc.nat(9) }), { minLength: 5, maxLength: 60 }),
  });
  const runs = Number(process.env['FC_RUNS'] ?? 25);
  await fc.assert(
    fc.asyncProperty(scene, async ({ stock, members: count, perMember, held, claims }) => {
      const offerId = await world.offer({ ...held, stock, limits: { perMember, perMemberPerDay: null } });
      const members = Array.from({ length: count }, () => world.member());
      const keysOf = new Map<string, Set<string>>();
      const outcomes = await Promise.all(
        claims.map(async ({ member, key }, index) => {
          const one = members[member % count] ?? world.member();
          keysOf.set(one.memberId, (keysOf.get(one.memberId) ?? new Set()).add(String(key)));
          if (index % 7 === 0) await pause(index % 5);
          return outcomeOf(claim(one, offerId, String(key), servers[index % 2]));
        }),
      );
      expect(outcomes.filter((outcome) => !['done', 'limit_reached', 'offer_sold_out'].includes(outcome))).toEqual([]);
      const possible = [...keysOf.values()].reduce((sum, keys) => sum + Math.min(perMember, keys.size), 0);
      const { held: kept, redeemed } = await world.units(offerId);
      expect(kept + redeemed).toBe(Math.min(stock, possible));
    }),
    { numRuns: runs, ...(process.env['FC_SEED'] && { seed: Number(process.env['FC_SEED']) }) },
  );
  expect(orders).toContain('write-first');
  expect(orders).toContain('lock-first');
}, 60_000);
