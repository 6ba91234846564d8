import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../harness/server-process.ts';
import { type Bench, inTurns, ratioOf } from './lib/bench.ts';
import { notPages, openCatalogueWorld } from './lib/catalogue-world.ts';
import { type LoadReport, runLoad } from './lib/load.ts';
import { startSide } from './lib/side-process.ts';

const CONNECTIONS = 64;

export const bench: Bench = {
  name: 'catalogue-read',
  what: 'a member’s first page of 10,000 live offers, eligibility applied, signed in by session, 20,000 members in turn, 64 connections, no ETag',
  reference: 'bare Express answering the same page from memory',
  bars: [{ figure: 'ratio', better: 'more', must: 0.4, goal: 0.7 }],
  run: async (context) => {
    const world = await openCatalogueWorld(context, { directory: 100_000, database: 'chung_bench_catalogue' });
    const folder = await context.folder();
    const reports: LoadReport[] = [];
    const load = async (order: Parameters<typeof runLoad>[1]) => {
      const report = await runLoad(folder, order);
      reports.push(report);
      return report.rate;
    };
    const page = await onePage(world.port, world.http.headers + world.http.callers[0]);
    const file = path.join(folder, 'page.json');
    await writeFile(file, page);
    context.say(`a page is ${Buffer.byteLength(page).toLocaleString('en')} bytes`);
    const port = await freePort();
    await startSide(context, 'bare-express.ts', [String(port), file]);
    const bare = { ...world.pageOrder({ connections: CONNECTIONS, seconds: context.seconds }), ports: [port], paths: ['/'] };
    const sides = {
      ours: () => load(world.pageOrder({ connections: CONNECTIONS, seconds: context.seconds })),
      bare: () => load(bare),
    };
    await sides.ours();
    await sides.bare();
    const turns = await inTurns(context, sides);
    return {
      figures: [
        { name: 'ratio', unit: '×', samples: ratioOf(turns.ours, turns.bare) },
        { name: 'ours', unit: 'pages/s', samples: turns.ours },
        { name: 'bare Express', unit: 'pages/s', samples: turns.bare },
      ],
      broken: reports.flatMap(notPages),
    };
  },
};

/** One page of ours, for the reference to answer; it must be full. */
async function onePage(port: number, headerLines: string): Promise<string> {
  const headers = new Headers();
  for (const line of headerLines.split('\r\n').filter((text) => text !== '')) {
    const [name = '', ...value] = line.split(': ');
    // Compression is a proxy's work; fetch sets its own.
    if (name !== 'connection' && name !== 'accept-encoding') headers.set(name, value.join(': '));
  }
  const response = await fetch(`http://localhost:${port}/v1/offers`, { headers });
  const text = await response.text();
  const items: unknown = response.ok && JSON.parse(text).items;
  if (!Array.isArray(items) || items.length < 20) throw new Error(`no full page: ${response.status} ${text.slice(0, 300)}`);
  return text;
}
