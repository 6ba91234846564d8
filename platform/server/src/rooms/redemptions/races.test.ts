// Two at once, made certain: each test stops one request where it is dangerous and lets the other pass.
import { setTimeout as pause } from 'node:timers/promises';
import type { OfferDraft, OfferId, RedemptionId } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failingAfter } from '../../../../../test/harness/broken-database.ts';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { cancelRedemption, confirmRedemption, fulfilRedemption, reverseRedemption } from './change-redemption.ts';
import { createClaimEngine } from './claim-engine.ts';
import { claimOffer } from './claim-offer.ts';
import { expireLapsedHolds } from './jobs.ts';
import { listEvents } from './list-events.ts';
import type { RedemptionPorts } from './ports.ts';
import { transition } from './transition.ts';

let world: RedemptionRooms;
let ports: RedemptionPorts;
beforeAll(async () => {
  world = await openRedemptionRooms();
  ({ ports } = world);
});
afterAll(async () => {
  expect(await brokenInvariants(world.owner)).toEqual([]);
  await world.close();
});

const claim = (principal: MemberPrincipal, offerId: OfferId, key: string = newId(), through = ports) =>
  claimOffer(through, { principal, offerId, idempotencyKey: key });
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );
const confirm = (id: RedemptionId) =>
  ports.db.tx((tx) => confirmRedemption(tx, ports, { principal: world.partner(), id, presented: undefined }));

/** The partner's events of one redemption, in the order a reader gets them. */
const told = async (id: RedemptionId) => {
  const { items } = await listEvents(ports, world.partnerId, { limit: 1000 });
  return items.filter((event) => event.data['redemptionId'] === id).map((event) => event.type.split('.')[1]);
};

test('a key sent to two offers at once claims one of them and is refused by the other (I7)', async () => {
  for (let round = 0; round < 5; round++) {
    const one = world.member();
    const offers = [await world.offer(), await world.offer()];
    const outcomes = await Promise.all(offers.map((offerId) => outcomeOf(claim(one, offerId, `both-${round}`))));
    expect(outcomes.toSorted()).toEqual(['done', 'idempotency_key_reused']);
  }
});

/** Another server's ports on the same database: a queue and a memory of offers of its own. */
const otherServer = (): RedemptionPorts => ({
  ...ports,
  claims: createClaimEngine({ db: ports.db, timeZone: ports.timeZone, offerForClaim: ports.offers.offerForClaim }),
});

test('a retry at another server while the first try takes the last unit gets that unit’s redemption, not “sold out”', async () => {
  for (let round = 0; round < 10; round++) {
    const one = world.member();
    const offerId = await world.offer({ stock: 1 });
    const tries = [ports, otherServer(), otherServer()].map((server) => claim(one, offerId, 'retried', server));
    expect(new Set((await Promise.all(tries)).map(({ id }) => id)).size).toBe(1);
  }
});

test('three servers on one database never sell a unit twice, while sweepers and members give units back', async () => {
  const offerId = await world.offer({ ...hold(60), stock: 40, limits: { perMember: 3, perMemberPerDay: null } });
  const servers = [ports, otherServer(), otherServer()];
  const members = Array.from({ length: 30 }, () => world.member());
  const rounds = members.flatMap((one, index) =>
    servers.map(async (server, turn) => {
      const made = await claim(one, offerId, newId(), server).catch((error: unknown) => error);
      if (made instanceof Error) return expect(made).toMatchObject({ code: 'offer_sold_out' });
      const id = (made as Awaited<ReturnType<typeof claim>>).id;
      if ((index + turn) % 3 === 0) await ports.db.tx((tx) => cancelRedemption(tx, ports, { principal: one, id }));
      if ((index + turn) % 3 === 1) await world.lapse(id);
      return expireLapsedHolds(server);
    }),
  );
  await Promise.all(rounds);
  await expireLapsedHolds(ports);
  expect(await brokenInvariants(world.owner)).toEqual([]);
});

