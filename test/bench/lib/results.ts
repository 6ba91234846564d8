// RESULTS.md: one line a bar, kept by the bench's name, so that a bench that is run alone changes only its own lines.
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Bench, Measured } from './bench.ts';
import { shown } from './bench.ts';
import { sign, spread, type Verdict } from './judge.ts';

const HEAD = `# Results of the benches

Written by \`npm run bench\` (see [README](README.md)). Every figure is the median of the rounds with their least and greatest; a ratio (×) is
taken round by round against a reference measured in the same run, in turns. Durability is on throughout.

| bench | figure | median (least – greatest) | must | goal | beside it | reference | machine | date |
|---|---|---|---|---|---|---|---|---|
`;

export interface Outcome {
  readonly bench: Bench;
  readonly measured: Measured;
  readonly verdicts: readonly Verdict[];
  readonly postgresVersion: string | null;
}

function machineOf({ postgresVersion }: Outcome): string {
  const postgres = postgresVersion === null ? '' : `, PostgreSQL ${postgresVersion.split(' ')[0]}`;
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown';
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}${postgres}`;
}

export function linesOf(outcome: Outcome, date: Date): string[] {
  const { bench, measured, verdicts } = outcome;
  const judged = new Set(verdicts.map(({ figure }) => figure.name));
  const beside = measured.figures.filter(({ name }) => !judged.has(name)).map((figure) => `${figure.name} ${spread(figure)}`);
  return verdicts.map(({ bar, figure, passed, reachedGoal }, index) => {
    const goal = bar.goal === null ? '' : `${sign(bar)} ${shown(bar.goal)} ${reachedGoal ? '✓' : ''}`;
    const first = index === 0;
    const failed = measured.broken.length > 0 ? ` **broken: ${measured.broken.join('; ')}**` : '';
    const cells = [
      bench.name,
      figure.name,
      `${spread(figure)}${failed}`,
      `${sign(bar)} ${shown(bar.must)} ${passed ? '✓' : '✗'}`,
      goal.trim(),
      first ? beside.join('<br>') : '',
      first ? bench.reference : '',
      machineOf(outcome),
      date.toISOString().slice(0, 10),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
}

/** The table with this bench's lines in place of its earlier ones; lines are in the order of their names. */
export function merged(earlier: string, name: string, lines: readonly string[]): string {
  const kept = earlier
    .split('\n')
    .filter((line) => /^\| [a-z]/.test(line) && !line.startsWith('| bench |') && !line.startsWith(`| ${name} |`));
  // A stable sort: the bars of one bench stay in their order.
  const all = [...kept, ...lines].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en'));
  return `${HEAD}${all.join('\n')}\n`;
}

const nameOf = (line: string): string => line.split('|')[1]?.trim() ?? '';

export async function writeResults(file: string, outcome: Outcome): Promise<void> {
  const earlier = await readFile(file, 'utf8').catch(() => '');
  await writeFile(file, merged(earlier, outcome.bench.name, linesOf(outcome, new Date())));
}
