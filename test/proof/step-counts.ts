// Counts that change at known and at uncertain times, and the question whether something could have been so within an interval.

export interface Change {
  readonly at: number;
  readonly by: number;
}

/** A count as a function of time, made of steps; before the first it is zero. */
export class StepCount {
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  constructor(changes: readonly Change[]) {
    const sorted = changes.filter(({ at }) => Number.isFinite(at)).toSorted((a, b) => a.at - b.at);
    let value = 0;
    for (const [place, change] of sorted.entries()) {
      value += change.by;
      // Changes of one moment are one step: in between nobody could look.
      if (sorted[place + 1]?.at === change.at) continue;
      this.#times.push(change.at);
      this.#values.push(value);
    }
  }

  highest(): number {
    return this.#values.reduce((most, value) => Math.max(most, value), 0);
  }

  /** When it was at least `least`, as intervals that do not overlap; the last may never end. */
  timesAtLeast(least: number): Interval[] {
    const found: Interval[] = [];
    let from = least <= 0 ? Number.NEGATIVE_INFINITY : null;
    for (const [place, time] of this.#times.entries()) {
      const is = (this.#values[place] ?? 0) >= least;
      if (is && from === null) from = time;
      if (is || from === null) continue;
      found.push({ from, to: time });
      from = null;
    }
    if (from !== null) found.push({ from, to: Number.POSITIVE_INFINITY });
    return found;
  }
}

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Does any of the sorted, separate intervals meet [from, to]? */
export function meets(intervals: readonly Interval[], { from, to }: Interval): boolean {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.to ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const next = intervals[low];
  return next !== undefined && next.from <= to;
}
