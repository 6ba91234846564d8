import { describe, expect, test } from 'vitest';
import { type Bench, inTurns, median, ratioOf, shown } from './bench.ts';
import { judge, sentence } from './judge.ts';
import { linesOf, merged } from './results.ts';

const bench: Bench = {
  name: 'claims',
  what: 'claims',
  reference: 'one row a transaction',
  bars: [
    { figure: 'ratio', better: 'more', must: 2.5, goal: 5 },
    { figure: 'p99', better: 'less', must: 250, goal: null },
  ],
  run: () => Promise.reject(new Error('not run here')),
};
const measured = (ratios: number[], p99: number[] = [10, 20, 30]) => ({
  figures: [
    { name: 'ratio', unit: '×', samples: ratios },
    { name: 'p99', unit: 'ms', samples: p99 },
    { name: 'claims', unit: '/s', samples: [4000, 5000, 6000] },
  ],
  broken: [],
});
const passed = (ratios: number[], p99?: number[]) => judge(bench, measured(ratios, p99)).map((verdict) => verdict.passed);

describe('the judge', () => {
  test('takes the median of the rounds, not their best', () => {
    expect(passed([2.4, 2.6, 9])).toEqual([true, true]);
    expect(passed([2.4, 2.4, 9])).toEqual([false, true]);
  });

  test('holds a figure where less is better to the other side', () => {
    expect(passed([3, 3, 3], [251, 252, 253])).toEqual([true, false]);
    expect(passed([3, 3, 3], [249, 249, 900])).toEqual([true, true]);
  });

  test('lets nothing pass that is no number', () => {
    expect(passed(ratioOf([0, 0, 0], [0, 0, 0]))).toEqual([false, true]);
  });

  test('refuses a bench that did not measure what its bar is about', () => {
    expect(() => judge(bench, { figures: [{ name: 'ratio', unit: '×', samples: [] }], broken: [] })).toThrow(
      'did not measure its figure "ratio"',
    );
  });

  test('says figure, spread, must and goal in one line', () => {
    expect(judge(bench, measured([2, 6, 7])).map(sentence)).toEqual([
      '✓ ratio: 6 × (2 – 7) · must ≥ 2.5, goal ≥ 5 reached',
      '✓ p99: 20 ms (10 – 30) · must ≤ 250',
    ]);
  });
});

describe('turns', () => {
  test('alternate, with the clean-up before each', async () => {
    const order: string[] = [];
    const side = (name: string, value: number) => async () => {
      order.push(name);
      return value;
    };
    const turns = await inTurns(
      { rounds: 2, say: () => {} },
      { subject: side('A', 6), reference: side('B', 2) },
      async () => void order.push('-'),
    );
    expect(order).toEqual(['-', 'A', '-', 'B', '-', 'A', '-', 'B']);
    expect(ratioOf(turns.subject, turns.reference)).toEqual([3, 3]);
  });

  test('a median of an even number lies between the two in the middle', () => {
    expect(median([1, 9, 2, 4])).toBe(3);
  });

  test('figures show three digits that count', () => {
    expect([1870.4, 12.345, 0.02131].map(shown)).toEqual(['1,870', '12.3', '0.0213']);
  });
});

describe('the table of results', () => {
  const outcome = (ratios: number[], broken: string[] = []) => {
    const all = { ...measured(ratios), broken };
    return { bench, measured: all, verdicts: judge(bench, all), postgresVersion: '18.4 (Debian)' };
  };
  const lines = (ratios: number[], broken?: string[]) => linesOf(outcome(ratios, broken), new Date('2026-11-22T00:00:00Z'));

  test('a bench that is run again changes its own lines and no other', () => {
    const other = '| another | ratio | 1 × | ≥ 1 ✓ | | | x | y | 2026-01-01 |';
    const first = merged('', 'another', [other]);
    const both = merged(first, 'claims', lines([6, 6, 6]));
    const again = merged(both, 'claims', lines([1, 1, 1]));
    expect(again).toContain(other);
    expect(again.match(/^\| claims \|/gm)).toHaveLength(2);
    expect(again).toContain('| claims | ratio | 1 × (1 – 1) | ≥ 2.5 ✗ |');
    expect(again).not.toContain('6 ×');
  });

  test('stands in the order of the names whatever was run last', () => {
    const table = merged(merged('', 'claims', lines([6])), 'another', ['| another | ratio |']);
    expect(table.indexOf('| another |')).toBeLessThan(table.indexOf('| claims |'));
  });

  test('says what broke beside the figure it would spoil, and what machine it was', () => {
    const [first = ''] = lines([6, 6, 6], ['I1 an offer is oversold']);
    expect(first).toContain('**broken: I1 an offer is oversold**');
    expect(first).toContain('PostgreSQL 18.4 |');
    expect(first).toContain('claims 5,000 /s (4,000 – 6,000)');
  });
});
