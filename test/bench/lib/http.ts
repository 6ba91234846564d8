import type { BenchContext, Measured } from './bench.ts';
import { claimOrder, openHttpSale } from './http-sale.ts';
import { type LoadReport, runLoad } from './load.ts';
import { compareWithPgbench, OFFERS, withBroken } from './redeem.ts';

export const CONNECTIONS = 256;
const WARM_UP_SECONDS = { hot: 2, wide: 6 } as const;

export async function measureHttp(context: BenchContext, shape: keyof typeof OFFERS): Promise<Measured> {
  const http = await openHttpSale(context, { servers: 1 });
  const offers = await http.sale.publish(OFFERS[shape]);
  const folder = await context.folder();
  const reports: LoadReport[] = [];
  const load = (seconds: number) => runLoad(folder, claimOrder(http, { ports: http.ports, connections: CONNECTIONS, seconds, offers }));
  // Long enough that the server has read the terms of every offer once, as one that has run for a while.
  await load(WARM_UP_SECONDS[shape]);
  const subject = async () => {
    const report = await load(context.seconds);
    reports.push(report);
    return report.rate;
  };
  const measured = await compareWithPgbench(context, http.sale, { offers, subject });
  const latencies = (['p50', 'p99', 'longest'] as const).map((name) => ({
    name,
    unit: 'ms',
    samples: reports.map((report) => report[name]),
  }));
  return withBroken({ ...measured, figures: [...measured.figures, ...latencies] }, reports.flatMap(notClaimed));
}

/** Every answer of a sale with endless stock is a redemption. */
export function notClaimed({ statuses, lost }: LoadReport): string[] {
  const others = Object.entries(statuses).filter(([status]) => status !== '201');
  return [
    ...others.map(([status, count]) => `${count} claims were answered ${status}`),
    ...(lost > 0 ? [`${lost} connections broke`] : []),
  ];
}
