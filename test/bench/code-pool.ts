// Pools of a thousand to 25 million codes, filled by the platform's own generation, and what a claim costs from each. The largest is 1 M
// unless `CODE_POOL_ROWS` says more: 25 M take some twenty minutes of two quiet cores and 8 GB of disk.
import { setTimeout } from 'node:timers/promises';
import { OfferDraft, type OfferId } from '@chung/contracts';
import { claimOffer } from '../../platform/server/src/rooms/redemptions/claim-offer.ts';
import { type Bench, type BenchContext, type Measured, median } from './lib/bench.ts';
import { openSale, type Sale } from './lib/sale.ts';

const SIZES = [1_000, 100_000, 1_000_000];
/** The same for every pool, so that only the pool's size differs; the smallest has a code for each. */
const STOCK = 1_000;
const CLAIMS_A_TURN = 250;
const DAY_MS = 24 * 3600 * 1000;

interface Pool {
  readonly offerId: OfferId;
  readonly rows: number;
}

export const bench: Bench = {
  name: 'code-pool',
  what: 'a claim from the largest pool of codes, p50, one at a time through the use case',
  reference: 'the same claim from a pool of 1,000',
  bars: [{ figure: 'ratio', better: 'less', must: 1.2, goal: 1.05 }],
  run: async (context) => {
    const sale = await openSale(context, { members: 20_000 });
    const pools: Pool[] = [];
    const filled: Filled[] = [];
    for (const rows of sizes(context)) {
      const offerId = await writeOffer(sale);
      filled.push(await fill(context, sale, { offerId, rows }));
      await publish(sale, offerId);
      pools.push({ offerId, rows });
    }
    await sale.owner.query('VACUUM (ANALYZE) chung.codes');
    return measureClaims(context, sale, { pools, filled });
  },
};

function sizes({ quick }: BenchContext): number[] {
  const largest = Number(process.env['CODE_POOL_ROWS'] ?? 0);
  if (quick) return SIZES.slice(0, 2);
  return largest > Math.max(...SIZES) ? [...SIZES, largest] : SIZES;
}

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

async function writeOffer({ platform: { db, offers }, partnerId }: Sale): Promise<OfferId> {
  const draft = OfferDraft.parse({
    title: { vi: 'Mã quà tặng', en: 'Gift code' },
    summary: { vi: 'Mỗi đoàn viên một mã.', en: 'A code for each member.' },
    terms: { vi: 'Dùng một lần.', en: 'Use once.' },
    category: 'other',
    benefit: { kind: 'free_voucher', faceValueMinor: 10_000 },
    regularPriceMinor: 50_000,
    currency: 'VND',
    funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
    stock: STOCK,
    limits: { perMember: 1000, perMemberPerDay: 1000 },
    window: { startsAt: inDays(-1), endsAt: inDays(30) },
    fulfilment: { mode: 'instant' },
    codes: 'pool',
    eligibility: { version: 1, all: [] },
  });
  return (await db.tx((tx) => offers.create(tx, { partnerId, draft }))).id;
}

async function publish({ platform: { db, offers }, partnerId }: Sale, offerId: OfferId): Promise<void> {
  await db.tx(async (tx) => {
    const { termsVersion } = await offers.submit(tx, { partnerId, offerId });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    await offers.applyDecision(tx, { offerId, termsVersion, decision });
  });
}

interface Filled {
  readonly rowsPerSecond: number;
  readonly rssMb: number;
  readonly bytesPerCode: number;
}

