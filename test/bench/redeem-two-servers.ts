import { type Bench, type BenchContext, inTurns, type Measured, ratioOf } from './lib/bench.ts';
import { CONNECTIONS, notClaimed } from './lib/http.ts';
import { claimOrder, type HttpSale, openHttpSale } from './lib/http-sale.ts';
import { type LoadReport, runLoad } from './lib/load.ts';
import { invariantsOf } from './lib/redeem.ts';

export const bench: Bench = {
  name: 'redeem-two-servers',
  what: 'claims a second on one offer over HTTP by two server processes on one database, 256 connections in all, and none oversold',
  reference: 'one server process with the same 256 connections, the other idle',
  bars: [{ figure: 'ratio', better: 'more', must: 0.9, goal: 1.2 }],
  run: measureTwoServers,
};

const UNITS = 5_000;

async function measureTwoServers(context: BenchContext): Promise<Measured> {
  const http = await openHttpSale(context, { servers: 2 });
  const [offer] = await http.sale.publish(1);
  if (!offer) throw new Error('the sale has an offer');
  const folder = await context.folder();
  const reports: LoadReport[] = [];
  const through = (ports: readonly number[], seconds: number) => async () => {
    const report = await runLoad(folder, claimOrder(http, { ports, connections: CONNECTIONS, seconds, offers: [offer] }));
    reports.push(report);
    return report.rate;
  };
  await through(http.ports, 2)();
  const postgres = await context.postgres();
  const one = http.ports.slice(0, 1);
  const sides = { subject: through(http.ports, context.seconds), 'one server': through(one, context.seconds) };
  const turns = await inTurns(context, sides, () => postgres.checkpoint());
  const soldOut = await sellOut(context, http, folder);
  return {
    figures: [
      { name: 'ratio', unit: '×', samples: ratioOf(turns.subject, turns['one server']) },
      { name: 'two servers', unit: '/s', samples: turns.subject },
      { name: 'one server', unit: '/s', samples: turns['one server'] },
      { name: 'p99', unit: 'ms', samples: reports.map(({ p99 }) => p99) },
    ],
    broken: [...reports.flatMap(notClaimed), ...soldOut, ...(await invariantsOf(context, http.sale))],
  };
}

/** Both servers sell the same units until there are none: as many answers as units, and everybody else hears that it is over. */
async function sellOut(context: BenchContext, http: HttpSale, folder: string): Promise<string[]> {
  const broken: string[] = [];
  for (let round = 1; round <= context.rounds; round++) {
    const [offer] = await http.sale.publish(1, UNITS);
    if (!offer) throw new Error('the sale has an offer');
    const order = claimOrder(http, { ports: http.ports, connections: CONNECTIONS, seconds: 120, offers: [offer], stopAtRefusal: true });
    const { statuses, lost } = await runLoad(folder, order);
    const { '201': sold = 0, ...others } = statuses;
    context.say(`sell-out ${round}: ${sold} of ${UNITS} units sold; ${JSON.stringify(others)}`);
    if (sold !== UNITS || lost > 0) broken.push(`${sold} of ${UNITS} units were sold, ${lost} connections broke`);
    const refusals = Object.keys(others).filter((status) => !status.endsWith('offer_sold_out'));
    if (refusals.length > 0) broken.push(`a sold-out offer answered ${refusals.join(', ')}`);
  }
  return broken;
}
