import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Bench, inTurns } from './lib/bench.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const FILES = 500;
const SCREENS = 150;
const SAMPLE_MS = 50;
/** As `chung check` judges a folder: the whole of it in a process of its own, its start included. */
const CHECK = `
import { analyse, openProject } from '@chung/cli/analysis';
const { scopes, files } = analyse(openProject(process.argv[1]));
process.stdout.write(JSON.stringify({ used: scopes.used, unused: scopes.unused, uses: scopes.uses.length, files }));
`;

export const bench: Bench = {
  name: 'check',
  what: `chung check of an app of ${FILES} source files, of which a third reach the SDK: all rules, from the start of the process to the findings`,
  reference: 'the bars alone: a developer waits for it at every submission',
  bars: [
    { figure: 'seconds', better: 'less', must: 10, goal: 4 },
    { figure: 'memory', better: 'less', must: 1024, goal: null },
  ],
  run: async (context) => {
    const folder = await context.folder();
    await writeProject(folder);
    const memory: number[] = [];
    const broken: string[] = [];
    const turns = await inTurns(context, {
      check: async () => {
        const { seconds, peakMegabytes, output } = await checkIn(folder);
        memory.push(peakMegabytes);
        broken.push(...wrongIn(output));
        return seconds;
      },
    });
    return {
      figures: [
        { name: 'seconds', unit: 's', samples: turns.check },
        { name: 'memory', unit: 'MB', samples: memory },
      ],
      broken,
    };
  },
};

/** Screens that use operations, what they share, and the rest of a program, that never meets the SDK. */
async function writeProject(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'src'), { recursive: true });
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(folder, 'node_modules'));
  const files = new Map([
    ['package.json', '{ "name": "bench-app", "type": "module" }'],
    ['package-lock.json', '{ "packages": {} }'],
    ['tsconfig.json', TSCONFIG],
    [
      'chung.config.ts',
      manifest(['openid', 'offers:read', 'redemptions:claim', 'redemptions:read', 'member.profile:read', 'payments:charge']),
    ],
    ['src/app.ts', APP],
  ]);
  for (let index = 0; index < SCREENS; index++) files.set(`src/screen-${index}.tsx`, screen(index));
  // Four of the files are no sources.
  for (let index = 0; files.size < FILES + 4; index++) files.set(`src/plain-${index}.tsx`, plain(index));
  for (const [name, text] of files) await writeFile(path.join(folder, name), text);
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'Bundler', jsx: 'react-jsx', lib: ['ES2024', 'DOM', 'DOM.Iterable'] },
    ...{ strict: true, skipLibCheck: true, noEmit: true, types: [], customConditions: ['chung-source'], allowImportingTsExtensions: true },
  },
  include: ['src', 'chung.config.ts'],
});

const manifest = (scopes: readonly string[]) => `import { defineApp } from '@chung/contracts';
export default defineApp({ req_permissions: [${scopes.map((name) => `{ name: '${name}', purpose: { vi: 'Vì', en: 'Because' } }`).join(', ')}] } as never);
`;

const APP = `import { createMiniApp } from '@chung/mini-app';
export const app = await createMiniApp({
  scopes: ['openid', 'offers:read', 'redemptions:claim', 'redemptions:read', 'member.profile:read'],
});
export type App = typeof app;
`;

const screen = (index: number) => `import { useEffect, useState } from 'react';
import { app } from './app.ts';
import { total${index}, type Row${index} } from './plain-${index}.tsx';

const { claim: take${index}, list } = app.offers;

export function Screen${index}({ rows }: { readonly rows: readonly Row${index}[] }) {
  const [name, setName] = useState('');
  const [count, setCount] = useState(0);
  useEffect(() => {
    app.me.get().then((me) => setName(me.profile.displayName));
    list({ limit: 10 }).then(({ items }) => setCount(items.length));
  }, [app]);
  const onTake = async () => {
    for await (const offer of list.all({ category: 'telecom' })) {
      if (offer.title.vi.includes(name)) return take${index}({ offerId: offer.id });
    }
    return (await app.redemptions.list()).items[0] ?? null;
  };
  return (
    <section>
      <h1>{name}</h1>
      <button onClick={() => void onTake()}>{total${index}(rows) + count}</button>
    </section>
  );
}
`;

const plain = (index: number) => `import { useMemo } from 'react';

export interface Row${index} {
  readonly id: string;
  readonly amountMinor: number;
  readonly tags: readonly string[];
}

export const total${index} = (rows: readonly Row${index}[]) => rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

export function byTag${index}(rows: readonly Row${index}[]): ReadonlyMap<string, readonly Row${index}[]> {
  const all = new Map<string, Row${index}[]>();
  for (const row of rows) for (const tag of row.tags) all.set(tag, [...(all.get(tag) ?? []), row]);
  return all;
}

export function Table${index}({ rows }: { readonly rows: readonly Row${index}[] }) {
  const groups = useMemo(() => [...byTag${index}(rows)].toSorted(([a], [b]) => a.localeCompare(b)), [rows]);
  return (
    <table>
      <tbody>
        {groups.map(([tag, inside]) => (
          <tr key={tag}>
            <td>{tag}</td>
            <td>{total${index}(inside).toLocaleString('vi')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
`;

interface Checked {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly output: string;
}

async function checkIn(folder: string): Promise<Checked> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=chung-source', '--input-type=module', '-e', CHECK, folder], {
    cwd: path.join(REPOSITORY, 'test'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  let peakMegabytes = 0;
  // The system keeps the greatest so far, so a sample a moment before the end has missed nothing.
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakMegabytes = Math.max(peakMegabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`the check ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, peakMegabytes, output };
}

/** A check that is fast because it sees nothing would be no check. */
function wrongIn(output: string): string[] {
  const { used, unused, uses, files }: { used: string[]; unused: string[]; uses: number; files: { all: number; inReach: number } } =
    JSON.parse(output);
  const wrong: string[] = [];
  const expected = ['member.profile:read', 'offers:read', 'openid', 'redemptions:claim', 'redemptions:read'];
  if (used.join() !== expected.join()) wrong.push(`the scopes in use were told as ${used.join(', ')}`);
  if (unused.join() !== 'payments:charge') wrong.push(`the unused scopes were told as ${unused.join(', ')}`);
  if (uses < SCREENS * 6) wrong.push(`only ${uses} places were found`);
  if (files.all !== FILES || files.inReach !== SCREENS + 1) wrong.push(`${files.all} files were read, ${files.inReach} of them in reach`);
  return wrong;
}