test('a batch in which one claim is not valid refuses that one and makes the others', async () => {
  const offerId = await world.offer();
  const broken = { ...world.member(), clientId: '\0' };
  const all = [...Array.from({ length: 5 }, () => world.member()), broken, ...Array.from({ length: 5 }, () => world.member())];
  const outcomes = await Promise.all(all.map((one) => outcomeOf(claim(one, offerId))));
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(10);
  expect(outcomes[5]).toContain('invalid byte sequence');
});

describe('events', () => {
  test('of one redemption keep their order when an older transaction comes to it later', async () => {
    const made = await claim(world.member(), await world.offer(hold(60)));
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let tries = 0;
    // The reversal gets its transaction id first, as the seam's key makes it, and its row last.
    const reversal = ports.db.tx(async (tx) => {
      tries += 1;
      await tx.query('SELECT pg_current_xact_id()');
      if (tries === 1) await released;
      return reverseRedemption(tx, ports, { principal: world.partner(), id: made.id, reason: 'wrong line' });
    });
    await expect.poll(() => tries).toBe(1);
    await pause(20);
    await confirm(made.id);
    release();
    expect((await reversal).state).toBe('REVERSED');
    expect(tries).toBe(2);
    await expect.poll(() => told(made.id), { timeout: 10_000 }).toEqual(['reserved', 'redeemed', 'reversed']);
  });

  test('wait for an older transaction that may still add one, and then none is missing', async () => {
    const slow = world.member();
    const offerId = await world.offer();
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const open = ports.db.tx(async (tx) => {
      await tx.query('SELECT pg_current_xact_id()');
      await finished;
    });
    await expect
      .poll(
        async () =>
          (await world.owner.query('SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()'))
            .rowCount,
      )
      .toBeGreaterThan(0);
    const made = await claim(slow, offerId);
    expect(await told(made.id)).toEqual([]);
    finish();
    await open;
    await expect.poll(() => told(made.id), { timeout: 10_000 }).toEqual(['redeemed']);
  });
});

test('a fulfilment that another counter’s confirmation overtakes goes on from there', async () => {
  const made = await claim(world.member(), await world.offer(hold(60)));
  const done = await ports.db.tx(async (tx) => {
    let confirmed = false;
    const seen = {
      query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
        const rows = await tx.query<Row>(text, values);
        // Between our read and our write.
        if (!confirmed && text.includes('FROM chung.redemptions WHERE id')) {
          confirmed = true;
          await confirm(made.id);
        }
        return rows;
      },
    };
    return fulfilRedemption(seen, ports, { principal: world.partner(), id: made.id });
  });
  expect(done.state).toBe('FULFILLED');
});

test('sweepers and counters at the same holds end each of them once', async () => {
  const offerId = await world.offer({ ...hold(60), stock: 12 });
  const made = await Promise.all(Array.from({ length: 12 }, () => claim(world.member(), offerId)));
  const lapsed = made.slice(0, 6);
  for (const { id } of lapsed) await world.lapse(id);
  const sweeps = [1, 2, 3].map(() => expireLapsedHolds(ports));
  const confirmed = await Promise.all(made.map(({ id }) => outcomeOf(confirm(id))));
  expect(confirmed).toEqual([...lapsed.map(() => 'reservation_expired'), ...made.slice(6).map(() => 'done')]);
  expect((await Promise.all(sweeps)).reduce((sum, swept) => sum + swept, 0)).toBe(6);
  expect(await world.units(offerId)).toEqual({ stock: 12, held: 0, redeemed: 6 });
});

