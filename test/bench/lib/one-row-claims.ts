// The reference's transaction, made from a claim of the engine itself: it writes the same rows into the same tables, one claim
// a transaction. So it follows the schema without anybody keeping it in step, and nobody can say that it does more or less.
import type { MemberId, OfferId } from '@chung/contracts';
import type pg from 'pg';
import { claimOffer } from '../../../platform/server/src/rooms/redemptions/claim-offer.ts';
import type { Sale } from './sale.ts';

export interface OneRowClaims {
  /** Every row that a claim writes; `:n` picks the offer. */
  readonly full: string;
  /** Only the redemption and the guarded stock: the least that could be called a redemption. */
  readonly lean: string;
  /** How many tables the full one writes. */
  readonly tables: readonly string[];
  /** Takes back what only the lean loop wrote: rows without journal and event, which no invariant forgives. */
  removeLean(): Promise<void>;
}

interface Written {
  readonly table: string;
  /** Columns as PostgreSQL writes them; null is null. */
  readonly row: Readonly<Record<string, string | null>>;
  readonly types: Readonly<Record<string, string>>;
}

/** Counters are changed and not only added to: the stock by a guarded update, the limits by an upsert. */
const STOCK = 'offer_stock';
const LIMITS = 'redemption_usage';
/** Without these it is no claim, and the reference would do less than the subject. */
const WRITTEN = ['redemptions', 'journals', 'postings', 'outbox', LIMITS, STOCK];

/** `offers` serve the full loop and `leanOffers` the lean one: their rows must not stand on what the subject claims. */
export async function oneRowClaims(sale: Sale, offers: readonly OfferId[], leanOffers: readonly OfferId[]): Promise<OneRowClaims> {
  const { owner } = sale;
  const sample = await claimOnce(sale, offers[0]);
  await owner.query('CREATE SCHEMA bench');
  for (const [name, ids] of Object.entries({ full: offers, lean: leanOffers }))
    await owner.query(
      `CREATE TABLE bench.${name}_offers AS SELECT n::integer, id::uuid FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, n)`,
      [ids],
    );
  await owner.query('CREATE TABLE bench.untouched AS SELECT * FROM chung.offer_stock WHERE offer_id IN (SELECT id FROM bench.lean_offers)');
  await owner.query('ALTER TABLE bench.full_offers ADD PRIMARY KEY (n)');
  await owner.query('ALTER TABLE bench.lean_offers ADD PRIMARY KEY (n)');
  await owner.query('ANALYZE bench.full_offers; ANALYZE bench.lean_offers');
  await owner.query(functionOf('full', sample, sample.written));
  await owner.query(
    functionOf(
      'lean',
      sample,
      sample.written.filter(({ table }) => table === 'redemptions'),
    ),
  );
  return {
    full: 'SELECT bench.full(:n)',
    lean: 'SELECT bench.lean(:n)',
    tables: [...new Set([...sample.written.map(({ table }) => table), STOCK])],
    removeLean: async () => {
      await owner.query('DELETE FROM chung.redemptions WHERE offer_id IN (SELECT id FROM bench.lean_offers)');
      await owner.query(
        `UPDATE chung.offer_stock s SET (${sample.stockColumns}) = (SELECT ${sample.stockColumns} FROM bench.untouched u WHERE u.offer_id = s.offer_id)
          WHERE offer_id IN (SELECT id FROM bench.lean_offers)`,
      );
    },
  };
}

interface Sample {
  readonly written: readonly Written[];
  /** The upsert's `ON CONFLICT …` of the limits. */
  readonly countUse: string;
  /** What must stay below the stock. */
  readonly taken: string;
  /** The stock's `SET …`: what the sample changed there. */
  readonly takeUnit: string;
  readonly stockColumns: string;
  /** Text in the sample's rows → the variable that stands there in the loop. */
  readonly variables: ReadonlyMap<string, string>;
  readonly memberRef: string;
}

/** Claims once and reads every row of ours that this transaction wrote. */
async function claimOnce(sale: Sale, offerId: OfferId | undefined): Promise<Sample> {
  const { owner, platform, members, principal } = sale;
  const memberId: MemberId | undefined = members[0];
  if (!offerId || !memberId) throw new Error('a sample needs an offer and a member');
  const key = crypto.randomUUID();
  const stockBefore = await stockOf(owner, offerId);
  const made = await claimOffer(platform.redemptions, { principal: principal(memberId), offerId, idempotencyKey: key });
  const written = await rowsOfTheTransaction(owner, String(made.id));
  const missing = WRITTEN.filter((table) => !written.some((one) => one.table === table));
  if (missing.length > 0) throw new Error(`the sample did not write ${missing.join(', ')}`);
  const stockAfter = await stockOf(owner, offerId);
  const redemption = written.find(({ table }) => table === 'redemptions')?.row;
  if (!redemption) throw new Error('a claim writes a redemption');
  const variables = new Map([
    [String(made.id), 'r'],
    [String(memberId), 'm'],
    [String(offerId), 'o'],
    [key, 'k'],
    [String(redemption['member_ref']), 'ref'],
  ]);
  const own = (table: string, column: string, variable: string) => {
    const id = written.find((one) => one.table === table)?.row[column];
    if (id) variables.set(id, variable);
  };
  own('journals', 'id', 'j');
  own('outbox', 'id', 'e');
  return {
    written: written.filter(({ table }) => table !== STOCK),
    countUse: await countUseOf(owner, written),
    stockColumns: Object.keys(stockAfter)
      .filter((column) => column !== 'offer_id')
      .join(', '),
    taken: Object.keys(stockAfter)
      .filter((column) => ['held', 'redeemed', 'promised'].includes(column))
      .join(' + '),
    takeUnit: Object.entries(stockAfter)
      .filter(([column, value]) => typeof value === 'number' && value !== stockBefore[column])
      .map(([column, value]) => `${column} = ${column} + ${Number(value) - Number(stockBefore[column])}`)
      .join(', '),
    variables,
    memberRef: String(redemption['member_ref']),
  };
}

