// Everything the proof tried and what held, for the table at its end and for `--json`.

interface Checked {
  checks: number;
  broken: number;
}

export class Tally {
  readonly counts: Record<string, number> = {};
  readonly outcomes: Record<string, number> = {};
  readonly rules: Record<string, Checked> = {};
  /** What went wrong, in sentences; the proof holds when there is none. */
  readonly failures: string[] = [];
  readonly mutants: { name: string; caughtBy: readonly string[] }[] = [];

  add(name: string, count = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }

  answered(outcomes: Readonly<Record<string, number>>): void {
    for (const [outcome, count] of Object.entries(outcomes)) this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + count;
  }

  checked(rule: string, { checks, broken }: Checked): void {
    const sum = this.rules[rule] ?? { checks: 0, broken: 0 };
    this.rules[rule] = { checks: sum.checks + checks, broken: sum.broken + broken };
  }

  fail(...sentences: readonly string[]): void {
    this.failures.push(...sentences);
  }

  get holds(): boolean {
    return this.failures.length === 0 && Object.values(this.rules).every(({ broken }) => broken === 0);
  }

  toJson(): Record<string, unknown> {
    const { counts, outcomes, rules, mutants, failures, holds } = this;
    return { holds, counts, outcomes, rules, mutants, failures };
  }

  /** As a person reads it; numbers in the columns of the widest. */
  toText(): string {
    const number = (value: number) => value.toLocaleString('en');
    const table = (rows: readonly (readonly [string, string])[]) => {
      const width = Math.max(...rows.map(([name]) => name.length), 0);
      return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
    };
    const sections: [string, string][] = [
      ['Tried', table(Object.entries(this.counts).map(([name, count]) => [name, number(count).padStart(12)]))],
      [
        'Answers',
        table(
          Object.entries(this.outcomes)
            .toSorted((a, b) => b[1] - a[1])
            .map(([name, count]) => [name, number(count).padStart(12)]),
        ),
      ],
      [
        'Held',
        table(
          Object.entries(this.rules)
            .toSorted()
            .map(([name, { checks, broken }]) => [
              name,
              broken === 0 ? `${number(checks).padStart(12)} checks` : `BROKEN ${number(broken)} of ${number(checks)}`,
            ]),
        ),
      ],
      [
        'Mutants',
        table(
          this.mutants.map(({ name, caughtBy }) => [
            `without ${name}`,
            caughtBy.length === 0 ? 'SURVIVED' : `caught: ${caughtBy.join(', ')}`,
          ]),
        ),
      ],
    ];
    const shown = sections.filter(([, text]) => text !== '').map(([title, text]) => `${title}\n${text}`);
    const failures = this.failures.map((failure) => `✗ ${failure}`).join('\n');
    return [...shown, failures === '' ? '' : `Failures\n${failures}`, this.holds ? 'The proof holds.' : 'THE PROOF DOES NOT HOLD.']
      .filter((text) => text !== '')
      .join('\n\n');
  }
}
