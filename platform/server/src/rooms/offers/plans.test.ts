// The plans of the hot queries with 10,000 live offers and 40,000 codes in twenty pools: an index each, and no more rows touched than a page.
import { OfferId, PartnerId } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { memberFacts, openPartnerRooms, type PartnerRooms } from '../../../../../test/harness/partner-rooms.ts';
import type { Tx } from '../../kernel/db.ts';
import { findCode, lookUpGuarded } from './code-store.ts';
import { findListings, type ListingQuery } from './listing-store.ts';
import { searchPatterns } from './search-text.ts';
import { findOfferHead, findTerms, listPartnerOffers } from './store.ts';
import { setStock } from './unit-store.ts';

const OFFERS = 10_000;
let rooms: PartnerRooms;
let owner: pg.Client;
/** Of 50 partners; this one has 200 of the offers. */
let partnerId: PartnerId;
let offerId: OfferId;
let middle: string;

// Ids rise with the row's number, as UUIDv7 rise with time.
const ID = (name: string) => `('00000000-0000-7${name}00-8000-' || lpad(to_hex(i), 12, '0'))::uuid`;

beforeAll(async () => {
  rooms = await openPartnerRooms();
  owner = new pg.Client({ connectionString: rooms.database.ownerUrl });
  await owner.connect();
  const partner = `('00000000-0000-7a00-8000-' || lpad(to_hex(i % 50), 12, '0'))::uuid`;
  const year = new Date().getFullYear();
  for (const sql of [
    `INSERT INTO chung.partners (id, slug, name, legal_name, tax_id, contact_email, status)
     SELECT ${ID('a')}, 'plan-' || i, 'Đối tác ' || i, 'Công ty', '0100000000', 'a@example.vn', 'active' FROM generate_series(0, 49) i`,
    `INSERT INTO chung.offers (id, partner_id, state) SELECT ${ID('b')}, ${partner}, 'published' FROM generate_series(1, ${OFFERS}) i`,
    `INSERT INTO chung.offer_stock (offer_id, stock) SELECT ${ID('b')}, 100 FROM generate_series(1, ${OFFERS}) i`,
    `INSERT INTO chung.offer_terms (offer_id, version, terms) SELECT ${ID('b')}, 1, jsonb_build_object('window', jsonb_build_object('endsAt', now() + interval '1 day'), 'filler', repeat('x', 200)) FROM generate_series(1, ${OFFERS}) i`,
    // A third for everyone, a third for one province of 34, a third for one of 50 units and an age.
    `INSERT INTO chung.offer_listings (offer_id, id, partner_id, terms_version, starts_at, ends_at, category, kind, verified_only,
                                       province_codes, unit_codes, roles, at_least_years, below_years, search_text)
     SELECT ${ID('b')}, ${ID('c')}, ${partner}, 1, now() - interval '1 day', now() + interval '30 days',
            (ARRAY['finance','telecom','television','services','home','other'])[1 + i % 6], 'percentage', i % 2 = 0,
            CASE WHEN i % 3 = 1 THEN ARRAY[lpad((i % 34)::text, 2, '0')] END, CASE WHEN i % 3 = 2 THEN ARRAY['U' || i % 50] END, NULL,
            CASE WHEN i % 3 = 2 THEN 16 END, CASE WHEN i % 3 = 2 THEN 31 END, ' uu dai ' || i || ' cua doi tac ${year}' FROM generate_series(1, ${OFFERS}) i`,
    `INSERT INTO chung.codes (offer_id, position, lookup_hash, sealed, hint)
     SELECT ('00000000-0000-7b00-8000-' || lpad(to_hex(1 + i % 20), 12, '0'))::uuid, 1 + i / 20, sha256(int4send(i)), sha256(int4send(-i)), '…'
       FROM generate_series(0, 39999) i`,
    `INSERT INTO chung.code_pools (offer_id, total, taken) SELECT ${ID('b')}, 2000, 1000 FROM generate_series(1, 20) i`,
    `INSERT INTO chung.code_pools (offer_id) SELECT ${ID('b')} FROM generate_series(21, 2000) i`,
    'ANALYZE',
  ])
    await owner.query(sql);
  partnerId = PartnerId.parse('00000000-0000-7a00-8000-000000000001');
  offerId = OfferId.parse('00000000-0000-7b00-8000-000000000001');
  middle = '00000000-0000-7c00-8000-000000001388';
});
afterAll(async () => {
  await owner.end();
  await rooms.close();
});

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly Plans?: readonly Node[] | undefined;
}
const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Actual Rows': z.number(),
    'Rows Removed by Filter': z.number().optional(),
    Plans: z.array(Node).optional(),
  }),
);
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Runs a store's own statement under EXPLAIN, as the server's role sends it: unnamed, with its values. */
async function planOf(ask: (on: Tx) => Promise<unknown>) {
  const nodes: Node[] = [];
  await rooms.db
    .tx(async (tx) => {
      const explaining: Tx = {
        query: async (text, values) => {
          const [row] = await tx.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
          nodes.push(
            ...z
              .array(z.object({ Plan: Node }))
              .parse(row?.['QUERY PLAN'])
              .flatMap(({ Plan }) => nodesOf(Plan)),
          );
          return [];
        },
      };
      await ask(explaining);
      // What was tried is not kept.
      throw new Error('explained');
    })
    .catch((error: Error) => {
      if (error.message !== 'explained') throw error;
    });
  return {
    indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].sort(),
    scanned: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
    sorts: nodes.filter((node) => node['Node Type'].includes('Sort')).length,
    passedOver: Math.max(0, ...nodes.map((node) => node['Rows Removed by Filter'] ?? 0)),
  };
}