async function stockOf(owner: pg.Client, offerId: OfferId): Promise<Record<string, unknown>> {
  const { rows } = await owner.query(`SELECT to_json(s) AS row FROM chung.${STOCK} s WHERE offer_id = $1`, [offerId]);
  return rows[0].row;
}

async function countUseOf(owner: pg.Client, written: readonly Written[]): Promise<string> {
  const { rows } = await owner.query(
    `SELECT string_agg(quote_ident(a.attname), ', ') AS key FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = 'chung.${LIMITS}'::regclass AND i.indisprimary`,
  );
  const counters = Object.keys(written.find(({ table }) => table === LIMITS)?.types ?? {}).filter((column) => column.startsWith('used'));
  const counted = counters.map((column) => `${column} = u.${column} + 1`).join(', ');
  return `ON CONFLICT (${rows[0].key}) DO UPDATE SET ${counted} WHERE u.used < 1000`;
}

/** A server beside may write rows of its own meanwhile: only those of the claim's own transaction count. */
async function rowsOfTheTransaction(owner: pg.Client, redemptionId: string): Promise<Written[]> {
  const { rows: tables } = await owner.query<{ table: string; types: Record<string, string> }>(
    `SELECT c.relname AS table, json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) AS types
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relnamespace = 'chung'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname`,
  );
  const written: Written[] = [];
  for (const { table, types } of tables) {
    const columns = Object.keys(types).map((column) => `'${column}', "${column}"::text`);
    const { rows } = await owner.query(
      `SELECT json_build_object(${columns.join(', ')}) AS row FROM chung."${table}" WHERE xmin = (SELECT r.xmin FROM chung.redemptions r WHERE r.id = $1)`,
      [redemptionId],
    );
    for (const { row } of rows) written.push({ table, row, types });
  }
  return written;
}

/** A plpgsql function keeps its plans and is one round trip: the fastest form of a claim that is alone in its transaction. */
function functionOf(name: 'full' | 'lean', sample: Sample, written: readonly Written[]): string {
  const inserts = written.map((one) => insertOf(one, sample));
  return `CREATE FUNCTION bench.${name}(which integer) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      o uuid := (SELECT id FROM bench.${name}_offers WHERE n = which);
      r uuid := gen_random_uuid(); m uuid := gen_random_uuid(); j uuid := gen_random_uuid(); e uuid := gen_random_uuid();
      k text := gen_random_uuid()::text; ref text := left('${sample.memberRef}', -32) || right(md5(k), 32);
    BEGIN
      ${inserts.join('\n      ')}
      UPDATE chung.offer_stock SET ${sample.takeUnit} WHERE offer_id = o AND ${sample.taken} < stock;
      IF NOT FOUND THEN RAISE EXCEPTION 'sold out'; END IF;
    END $body$`;
}

function insertOf({ table, row, types }: Written, { variables, countUse }: Sample): string {
  const columns = Object.keys(row).filter((column) => row[column] !== null);
  const values = columns.map((column) => expressionOf(row[column] ?? '', types[column] ?? 'text', variables));
  const into = `chung."${table}" AS u (${columns.map((column) => `"${column}"`).join(', ')})`;
  return `INSERT INTO ${into} VALUES (${values.join(', ')})${table === LIMITS ? ` ${countUse}` : ''};`;
}

function expressionOf(text: string, type: string, variables: ReadonlyMap<string, string>): string {
  if (type === 'xid8') return 'pg_current_xact_id()';
  if (type.startsWith('timestamp')) return 'now()';
  const whole = variables.get(text);
  if (whole) return `${whole}::${type}`;
  // A variable inside a longer text (the event's JSON) is joined in.
  const pieces = [...variables.keys()].reduce<string[]>(
    (parts, known) => parts.flatMap((part) => (variables.has(part) ? [part] : splitAround(part, known))),
    [text],
  );
  const expressions = pieces.map((piece) => (variables.has(piece) ? `${variables.get(piece)}::text` : `'${piece.replaceAll("'", "''")}'`));
  return `(${expressions.join(' || ')})::${type}`;
}

function splitAround(text: string, known: string): string[] {
  return text
    .split(known)
    .flatMap((part, index) => (index === 0 ? [part] : [known, part]))
    .filter((part) => part !== '');
}
