// The source figures against the bars of the house style. `node figures.ts [ROOT]` prints the table; exit 1 outside a bar.
import { join } from 'node:path';
import { type FileMeasure, filesInCycles, measureFile } from './measure.ts';
import { isTest, readSources } from './source-files.ts';

export interface Figure {
  name: string;
  value: number;
  least?: number;
  most?: number;
  /** Where to look first when it is outside. */
  hint?: string;
}

interface Bars {
  file: [median: number, p90: number, longest: number];
  function: [median: number, p90: number, longest: number];
  longFunctionsPercent: number;
  commentPercent: [least: number, most: number];
  /** Lines of tests to lines of code; null where the tests stand elsewhere. */
  testRatio: [least: number, most: number] | null;
}

const longFunction = 70;

export type Group = 'server and sdk' | 'web' | 'setup';

const serverBars: Bars = {
  file: [60, 200, 450],
  function: [12, 40, 100],
  longFunctionsPercent: 2,
  commentPercent: [8, 20],
  testRatio: [1.2, 2],
};

const bars: Record<Group, Bars> = {
  'server and sdk': serverBars,
  web: {
    file: [60, 220, 400],
    function: [12, 50, 150],
    longFunctionsPercent: 5,
    commentPercent: [3, 10],
    testRatio: [0.4, Number.POSITIVE_INFINITY],
  },
  // What the scripts do is proved by test/architecture and test/regression, which the server's figure counts.
  setup: { ...serverBars, testRatio: null },
};

/** Where a file counts: the journeys drive the web apps, and the scripts of set-up are neither product. */
export function groupOf(path: string): Group {
  if (path.startsWith('platform/setup/')) return 'setup';
  return /^platform\/web\/|^test\/journeys\//.test(path) ? 'web' : 'server and sdk';
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function sum(measures: readonly FileMeasure[], of: (measure: FileMeasure) => number): number {
  return measures.reduce((total, measure) => total + of(measure), 0);
}

function where(measures: readonly FileMeasure[], of: (measure: FileMeasure) => number): string {
  const found = measures.filter((measure) => of(measure) > 0).toSorted((a, b) => of(b) - of(a));
  return found
    .slice(0, 3)
    .map((measure) => `${measure.path} (${of(measure)})`)
    .join(', ');
}

function sizes(name: string, values: readonly number[], options: { most: Bars['file']; hint: string }): Figure[] {
  const [median, p90, longest] = options.most;
  return [
    { name: `${name}, median`, value: quantile(values, 0.5), most: median },
    { name: `${name}, p90`, value: quantile(values, 0.9), most: p90 },
    { name: `${name}, longest`, value: Math.max(0, ...values), most: longest, hint: options.hint },
  ];
}

function count(name: string, measures: readonly FileMeasure[], of: (measure: FileMeasure) => number): Figure {
  return { name, value: sum(measures, of), most: 0, hint: where(measures, of) };
}

function perThousandLines(
  name: string,
  measures: readonly FileMeasure[],
  options: { of: (measure: FileMeasure) => number; most: number },
): Figure {
  const lines = sum(measures, ({ lines: own }) => own);
  const value = lines === 0 ? 0 : (sum(measures, options.of) * 1000) / lines;
  return { name, value, most: options.most, hint: where(measures, options.of) };
}

function testRatio(tests: readonly FileMeasure[], lines: number, bar: Bars['testRatio']): Figure[] {
  if (bar === null) return [];
  const [least, most] = bar;
  return [{ name: 'test : code lines', value: lines === 0 ? 0 : sum(tests, (one) => one.lines) / lines, least, most }];
}

export function figuresOf(code: readonly FileMeasure[], tests: readonly FileMeasure[], bar: Bars): Figure[] {
  const lines = sum(code, (measure) => measure.lines);
  const all = code.flatMap(({ path, functionLengths }) => functionLengths.map((one) => ({ ...one, path })));
  const long = all.filter((one) => one.lines > longFunction).toSorted((a, b) => b.lines - a.lines);
  const cycles = filesInCycles(code);
  const longest = long.slice(0, 3).map((one) => `${one.path} ${one.name} (${one.lines})`);
  const biggest = code.toSorted((a, b) => b.lines - a.lines).slice(0, 2);
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : (part * 100) / whole);
  const [leastComments, mostComments] = bar.commentPercent;
  return [
    ...sizes(
      'lines/file',
      code.map((one) => one.lines),
      { most: bar.file, hint: biggest.map((one) => one.path).join(', ') },
    ),
    ...sizes(
      'lines/function',
      all.map((one) => one.lines),
      { most: bar.function, hint: longest.join(', ') },
    ),
    {
      name: `functions > ${longFunction} lines, %`,
      value: percent(long.length, all.length),
      most: bar.longFunctionsPercent,
      hint: longest.join(', '),
    },
    {
      name: 'comment lines, %',
      value: percent(
        sum(code, (one) => one.commentLines),
        lines,
      ),
      least: leastComments,
      most: mostComments,
    },
    count('any', code, (one) => one.anys),
    perThousandLines('casts per 1k lines', code, { of: (one) => one.casts, most: 1.5 }),
    { name: 'files in a cycle, %', value: percent(cycles.length, code.length), most: 0, hint: cycles.slice(0, 4).join(', ') },
    ...testRatio(tests, lines, bar.testRatio),
    count('module mocks', tests, (one) => one.moduleMocks),
    count(
      'default exports',
      code.filter(({ path }) => !/(\.config|\/vite)\.ts$/.test(path)),
      (one) => one.defaultExports,
    ),
    count('console calls', code, (one) => one.consoleCalls),
    count('TODO', [...code, ...tests], (one) => one.todos),
  ];
}

