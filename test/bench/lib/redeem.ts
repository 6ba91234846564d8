// What the redemption benches share: the reference's turns, the check afterwards, the figures.
import type { OfferId } from '@chung/contracts';
import { brokenInvariants } from '../../harness/redemption-invariants.ts';
import { type BenchContext, inTurns, type Measured, ratioOf } from './bench.ts';
import { oneRowClaims } from './one-row-claims.ts';
import { findPgbench, runLoop } from './pgbench.ts';
import type { Sale } from './sale.ts';

/** `hot`: all claim one offer. `wide`: a thousand offers. */
export const OFFERS = { hot: 1, wide: 1000 } as const;

export const REFERENCE = {
  hot: 'pgbench, one offer: the same rows in the same tables, one claim a transaction, one prepared call, 16 clients, durable',
  wide: 'pgbench over 1,000 offers: the same rows in the same tables, one claim a transaction, one prepared call, 16 clients, durable',
} as const;

export interface Comparison {
  readonly offers: readonly OfferId[];
  /** Claims a second of one turn. */
  subject(): Promise<number>;
}

/** The subject against pgbench in turns, on the same tables, with the invariants over all of it at the end. */
export async function compareWithPgbench(context: BenchContext, sale: Sale, comparison: Comparison): Promise<Measured> {
  const count = comparison.offers.length;
  const reference = await oneRowClaims(sale, await sale.publish(count), await sale.publish(count));
  context.say(
    `the reference writes ${reference.tables.join(', ')}${findPgbench() === null ? ' (no pgbench here: the same loop on pg)' : ''}`,
  );
  const folder = await context.folder();
  const loop = (statement: string) => () =>
    runLoop({ url: sale.database.ownerUrl, folder, statement, random: count, seconds: context.seconds });
  const postgres = await context.postgres();
  const between = async () => {
    await sale.owner.query('VACUUM ANALYZE chung.offer_stock');
    await postgres.checkpoint();
  };
  // Warm up both sides, so that the plans of prepared statements are made when the tables have rows.
  await runLoop({ url: sale.database.ownerUrl, folder, statement: reference.full, random: count, seconds: 1 });
  await sale.owner.query('ANALYZE');
  const turns = await inTurns(context, { subject: comparison.subject, pgbench: loop(reference.full), lean: loop(reference.lean) }, between);
  await reference.removeLean();
  return {
    figures: [
      { name: 'ratio', unit: '×', samples: ratioOf(turns.subject, turns.pgbench) },
      { name: 'claims', unit: '/s', samples: turns.subject },
      { name: 'pgbench', unit: '/s', samples: turns.pgbench },
      { name: 'pgbench, redemption and stock only', unit: '/s', samples: turns.lean },
      { name: 'ratio to that', unit: '×', samples: ratioOf(turns.subject, turns.lean) },
    ],
    broken: await invariantsOf(context, sale),
  };
}

/** The checker's queries look up events by redemption; an index of its own keeps that from taking hours over a bench's rows. */
export async function invariantsOf(context: BenchContext, { owner }: Sale): Promise<string[]> {
  await owner.query(`CREATE INDEX IF NOT EXISTS bench_outbox ON chung.outbox (shard_id, (data ->> 'redemptionId'))`);
  await owner.query('VACUUM ANALYZE');
  const { rows } = await owner.query('SELECT count(*)::integer AS count FROM chung.redemptions');
  const broken = await brokenInvariants(owner);
  context.say(`invariants over ${rows[0].count.toLocaleString('en')} redemptions: ${broken.length === 0 ? 'all hold' : broken.join('; ')}`);
  return broken;
}

/** Refusals of a sale that cannot sell out are failures. */
export function asBroken(refused: Readonly<Record<string, number>>): string[] {
  return Object.entries(refused).map(([code, count]) => `${count} claims were refused with ${code}`);
}

export const withBroken = (measured: Measured, broken: readonly string[]): Measured => ({
  ...measured,
  broken: [...measured.broken, ...broken],
});
