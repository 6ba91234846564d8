// Every guard of the redemptions, each taken away alone (or with those that stand behind it, where there are several).
import { createClaimEngine, type RedemptionPorts } from '../../platform/server/src/rooms/redemptions/index.ts';
import type { Stage } from '../harness/redemption-actions.ts';
import type { Action, OfferSpec } from '../harness/redemption-model.ts';
import type { RedemptionRooms } from '../harness/redemption-rooms.ts';
import { ALWAYS_WRITE_FIRST } from '../harness/write-first.ts';
import { MEMBERS, type Mutant } from './mutant.ts';

const instant: OfferSpec = { stock: 50, held: false, codes: null, perMember: 1, perDay: null, cashback: null };
const held: OfferSpec = { ...instant, held: true };
const claim = (member: number, key: string, offer = 0): Action => ({ kind: 'claim', member, offer, key });
const everyone = (key: string, offer = 0): readonly Action[] => Array.from({ length: MEMBERS }, (_, member) => claim(member, key, offer));
const oneMember = (keys: string): readonly Action[] => [...keys].map((key) => claim(0, key));
const act = (kind: 'confirm' | 'fulfil' | 'cancel' | 'reverse' | 'lapse', target = 0): Action => ({ kind, target });
const sweep: Action = { kind: 'sweep' };

const withoutCheck = 'ALTER TABLE chung.offer_stock DROP CONSTRAINT offer_stock_not_oversold';
const unlocked = { name: 'chung.claim_offers', from: 'ORDER BY s.offer_id FOR UPDATE) l', to: 'ORDER BY s.offer_id) l' };
const stockGuard = {
  name: 'chung.settle_claims',
  from: 's.held + s.redeemed + s.promised + w.n - w.promised <= s.stock',
  to: 'true',
};
const poolGuard = { name: 'chung.settle_claims', from: 'AND p.taken + w.n = w.last', to: '' };
const uniqueKey = 'ALTER TABLE chung.claim_keys DROP CONSTRAINT claim_keys_pkey';
const ownLimit = { name: 'chung.write_claims', from: 'u.used < t.per_member', to: 'true' };

/** Answers as if it had committed, and then does not. */
const answersBeforeTheCommit = (ports: RedemptionPorts): RedemptionPorts => {
  const { db } = ports;
  const lost = new Error('rolled back on purpose');
  const query: typeof db.query = async <Row extends object>(text: string, values?: readonly unknown[]) => {
    if (!text.includes('chung.claim_offers(')) return db.query<Row>(text, values);
    let rows: readonly Row[] = [];
    await db
      .tx(async (tx) => {
        rows = await tx.query<Row>(text, values);
        throw lost;
      })
      .catch((error: unknown) => {
        if (error !== lost) throw error;
      });
    return rows;
  };
  const { timeZone, offers } = ports;
  const claims = createClaimEngine({ db: { ...db, query }, timeZone, offerForClaim: (id) => offers.offerForClaim(id) });
  return { ...ports, claims };
};

/** Puts members in line who came one minute after the other; no operation does that in the order that a test wants. */
const inLine = (count: number) => async (world: RedemptionRooms, stage: Stage) => {
  for (let i = 0; i < count; i++)
    await world.owner.query(
      `INSERT INTO chung.queue_entries (offer_id, id, member_id, kind, state, accept_minutes, joined_at, updated_at)
       VALUES ($1, gen_random_uuid(), $2, 'waiting', 'WAITING', 30, now() - make_interval(mins => $3), now())`,
      [stage.offers[0], stage.members[i + 1]?.memberId, 60 - i],
    );
};

