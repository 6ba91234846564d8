// `npm run bench [-- NAME …] [--rounds N] [--seconds N] [--quick] [--json]`. Exit code 1 when a bar is missed or something broke.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, BenchContext, Measured } from './lib/bench.ts';
import { judge, sentence, spread } from './lib/judge.ts';
import { type BenchPostgres, startBenchPostgres } from './lib/postgres.ts';
import { type Outcome, writeResults } from './lib/results.ts';

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly quick: boolean;
  readonly json: boolean;
}

const RESULTS = path.join(import.meta.dirname, 'RESULTS.md');
const FEWEST_ROUNDS = 3;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '8' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const options: Options = {
    quick: values.quick,
    json: values.json,
    // One short round shows that a bench works; it proves nothing, so it is neither judged nor written down.
    rounds: values.quick ? 1 : Math.max(FEWEST_ROUNDS, positive('rounds', values.rounds)),
    seconds: values.quick ? 2 : positive('seconds', values.seconds),
  };
  const known = await namesOfBenches();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`there is no bench ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const failed: string[] = [];
  for (const name of positionals.length > 0 ? positionals : known) if (!(await runOne(name, options))) failed.push(name);
  if (failed.length > 0) tell(options, `\nUnder its bar or broken: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a positive number`);
  return value;
}

/** Every file beside this one is a bench; what they share lies in `lib`. */
async function namesOfBenches(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== path.basename(import.meta.filename))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted();
}

async function runOne(name: string, options: Options): Promise<boolean> {
  const { bench }: { bench: Bench } = await import(`./${name}.ts`);
  tell(options, `\n${name}: ${bench.what}\n  reference: ${bench.reference}`);
  try {
    const { measured, postgresVersion } = await measure(bench, options);
    return await report({ bench, measured, verdicts: judge(bench, measured), postgresVersion }, options);
  } catch (error) {
    // One bench that fails must not cost the results of the others.
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.stack : error}\n`);
    return false;
  }
}

async function measure(bench: Bench, options: Options): Promise<{ measured: Measured; postgresVersion: string | null }> {
  const closers: (() => Promise<unknown>)[] = [];
  let postgres: Promise<BenchPostgres> | undefined;
  const context: BenchContext = {
    ...options,
    say: (line) => tell(options, `  ${line}`),
    defer: (close) => void closers.push(close),
    postgres: () => {
      postgres ??= startBenchPostgres(context.say).then((started) => {
        closers.unshift(() => started.stop());
        return started;
      });
      return postgres;
    },
    folder: async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'chung-bench-'));
      closers.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
  };
  const close = async () => {
    for (const one of closers.splice(0).toReversed())
      await one().catch((error: unknown) => process.stderr.write(`  closing ${bench.name}: ${String(error)}\n`));
  };
  // Broken off: no PostgreSQL and no server of ours may go on running behind the next bench.
  const breakOff = () => void close().finally(() => process.exit(130));
  for (const signal of SIGNALS) process.once(signal, breakOff);
  try {
    const measured = await bench.run(context);
    return { measured, postgresVersion: (await postgres)?.version ?? null };
  } finally {
    for (const signal of SIGNALS) process.off(signal, breakOff);
    await close();
  }
}

async function report(outcome: Outcome, options: Options): Promise<boolean> {
  const { bench, measured, verdicts } = outcome;
  const passed = measured.broken.length === 0 && (options.quick || verdicts.every((verdict) => verdict.passed));
  if (options.json) {
    const bars = verdicts.map(({ bar, median, passed: held, reachedGoal }) => ({ ...bar, median, passed: held, reachedGoal }));
    process.stdout.write(`${JSON.stringify({ name: bench.name, passed, bars, figures: measured.figures, broken: measured.broken })}\n`);
  }
  const judged = new Set(verdicts.map(({ figure }) => figure.name));
  for (const figure of measured.figures) if (!judged.has(figure.name)) tell(options, `    ${figure.name}: ${spread(figure)}`);
  for (const verdict of verdicts) tell(options, `  ${sentence(verdict)}`);
  for (const broken of measured.broken) tell(options, `  ✗ broken: ${broken}`);
  if (!options.quick) await writeResults(RESULTS, outcome);
  return passed;
}

/** With `--json` standard output carries the results alone. */
function tell({ json }: Pick<Options, 'json'>, line: string): void {
  (json ? process.stderr : process.stdout).write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