async function fill(context: BenchContext, { platform, partnerId, owner }: Sale, { offerId, rows }: Pool): Promise<Filled> {
  const { db, offers } = platform;
  const bytesOf = async () => Number((await owner.query(`SELECT pg_total_relation_size('chung.codes') AS bytes`)).rows[0].bytes);
  const [began, bytes] = [performance.now(), await bytesOf()];
  const recipe = { count: rows, prefix: '', alphabet: 'readable', length: 13 } as const;
  const { id: jobId } = await db.tx((tx) => offers.generateCodes(tx, { partnerId, offerId, recipe }));
  await offers.codeGenerator.runWaiting();
  let rssMb = 0;
  for (let seconds = 0; ; seconds++) {
    const job = await offers.findCodeJob({ partnerId, offerId, jobId });
    rssMb = Math.max(rssMb, process.memoryUsage.rss() / 1e6);
    if (job?.state !== 'running') break;
    if (seconds % 60 === 59) context.say(`${job.added.toLocaleString('en')} of ${rows.toLocaleString('en')} codes, ${rssMb.toFixed(0)} MB`);
    await Promise.race([offers.codeGenerator.settled(), setTimeout(1_000)]);
  }
  const rowsPerSecond = (rows * 1000) / (performance.now() - began);
  const bytesPerCode = ((await bytesOf()) - bytes) / rows;
  context.say(
    `${rows.toLocaleString('en')} codes: ${rowsPerSecond.toFixed(0)}/s, ${rssMb.toFixed(0)} MB, ${bytesPerCode.toFixed(0)} bytes a code`,
  );
  return { rowsPerSecond, rssMb, bytesPerCode };
}

async function measureClaims(
  context: BenchContext,
  sale: Sale,
  { pools, filled }: { pools: readonly Pool[]; filled: readonly Filled[] },
): Promise<Measured> {
  const times = new Map(pools.map(({ rows }) => [rows, { p50: [] as number[], p99: [] as number[] }]));
  await claimTurn(sale, pools, 30);
  for (let round = 1; round <= context.rounds; round++) {
    // One claim from each in turn: what else the machine does meets all pools alike.
    for (const [rows, taken] of await claimTurn(sale, pools, Math.min(CLAIMS_A_TURN, Math.floor((STOCK - 30) / context.rounds)))) {
      const sorted = taken.toSorted((a, b) => a - b);
      times.get(rows)?.p50.push(median(sorted));
      times.get(rows)?.p99.push(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN);
    }
  }
  const [smallest, largest] = [times.get(pools[0]?.rows ?? 0), times.get(pools.at(-1)?.rows ?? 0)];
  const last = filled.at(-1);
  return {
    figures: [
      { name: 'ratio', unit: '×', samples: (largest?.p50 ?? []).map((value, round) => value / (smallest?.p50[round] ?? Number.NaN)) },
      ...[...times].flatMap(([rows, { p50, p99 }]) => [
        { name: `p50 of ${rows.toLocaleString('en')}`, unit: 'ms', samples: p50 },
        { name: `p99 of ${rows.toLocaleString('en')}`, unit: 'ms', samples: p99 },
      ]),
      { name: 'generation', unit: 'codes/s', samples: [last?.rowsPerSecond ?? 0] },
      { name: 'memory', unit: 'MB', samples: [last?.rssMb ?? 0] },
      { name: 'storage', unit: 'bytes/code', samples: [last?.bytesPerCode ?? 0] },
    ],
    broken: await brokenPools(sale, pools),
  };
}

async function claimTurn({ platform, members, principal }: Sale, pools: readonly Pool[], claims: number): Promise<Map<number, number[]>> {
  const times = new Map<number, number[]>(pools.map(({ rows }) => [rows, []]));
  for (let claim = 0; claim < claims; claim++)
    for (const { offerId, rows } of pools) {
      const memberId = members[Math.floor(Math.random() * members.length)];
      if (!memberId) throw new Error('no member to claim with');
      const began = performance.now();
      await claimOffer(platform.redemptions, { principal: principal(memberId), offerId, idempotencyKey: crypto.randomUUID() });
      times.get(rows)?.push(performance.now() - began);
    }
  return times;
}

/** Every code once, positions without a gap, and each claim with its own. */
async function brokenPools({ owner }: Sale, pools: readonly Pool[]): Promise<string[]> {
  const { rows } = await owner.query(
    `SELECT p.offer_id, p.total, p.taken, (SELECT count(DISTINCT r.code_position) FROM chung.redemptions r WHERE r.offer_id = p.offer_id) AS given,
            (SELECT max(c.position) - count(*) FROM chung.codes c WHERE c.offer_id = p.offer_id) AS gaps FROM chung.code_pools p`,
  );
  return pools.flatMap((pool) => {
    const row = rows.find(({ offer_id: id }) => id === pool.offerId);
    const isWhole = row && Number(row.total) === pool.rows && row.taken === row.given && Number(row.gaps) === 0;
    return isWhole ? [] : [`the pool of ${pool.rows} is not whole: ${JSON.stringify(row)}`];
  });
}
