// Each guard is taken away in a database of its own, and the invariants must tell. A checker that cannot fail proves nothing.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rewriting } from '../../../../../test/harness/broken-database.ts';
import { openStage } from '../../../../../test/harness/redemption-actions.ts';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import type { Action, OfferSpec } from '../../../../../test/harness/redemption-model.ts';
import { openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';

const MEMBERS = 8;
const instant: OfferSpec = { stock: 50, held: false, codes: null, perMember: 1, perDay: null, cashback: null };
const held: OfferSpec = { ...instant, held: true };
const everyone: readonly Action[] = Array.from({ length: MEMBERS }, (_, member) => ({ kind: 'claim', member, offer: 0, key: 'k' }));
const oneMember = (keys: string): readonly Action[] => [...keys].map((key) => ({ kind: 'claim', member: 0, offer: 0, key }));
const cancel: Action = { kind: 'cancel', target: 0 };

const confirm = (target: number): Action => ({ kind: 'confirm', target });
const reverse: Action = { kind: 'reverse', target: 0 };

interface Mutant {
  readonly name: string;
  readonly spec: OfferSpec;
  readonly changes?: readonly (readonly [from: string | RegExp, to: string])[];
  /** What the owner takes away from the schema, where it would stop the mutant too. */
  readonly schema?: string;
  /** Each batch at once. */
  readonly batches: readonly (readonly Action[])[];
  readonly reported: readonly string[];
}

const MUTANTS: readonly Mutant[] = [
  {
    name: 'the stock’s guard',
    spec: { ...instant, stock: 1 },
    changes: [['AND held + redeemed < stock', '']],
    schema: 'ALTER TABLE chung.offer_stock DROP CONSTRAINT offer_stock_not_oversold',
    batches: [everyone],
    reported: ['I1 an offer is oversold'],
  },
  {
    name: 'the member’s limit',
    spec: { ...instant, perMember: 2, perDay: 1 },
    changes: [[/WHERE u\.used < CASE.*END/, 'WHERE $4::integer > 0 OR $5::integer > 0']],
    batches: [oneMember('abc')],
    reported: ['I2 a member passed the limit of an offer', 'I2 a member passed the limit of a day'],
  },
  {
    name: 'the unique key',
    spec: { ...instant, perMember: 5 },
    changes: [
      ['ON CONFLICT (offer_id, member_id, idempotency_key) DO NOTHING', ''],
      [/AND NOT EXISTS \(SELECT 1 FROM chung.redemptions[^)]*\)/, ''],
      ['AND idempotency_key = $2 LIMIT 1', 'AND idempotency_key = $2 LIMIT 0'],
    ],
    schema: 'ALTER TABLE chung.redemptions DROP CONSTRAINT redemptions_idempotency',
    batches: [oneMember('aaaa')],
    reported: ['I7 a key made two redemptions'],
  },
  {
    name: 'the guard of the state',
    spec: held,
    changes: [['AND state = ANY ($3)', 'AND ($3::text[] IS NOT NULL)']],
    schema: 'ALTER TABLE chung.journals DROP CONSTRAINT journals_once',
    batches: [everyone.slice(0, 2), [confirm(0)], [confirm(1)], [reverse], [reverse]],
    reported: [
      'I6 a redemption has not the journals of its way',
      'I6 the events of a redemption do not tell its way, in order',
      'M a redemption is not charged what it says',
    ],
  },
  {
    name: 'the return of a unit',
    spec: held,
    changes: [[/SET held = held - 1 WHERE offer_id = \$1 AND held > 0/, 'SET held = held WHERE offer_id = $1']],
    batches: [oneMember('a'), [cancel]],
    reported: ['I4 a unit is lost or counted twice', 'I4 the memo accounts differ from the stock'],
  },
  {
    name: 'the return of a use',
    spec: held,
    changes: [['SET used = used - 1', 'SET used = used']],
    batches: [oneMember('a'), [cancel]],
    reported: [
      'I2 the count of uses is not the number of live redemptions',
      'I2 the count of a day is not the number of its live redemptions',
    ],
  },
  {
    name: 'the event',
    spec: instant,
    changes: [[/INSERT INTO chung\.outbox[\s\S]*/, 'SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::jsonb']],
    batches: [oneMember('a')],
    reported: [
      'I6 the events of a redemption do not tell its way, in order',
      'I13 a redemption, its journal and its event do not all exist',
    ],
  },
  {
    name: 'the journal',
    spec: instant,
    changes: [['SELECT chung.post_journals($1::jsonb)', 'SELECT $1::jsonb']],
    batches: [oneMember('a')],
    reported: [
      'I4 the memo accounts differ from the stock',
      'I6 a redemption has not the journals of its way',
      'I13 a redemption, its journal and its event do not all exist',
    ],
  },
];

let world: RedemptionRooms;
beforeEach(async () => {
  world = await openRedemptionRooms();
});
afterEach(() => world.close());

async function perform(mutant: Mutant): Promise<unknown[]> {
  const changes = mutant.changes ?? [];
  const { db, applied } = rewriting(world.ports.db, changes);
  if (mutant.schema) await world.owner.query(mutant.schema);
  const { offers } = world.ports;
  // What a claim reads before it writes may save it the way; here the write's own guards are on trial.
  const offerForClaim: typeof offers.offerForClaim = async (id) => {
    const offer = await offers.offerForClaim(id);
    return offer && { ...offer, soldOut: false };
  };
  const ports = { ...world.ports, db, offers: { ...offers, offerForClaim } };
  const stage = await openStage(world, { specs: [mutant.spec], members: MEMBERS, ports });
  // All connections are open before the batches begin, so that none is done before the others start.
  await Promise.all(stage.members.map(() => world.ports.db.query('SELECT pg_sleep(0.05)')));
  for (const batch of mutant.batches) await Promise.all(batch.map((action) => stage.perform(action)));
  return changes.filter((change) => !applied.has(change));
}

test.each(MUTANTS)('without $name the invariants are reported broken', async (mutant) => {
  expect(await perform(mutant), 'changes that met no statement').toEqual([]);
  expect(await brokenInvariants(world.owner)).toEqual(expect.arrayContaining([...mutant.reported]));
});

test('with every guard in place the same actions break nothing', async () => {
  for (const { spec, batches } of MUTANTS) await perform({ name: 'none', spec, batches, reported: [] });
  expect(await brokenInvariants(world.owner)).toEqual([]);
});

test('a journal that the database changes is reported, even when the code balanced it', async () => {
  const { rows } = await world.owner.query(`SELECT pg_get_functiondef('chung.post_journals'::regproc) AS body`);
  const amount = `(posting.value ->> 'amount')::bigint`;
  const changed = String(rows[0].body).replace(`${amount}\n`, `${amount} + (posting.line = 1)::integer\n`);
  expect(changed).not.toBe(rows[0].body);
  await world.owner.query(changed);
  await perform({ name: 'the amounts', spec: instant, batches: [oneMember('a')], reported: [] });
  expect(await brokenInvariants(world.owner)).toContain('I10 a journal does not balance');
});
