/**
 * What can differ.
 * - `unreadable`: the file is not of the format; `field` is where, `stated` what the reader says.
 * - `line`: a field of a line is not what the line's other fields, its redemption or its event make of it.
 * - `line_misplaced`: the line's number, or its moment outside the period.
 * - `line_repeated`: two lines tell one event.
 * - `line_unknown`: no exported event tells it. `line_missing`: an exported event has no line.
 * - `event`: an event's own amounts are not what its redemption was charged.
 * - `total`, `vat`, `closing`, `line_count`: a sum over the lines.
 * - `root`, `hash`: a digest.
 * - `period`: it does not begin and end at the market's midnight.
 * - `chain`: it does not go on from the statement before.
 */
export type StatementDifferenceCode =
  | 'unreadable'
  | 'line'
  | 'line_misplaced'
  | 'line_repeated'
  | 'line_unknown'
  | 'line_missing'
  | 'event'
  | 'total'
  | 'vat'
  | 'closing'
  | 'line_count'
  | 'root'
  | 'hash'
  | 'period'
  | 'chain';

/** One difference: what is stated where, and what it should be. */
export interface StatementDifference {
  readonly code: StatementDifferenceCode;
  /** The line's place in the file, from 1; null when it is not about one. */
  readonly line: number | null;
  /** As in the file: `vat`, `totals.net`, `previous.hash`. */
  readonly field: string;
  readonly stated: string;
  readonly computed: string;
  /** `stated − computed` in minor units, where both are amounts. */
  readonly by: string | null;
  readonly eventId: string | null;
  readonly redemptionId: string | null;
}

/** Something that this file alone cannot show, and why. */
export interface StatementGap {
  /**
   * - `events_not_given`: whether a redemption is missing, and whether amounts are those of the events.
   * - `previous_not_given`: that it goes on from the statement before.
   * - `charge_not_exported`: the redemption was charged before the oldest exported event, so what is taken back cannot be recomputed.
   */
  readonly code: 'events_not_given' | 'previous_not_given' | 'charge_not_exported';
  readonly line: number | null;
  readonly redemptionId: string | null;
}

/** Where findings are gathered. Beyond the most they are only counted: a damaged file of a million lines is one finding, not a million. */
export interface StatementReport {
  readonly differences: readonly StatementDifference[];
  readonly gaps: readonly StatementGap[];
  /** All differences, also those that are not listed. */
  readonly count: number;
  differs(
    code: StatementDifferenceCode,
    found: Partial<StatementDifference> & Pick<StatementDifference, 'field' | 'stated' | 'computed'>,
  ): void;
  /** Reports two amounts if they are not the same. */
  amount(code: StatementDifferenceCode, found: AmountFinding): void;
  cannotTell(code: StatementGap['code'], about?: Partial<StatementGap>): void;
}

export interface AmountFinding extends Partial<Pick<StatementDifference, 'line' | 'eventId' | 'redemptionId'>> {
  readonly field: string;
  readonly stated: bigint;
  readonly computed: bigint;
}

const MOST_LISTED = 1_000;

export function createReport(): StatementReport {
  const differences: StatementDifference[] = [];
  const gaps: StatementGap[] = [];
  let count = 0;
  const differs: StatementReport['differs'] = (code, found) => {
    count += 1;
    if (differences.length >= MOST_LISTED) return;
    differences.push({ line: null, by: null, eventId: null, redemptionId: null, ...found, code });
  };
  return {
    differences,
    gaps,
    get count() {
      return count;
    },
    differs,
    amount: (code, { stated, computed, ...about }) => {
      if (stated === computed) return;
      differs(code, { ...about, stated: String(stated), computed: String(computed), by: String(stated - computed) });
    },
    cannotTell: (code, about = {}) => {
      if (gaps.length < MOST_LISTED) gaps.push({ line: null, redemptionId: null, ...about, code });
    },
  };
}