/** What two redemptions cost. */
const withBudget = async (world: RedemptionRooms, stage: Stage) => {
  await world.owner.query('UPDATE chung.offer_stock SET budget_minor = 20002 WHERE offer_id = $1', [stage.offers[0]]);
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the guard of the stock',
    specs: [{ ...instant, stock: 1 }],
    functions: [
      stockGuard,
      { name: 'chung.claim_offers', from: 'l.unit_nth <= l.free', to: 'true' },
      { name: 'chung.claim_offers', from: 'w.claims > o.free', to: 'false' },
    ],
    schema: [withoutCheck],
    batches: [everyone('a')],
    caughtBy: ['I1 an offer is oversold', 'H6 never more live redemptions than stock (I1)'],
  },
  {
    name: 'the guard of the stock behind claims that were written first',
    specs: [{ ...instant, stock: 3 }],
    functions: [...ALWAYS_WRITE_FIRST, stockGuard],
    schema: [withoutCheck],
    batches: [everyone('a'), everyone('b')],
    rounds: 80,
    caughtBy: ['I1 an offer is oversold'],
  },
  {
    name: 'the lock on the stock',
    specs: [{ ...instant, stock: 3 }],
    functions: [unlocked, stockGuard],
    schema: [withoutCheck],
    batches: [everyone('a'), everyone('b')],
    rounds: 80,
    caughtBy: ['I1 an offer is oversold'],
  },
  {
    name: 'the member’s limit',
    specs: [{ ...instant, perMember: 2 }],
    functions: [ownLimit, { name: 'chung.claim_offers', from: /coalesce\(\w\.used, 0\) < \w\.per_member/, to: 'true', places: 2 }],
    batches: [oneMember('abcd')],
    caughtBy: ['I2 a member passed the limit of an offer', 'H8 no member passes the limit (I2)'],
  },
  {
    name: 'the member’s limit behind claims that were written first',
    specs: [{ ...instant, perMember: 2 }],
    functions: [...ALWAYS_WRITE_FIRST, ownLimit],
    batches: [oneMember('a'), oneMember('bcdefghi')],
    rounds: 80,
    caughtBy: ['I2 a member passed the limit of an offer'],
  },
  {
    name: 'the limit of a day',
    specs: [{ ...instant, perMember: 4, perDay: 1 }],
    functions: [
      { name: 'chung.claim_offers', from: /\(\w\.per_day IS NULL OR coalesce\(\w\.today, 0\) < \w\.per_day\)/, to: 'true', places: 2 },
      { name: 'chung.write_claims', from: 'u.used_today < t.per_day', to: 'true' },
    ],
    batches: [oneMember('abc')],
    caughtBy: ['I2 a member passed the limit of a day'],
  },
  {
    name: 'the count of uses',
    specs: [{ ...instant, perMember: 3 }],
    functions: [{ name: 'chung.write_claims', from: 'SET used = u.used + 1', to: 'SET used = u.used' }],
    batches: [oneMember('a'), oneMember('b')],
    caughtBy: ['I2 the count of uses is not the number of live redemptions'],
  },
  {
    name: 'the look at the key',
    specs: [{ ...instant, perMember: 5 }],
    functions: [{ name: 'chung.claim_offers', from: 'AND k.idempotency_key = c.key', to: 'AND false' }],
    schema: [uniqueKey],
    batches: [oneMember('a'), oneMember('a')],
    caughtBy: ['I7 a key made two redemptions'],
  },
  {
    name: 'the unique key',
    specs: [
      { ...instant, perMember: 5 },
      { ...instant, perMember: 5 },
    ],
    schema: [uniqueKey],
    batches: [Array.from({ length: MEMBERS }, (_, member) => [claim(member, 'k', 0), claim(member, 'k', 1)]).flat()],
    rounds: 80,
    caughtBy: ['I7 a key made two redemptions'],
  },
  {
    name: 'the commit before the answer',
    specs: [instant],
    server: answersBeforeTheCommit,
    batches: [everyone('a')],
    caughtBy: ['H1 an acknowledged claim exists exactly once'],
  },
  {
    name: 'a position of its own for each code',
    specs: [{ ...instant, codes: 20 }],
    functions: [poolGuard, { name: 'chung.claim_offers', from: /\w\.taken \+ \w\.nth_served/, to: 'j.taken + 1', places: 2 }],
    schema: ['DROP INDEX chung.redemptions_code'],
    batches: [everyone('a')],
    caughtBy: ['I3 a code was given out to no redemption or to two'],
  },
  {
    name: 'the unique index on codes, the lock and the guard of the pool',
    specs: [{ ...instant, codes: 20 }],
    functions: [unlocked, poolGuard],
    schema: ['DROP INDEX chung.redemptions_code'],
    batches: [everyone('a')],
    rounds: 80,
    caughtBy: ['I3 a code was given out to no redemption or to two'],
  },
  {
    name: 'the end of the code pool',
    specs: [{ ...instant, codes: 2 }],
    functions: [{ name: 'chung.claim_offers', from: 'c.with_codes AND c.nth_served > coalesce(c.codes_left, 0)', to: 'false' }],
    schema: ['ALTER TABLE chung.code_pools DROP CONSTRAINT code_pools_not_overdrawn'],
    batches: [everyone('a')],
    caughtBy: ['I3 a redemption has a code that was not given out, or not the one it shows'],
  },
  {
    name: 'the redemption itself (the unit is taken alone)',
    specs: [instant],
    functions: [
      {
        name: 'chung.write_claims',
        from: /at \+ make_interval\(mins => m\.hold_minutes\), at\s+FROM made m/,
        to: 'at + make_interval(mins => m.hold_minutes), at FROM made m WHERE false',
      },
    ],
    batches: [oneMember('a')],
    caughtBy: ['H1 an acknowledged claim exists exactly once', 'I4 a unit is lost or counted twice'],
  },
  {
    name: 'the journal of a claim',
    specs: [instant],
    functions: [
      { name: 'chung.write_claims', from: 'PERFORM chung.post_by_form(forms, at, v_form, v_offer, v_journal, v_kind, v_id);', to: '' },
    ],
    batches: [oneMember('a')],
    caughtBy: ['I13 a redemption, its journal and its event do not all exist'],
  },
  {
    name: 'the balance of a journal',
    specs: [instant],
    functions: [{ name: 'chung.post_by_form', from: 'l.currency, l.amount\n', to: 'l.currency, l.amount + (l.line = 1)::integer\n' }],
    batches: [oneMember('a')],
    caughtBy: ['I10 a journal does not balance'],
  },
  {
    name: 'the event of a claim',
    specs: [instant],
    functions: [
      {
        name: 'chung.write_claims',
        from: /pg_current_xact_id\(\), at\s+FROM made m/,
        to: 'pg_current_xact_id(), at FROM made m WHERE false',
      },
    ],
    batches: [oneMember('a')],
    caughtBy: ['I13 a redemption, its journal and its event do not all exist'],
  },
  {
    name: 'the stock’s part of a claim',
    specs: [instant],
    functions: [
      {
        name: 'chung.claim_offers',
        from: 'PERFORM chung.settle_claims(v_terms, v_at, w_offer_no,',
        to: 'PERFORM num_nulls(v_terms, v_at, w_offer_no,',
      },
    ],
    batches: [everyone('a')],
    caughtBy: ['I4 a unit is lost or counted twice'],
  },
  {
    name: 'the return of a unit',
    specs: [held],
    functions: [{ name: 'chung.settle_units', from: 'SET held = s.held - w.from_held', to: 'SET held = s.held' }],
    batches: [[claim(0, 'a')], [act('cancel')]],
    caughtBy: ['I4 a unit is lost or counted twice', 'I4 the memo accounts differ from the stock'],
  },
  {
    name: 'the return of a use',
    specs: [held],
    functions: [{ name: 'chung.settle_units', from: 'SET used = u.used - w.n', to: 'SET used = u.used' }],
    batches: [[claim(0, 'a')], [act('cancel')]],
    caughtBy: ['I2 the count of uses is not the number of live redemptions'],
  },
  {
    name: 'the return at all',
    specs: [held],
    statements: [[/^SELECT chung\.settle_units/, 'SELECT jsonb_array_length']],
    batches: [[claim(0, 'a')], [act('lapse')], [sweep]],
    caughtBy: ['I4 a unit is lost or counted twice'],
  },
  {
    name: 'the guard of the state',
    specs: [{ ...held, perMember: 2 }],
    statements: [['AND state = ANY ($5) AND event_txid', 'AND ($5::text[] IS NOT NULL) AND event_txid']],
    schema: ['ALTER TABLE chung.journals DROP CONSTRAINT journals_once'],
    batches: [[claim(0, 'a'), claim(0, 'b')], [act('confirm', 0)], [act('confirm', 1)], [act('reverse')], [act('reverse')]],
    caughtBy: ['I6 a redemption has not the journals of its way', 'I6 the events of a redemption do not tell its way, in order'],
  },
  {
    name: 'the journal of a change',
    specs: [held],
    statements: [['SELECT chung.post_journals($1::jsonb)', 'SELECT $1::jsonb']],
    batches: [[claim(0, 'a')], [act('confirm')]],
    caughtBy: ['I6 a redemption has not the journals of its way', 'I4 the memo accounts differ from the stock'],
  },
  {
    name: 'the clock of the sweeper',
    specs: [held],
    statements: [
      [/WHERE state = 'RESERVED' AND expires_at <= now\(\) ORDER BY/, `WHERE state = 'RESERVED' ORDER BY`],
      [`WHEN 'must-have-lapsed' THEN expires_at <= now()`, `WHEN 'must-have-lapsed' THEN true`],
    ],
    batches: [[claim(0, 'a')], [sweep]],
    caughtBy: ['the model', 'H10 a hold expires only when its time has passed'],
  },
  {
    name: 'the end of a hold at the counter',
    specs: [held],
    statements: [[`WHEN 'must-last' THEN expires_at > now()`, `WHEN 'must-last' THEN true`]],
    batches: [[claim(0, 'a')], [act('lapse')], [act('confirm')]],
    caughtBy: ['the model'],
  },
  {
    name: 'the count of promised units',
    specs: [{ ...held, stock: 1 }],
    functions: [{ name: 'chung.promote_entries', from: /SET promised = s\.promised \+ v_promoted/, to: 'SET promised = s.promised' }],
    prepare: inLine(1),
    batches: [[claim(0, 'a')], [act('cancel')]],
    caughtBy: ['I4 a promised unit is lost or counted twice'],
  },
  {
    name: 'the order of the line',
    specs: [{ ...held, stock: 1 }],
    functions: [
      { name: 'chung.promote_entries', from: 'ORDER BY q.rank, q.joined_at, q.id', to: 'ORDER BY q.rank, q.joined_at DESC, q.id' },
    ],
    prepare: inLine(3),
    batches: [[claim(0, 'a')], [act('cancel')]],
    caughtBy: ['I5 somebody in line was passed over'],
  },
  {
    name: 'the budget',
    specs: [{ ...instant, cashback: { platform: 3_333, partner: 6_668 } }],
    functions: [
      { name: 'chung.claim_offers', from: 'c.nth_served * c.cost_minor > c.budget_left', to: 'false' },
      { name: 'chung.claim_offers', from: 'w.claims * o.cost_minor > o.budget_left', to: 'false' },
      { name: 'chung.settle_claims', from: 's.spent_minor + w.cost <= s.budget_minor', to: 'true' },
    ],
    schema: ['ALTER TABLE chung.offer_stock DROP CONSTRAINT offer_stock_not_overspent'],
    prepare: withBudget,
    units: 2,
    batches: [everyone('a')],
    caughtBy: ['I14 a budget is overspent'],
  },
];
