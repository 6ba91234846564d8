// What a bench is. The runner (`run.ts`) finds every file beside it, runs its `bench` and judges the figures.
import type { BenchPostgres } from './postgres.ts';

export interface Bench {
  /** The file's name without `.ts`, and the word behind `npm run bench --`. */
  readonly name: string;
  /** What is measured, in one line. */
  readonly what: string;
  /** What it is measured against, in one line. */
  readonly reference: string;
  /** The first is the headline; all must hold. */
  readonly bars: readonly [Bar, ...Bar[]];
  run(context: BenchContext): Promise<Measured>;
}

/** A bar on the median of one figure. */
export interface Bar {
  /** Name of the figure it judges. */
  readonly figure: string;
  readonly better: 'more' | 'less';
  readonly must: number;
  /** What we aim for; null where only the must is set. */
  readonly goal: number | null;
}

export interface Figure {
  readonly name: string;
  /** `×` for ratios, else a unit such as `claims/s`, `ms`, `MB`. */
  readonly unit: string;
  /** One a round. */
  readonly samples: readonly number[];
}

export interface Measured {
  readonly figures: readonly Figure[];
  /** What does not hold after the runs (invariants, lost answers); anything here fails the bench. */
  readonly broken: readonly string[];
}

export interface BenchContext {
  /** At least three; `--quick` runs one and judges nothing. */
  readonly rounds: number;
  /** How long one side runs in one round. */
  readonly seconds: number;
  readonly quick: boolean;
  /** Progress, for the person who waits. */
  say(line: string): void;
  /** Taken back in reverse order when the bench ends, also when it fails. */
  defer(close: () => Promise<unknown>): void;
  /** A PostgreSQL of this bench alone, durable, with our schema in its template; the same at every call. */
  postgres(): Promise<BenchPostgres>;
  /** A folder that is removed afterwards. */
  folder(): Promise<string>;
}

/**
 * Runs every side once a round, in turns: A B A B … Machines are shared, so a load that comes and goes must meet all sides
 * alike. `between` runs before each turn (CHECKPOINT, emptying tables), outside the time that is measured.
 */
export async function inTurns<Side extends string>(
  context: Pick<BenchContext, 'rounds' | 'say'>,
  sides: Readonly<Record<Side, () => Promise<number>>>,
  between: () => Promise<unknown> = async () => {},
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
  for (let round = 1; round <= context.rounds; round++)
    for (const name of names) {
      await between();
      const value = await sides[name]();
      measured[name].push(value);
      context.say(`round ${round} · ${name}: ${shown(value)}`);
    }
  return measured;
}

/** Subject over reference, round by round. */
export function ratioOf(subject: readonly number[], reference: readonly number[]): number[] {
  return subject.map((value, round) => value / (reference[round] ?? Number.NaN));
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Three digits that count: `1,870`, `12.3`, `0.0213`. */
export function shown(value: number): string {
  return value.toLocaleString('en', Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}