describe('whatever statement fails', () => {
  /** All that a claim or an arrow may write. */
  const fingerprint = async (offerId: OfferId) => {
    const tables = ['redemptions', 'redemption_usage', 'offer_stock', 'code_pools', 'presentations', 'claim_keys'].map(
      (table) => `SELECT '${table}' AS t, to_jsonb(x)::text AS row FROM chung.${table} x WHERE offer_id = $1`,
    );
    const books = ['journals', 'postings', 'outbox'].map(
      (table) => `SELECT '${table}' AS t, to_jsonb(x)::text AS row FROM chung.${table} x WHERE shard_id = $1`,
    );
    return (await world.owner.query(`${[...tables, ...books].join(' UNION ALL ')} ORDER BY 1, 2`, [offerId])).rows;
  };

  /** Fails after 0, 1, 2 … statements until the work comes through; nothing may stay of any of the failures. */
  async function failEverywhere(offerId: OfferId, work: (through: RedemptionPorts) => Promise<unknown>): Promise<number> {
    const before = await fingerprint(offerId);
    for (let statements = 0; statements < 60; statements++) {
      const outcome = await outcomeOf(work({ ...ports, db: failingAfter(ports.db, statements) }));
      if (outcome === 'done') return statements;
      expect(outcome).toBe('Error: the connection was lost');
      expect(await fingerprint(offerId), `after ${statements} statements`).toEqual(before);
    }
    throw new Error('the work never came through');
  }

  const kinds: [string, Partial<OfferDraft>, number | undefined][] = [
    ['an instant offer', {}, undefined],
    ['an offer with codes', {}, 3],
    ['a hold', hold(60), undefined],
  ];
  test.each(kinds)('a claim of %s leaves nothing behind, and its key is free', async (_kind, draft, codes) => {
    const one = world.member();
    const offerId = await world.offer(draft, codes);
    const before = await fingerprint(offerId);
    await world.owner.query(
      `CREATE OR REPLACE FUNCTION chung.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$`,
    );
    const tables = ['claim_keys', 'redemptions', 'redemption_usage', 'outbox', 'journals', 'postings', 'offer_stock'];
    for (const table of codes === undefined ? tables : [...tables, 'code_pools']) {
      await world.owner.query(`CREATE TRIGGER refuse AFTER INSERT OR UPDATE ON chung.${table} EXECUTE FUNCTION chung.refuse()`);
      expect(await outcomeOf(claim(one, offerId, 'again-and-again')), table).toContain('refused');
      await world.owner.query(`DROP TRIGGER refuse ON chung.${table}`);
      expect(await fingerprint(offerId), `refused at ${table}`).toEqual(before);
    }
    expect((await claim(one, offerId, 'again-and-again')).memberId).toBe(one.memberId);
  });

  test('a cancellation, an expiry, a confirmation, a fulfilment and a reversal leave the redemption as it was', async () => {
    const one = world.member();
    const offerId = await world.offer({ ...hold(60), limits: { perMember: 5, perMemberPerDay: null } }, 5);
    const principal = world.partner();
    const changed = (work: (tx: Parameters<typeof cancelRedemption>[0], through: RedemptionPorts) => Promise<unknown>) =>
      failEverywhere(offerId, (through) => through.db.tx((tx) => work(tx, through)));
    const [cancelled, confirmed, lapsed] = [await claim(one, offerId), await claim(one, offerId), await claim(one, offerId)];
    expect(await changed((tx, through) => cancelRedemption(tx, through, { principal: one, id: cancelled.id }))).toBeGreaterThan(3);
    await changed((tx, through) => confirmRedemption(tx, through, { principal, id: confirmed.id, presented: undefined }));
    await changed((tx, through) => fulfilRedemption(tx, through, { principal, id: confirmed.id }));
    await changed((tx, through) => reverseRedemption(tx, through, { principal, id: confirmed.id, reason: 'not delivered' }));
    await world.lapse(lapsed.id);
    await changed((tx, through) => transition(tx, through, { offerId, id: lapsed.id, arrow: 'expire' }));
    expect(await world.units(offerId)).toEqual({ stock: 10, held: 0, redeemed: 0 });
  });
});
