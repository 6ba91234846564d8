// Judges what a bench measured against its bars, and words it for people.
import { type Bar, type Bench, type Figure, type Measured, median, shown } from './bench.ts';

export interface Verdict {
  readonly bar: Bar;
  readonly figure: Figure;
  readonly median: number;
  readonly passed: boolean;
  readonly reachedGoal: boolean;
}

/** One verdict a bar. A bar whose figure was not measured is a bug of the bench. */
export function judge(bench: Bench, measured: Measured): Verdict[] {
  return bench.bars.map((bar) => {
    const figure = measured.figures.find(({ name }) => name === bar.figure);
    if (!figure || figure.samples.length === 0) throw new Error(`${bench.name} did not measure its figure "${bar.figure}"`);
    const value = median(figure.samples);
    return {
      bar,
      figure,
      median: value,
      passed: reaches(value, bar.must, bar),
      reachedGoal: bar.goal !== null && reaches(value, bar.goal, bar),
    };
  });
}

/** Also false for what is no number: a bench that measured nothing has reached nothing. */
function reaches(value: number, limit: number, { better }: Bar): boolean {
  return better === 'more' ? value >= limit : value <= limit;
}

/** `9.31 × (8.8 – 9.9)`. */
export function spread({ samples, unit }: Figure): string {
  const range = samples.length > 1 ? ` (${shown(Math.min(...samples))} – ${shown(Math.max(...samples))})` : '';
  return `${shown(median(samples))} ${unit}${range}`;
}

export const sign = ({ better }: Bar): string => (better === 'more' ? '≥' : '≤');

export function sentence({ bar, figure, passed, reachedGoal }: Verdict): string {
  const goal = bar.goal === null ? '' : `, goal ${sign(bar)} ${shown(bar.goal)}${reachedGoal ? ' reached' : ''}`;
  return `${passed ? '✓' : '✗'} ${figure.name}: ${spread(figure)} · must ${sign(bar)} ${shown(bar.must)}${goal}`;
}