/** What a function of the database read, table by table: its plans are out of EXPLAIN's sight, its counters are not. */
async function rowsRead(ask: (on: Tx) => Promise<unknown>): Promise<Record<string, { scans: number; read: number }>> {
  return rooms.db.tx(async (tx) => {
    await ask(tx);
    const rows = await tx.query<{ relname: string; seq_scan: bigint; rows: bigint }>(
      'SELECT relname, seq_scan, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables',
    );
    return Object.fromEntries(rows.map((row) => [row.relname, { scans: Number(row.seq_scan), read: Number(row.rows) }]));
  });
}

const facts = memberFacts({ provinceCode: '01', unitPath: ['TW', 'U7'] });
const page = (changes: Partial<ListingQuery> = {}): ListingQuery => ({
  facts,
  partnerId: null,
  category: undefined,
  kind: undefined,
  patterns: [],
  before: null,
  limit: 21,
  ...changes,
});

test.each<[string, () => Partial<ListingQuery>, { index: string; passedOver: number }]>([
  ['the first page', () => ({}), { index: 'offer_listings_newest', passedOver: 100 }],
  ['a page in the middle', () => ({ before: middle }), { index: 'offer_listings_newest', passedOver: 100 }],
  ['one category', () => ({ category: 'finance' }), { index: 'offer_listings_newest', passedOver: 300 }],
  [
    'a member of whom nothing is known',
    () => ({ facts: memberFacts({ verified: false, provinceCode: null, unitPath: [], birthYear: null }) }),
    { index: 'offer_listings_newest', passedOver: 300 },
  ],
  ['a word that many have', () => ({ patterns: searchPatterns('ưu đãi') }), { index: 'offer_listings_newest', passedOver: 100 }],
  ['one partner’s app', () => ({ partnerId }), { index: 'offer_listings_partner_newest', passedOver: 200 }],
])('the catalogue reads %s in order from an index and passes over few rows', async (_page, changes, expected) => {
  const plan = await planOf((on) => findListings(on, page(changes())));
  expect(plan.scanned).toEqual([]);
  expect(plan.indexes).toEqual(['offer_stock_pkey', expected.index].sort());
  expect(plan.sorts).toBe(0);
  expect(plan.passedOver).toBeLessThanOrEqual(expected.passedOver);
});

test('a search that finds little reads the listings once, and the stock only of what it found', async () => {
  const started = performance.now();
  const plan = await planOf((on) => findListings(on, page({ patterns: searchPatterns('9973') })));
  expect(plan.scanned.filter((table) => table !== 'offer_listings')).toEqual([]);
  expect(plan.indexes).toContain('offer_stock_pkey');
  // 10,000 rows are some milliseconds; the bar only tells a scan from a disaster on a busy machine.
  expect(performance.now() - started).toBeLessThan(2_000);
});

test.each<[string, (on: Tx) => Promise<unknown>, string[]]>([
  ['offer of a claim', (on) => findOfferHead(on, offerId), ['offer_stock_pkey', 'offers_pkey']],
  ['terms of a page', (on) => findTerms(on, [{ offerId, version: 1 }]), ['offer_terms_pkey']],
  ['stock of an offer', (on) => setStock(on, offerId, 100), ['offer_stock_pkey']],
  ['code of a redemption', (on) => findCode(on, offerId, 7n), ['codes_pkey']],
])('the %s is found by its key', async (_what, ask, indexes) => {
  const plan = await planOf(ask);
  expect(plan.scanned).toEqual([]);
  expect(plan.indexes).toEqual(indexes);
  expect(plan.passedOver).toBe(0);
});

test('a code shown at a counter is found among its partner’s offers without reading a pool', async () => {
  const guess = { partnerId, caller: 'app:plans', tries: 1_000, window: '1 minute', lock: '1 minute' };
  // Nine times: after five a function may keep one plan for all values.
  for (let time = 0; time < 9; time++) {
    const read = await rowsRead((tx) => lookUpGuarded(tx, { ...guess, hash: new Uint8Array(32) }));
    expect(read['codes']?.scans).toBe(0);
    // Planning looks at the ends of an index; 2,000 codes are none of its business.
    expect(read['codes']?.read).toBeLessThanOrEqual(4);
  }
});

test('the portal’s list reads its partner’s offers in order, and no other partner’s', async () => {
  const plan = await planOf((on) => listPartnerOffers(on, partnerId, { state: undefined, before: null, limit: 21 }));
  expect(plan.scanned.filter((table) => table !== 'code_pools')).toEqual([]);
  expect(plan.indexes).toContain('offers_partner_order');
  expect(plan.passedOver).toBeLessThanOrEqual(21);
});
