import { type Bench, benchOf, type Check, type GradeSettings } from './grade-bench.ts';
import { CHECKS } from './grade-checks.ts';

export type CheckOutcome = 'passed' | 'failed' | 'skipped';

export interface CheckReport {
  readonly id: string;
  readonly title: string;
  /** `must`: without it members lose benefits or get them twice, or strangers are believed. */
  readonly weight: 'must' | 'should';
  readonly outcome: CheckOutcome;
  /** What was seen, and what to do; of a skipped check, what it needs. */
  readonly reason: string;
}

export interface GradeReport {
  /** A: everything holds. B: only what should hold does not. F: something that must hold does not. */
  readonly grade: 'A' | 'B' | 'F';
  readonly checks: readonly CheckReport[];
  /** The same for people, one line a check. */
  readonly text: string;
}

/**
 * Drives an integration as the platform and an attacker would, and grades it with reasons: signatures (forged, altered, late, replayed),
 * repeated and reordered deliveries, fulfilment once and only once.
 *
 * Run it against your own code in your own tests; nothing of it needs a network when `receiver` is a function.
 *
 * @example
 * const report = await gradeIntegration({ receiver: handler, signer, activations: (id) => countOf(id) });
 * if (report.grade !== 'A') throw new Error(report.text);
 */
export async function gradeIntegration(settings: GradeSettings): Promise<GradeReport> {
  const bench = benchOf(settings);
  const checks: CheckReport[] = [];
  // One after the other: each leaves the integration at rest for the next.
  for (const check of CHECKS) checks.push(await runOne(check, bench));
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const grade = failed.some(({ weight }) => weight === 'must') ? 'F' : failed.length > 0 ? 'B' : 'A';
  return { grade, checks, text: [`grade ${grade}`, ...checks.map(lineOf)].join('\n') };
}

const MARKS: Readonly<Record<CheckOutcome, string>> = { passed: '✓', failed: '✗', skipped: '–' };
const lineOf = ({ outcome, title, reason }: CheckReport) => `${MARKS[outcome]} ${title}${reason === '' ? '' : `: ${reason}`}`;

async function runOne({ id, title, weight, run }: Check, bench: Bench): Promise<CheckReport> {
  const said = await run(bench);
  const skipped = said?.startsWith('skipped: ');
  return {
    id,
    title,
    weight,
    outcome: said === null ? 'passed' : skipped ? 'skipped' : 'failed',
    reason: (said ?? '').replace(/^skipped: /, ''),
  };
}
