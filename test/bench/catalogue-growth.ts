import { type Bench, inTurns, ratioOf } from './lib/bench.ts';
import { notPages, openCatalogueWorld } from './lib/catalogue-world.ts';
import { runLoad } from './lib/load.ts';

const CONNECTIONS = 64;
const SMALL = 100_000;
/** The members of today; `BENCH_MEMBERS=22000000` measures all young people, which needs some 8 GB of disk. */
const LARGE = Number(process.env['BENCH_MEMBERS'] ?? 5_860_000);

export const bench: Bench = {
  name: 'catalogue-growth',
  what: `cost of a member’s first page with ${LARGE.toLocaleString('en')} members, over that with ${SMALL.toLocaleString('en')}`,
  reference: `the same server and the same 10,000 offers on a directory of ${SMALL.toLocaleString('en')} members`,
  bars: [{ figure: 'cost', better: 'less', must: 1.2, goal: 1.05 }],
  run: async (context) => {
    const small = await openCatalogueWorld(context, { directory: SMALL, database: 'chung_bench_small' });
    const large = await openCatalogueWorld(context, { directory: LARGE, database: 'chung_bench_large' });
    const folder = await context.folder();
    const broken: string[] = [];
    const side = (world: typeof small) => async () => {
      const report = await runLoad(folder, world.pageOrder({ connections: CONNECTIONS, seconds: context.seconds }));
      broken.push(...notPages(report));
      return report.rate;
    };
    const sides = { small: side(small), large: side(large) };
    await sides.small();
    await sides.large();
    const turns = await inTurns(context, sides);
    return {
      figures: [
        // Cost is time a page, so the rates stand the other way round.
        { name: 'cost', unit: '×', samples: ratioOf(turns.small, turns.large) },
        { name: 'small directory', unit: 'pages/s', samples: turns.small },
        { name: 'large directory', unit: 'pages/s', samples: turns.large },
      ],
      broken,
    };
  },
};