export function isOutside({ value, least = 0, most = Number.POSITIVE_INFINITY }: Figure): boolean {
  // Compared as printed, so that the table never contradicts the verdict.
  const shown = Number(value.toFixed(1));
  return shown < least || shown > most;
}

function barText({ least, most = Number.POSITIVE_INFINITY }: Figure): string {
  if (least === undefined) return `≤ ${most}`;
  return most === Number.POSITIVE_INFINITY ? `≥ ${least}` : `${least}–${most}`;
}

function printed(group: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const value = Number(figure.value.toFixed(1));
    const verdict = isOutside(figure) ? `OUTSIDE ${figure.hint ?? ''}` : '';
    return `  ${figure.name.padEnd(26)}${String(value).padStart(8)}   ${barText(figure).padEnd(10)} ${verdict}`.trimEnd();
  });
  return [group, ...rows, ''].join('\n');
}

/** Measures a repository; `ok` is false when a figure is outside its bar. */
export function sourceFigures(root: string): { text: string; ok: boolean } {
  const folders = ['platform', 'sdk', 'test'];
  const measured = readSources(root, folders, /\.(tsx?|mjs)$/).map(measureFile);
  const names: Group[] = ['server and sdk', 'web', 'setup'];
  const groups = names.map((name) => ({ name, all: measured.filter(({ path }) => groupOf(path) === name) }));
  const tables = groups.map(({ name, all }) => {
    const code = all.filter(({ path }) => !isTest(path));
    const figures =
      code.length === 0
        ? []
        : figuresOf(
            code,
            all.filter(({ path }) => isTest(path)),
            bars[name],
          );
    return { text: printed(`${name} (${code.length} files)`, figures), ok: !figures.some(isOutside) };
  });
  return { text: tables.map(({ text }) => text).join('\n'), ok: tables.every(({ ok }) => ok) };
}

if (import.meta.main) {
  const { text, ok } = sourceFigures(process.argv[2] ?? join(import.meta.dirname, '..', '..', '..'));
  process.stdout.write(text);
  process.exitCode = ok ? 0 : 1;
}
