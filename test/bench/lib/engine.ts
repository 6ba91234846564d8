import type { BenchContext, Measured } from './bench.ts';
import { claimInLoop } from './claim-loop.ts';
import { asBroken, compareWithPgbench, OFFERS, withBroken } from './redeem.ts';
import { openSale } from './sale.ts';

const MEMBERS = 300_000;
/** Members who wait for an answer at one moment, as a sale at 20:00 brings them. */
const OUTSTANDING = 1024;

export async function measureEngine(context: BenchContext, shape: keyof typeof OFFERS): Promise<Measured> {
  const sale = await openSale(context, { members: MEMBERS });
  const offers = await sale.publish(OFFERS[shape]);
  const broken: string[] = [];
  const subject = async () => {
    const { rate, refused } = await claimInLoop(sale, { offers, outstanding: OUTSTANDING, seconds: context.seconds });
    broken.push(...asBroken(refused));
    return rate;
  };
  // Terms, standings and plans are in memory on any server that has run for a second.
  await claimInLoop(sale, { offers, outstanding: OUTSTANDING, seconds: 1 });
  return withBroken(await compareWithPgbench(context, sale, { offers, subject }), broken);
}
