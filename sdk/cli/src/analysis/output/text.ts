import type { Language, Text } from '@chung/contracts';
import type { Finding } from '../findings.ts';
import type { Place } from '../place.ts';
import type { Severity } from '../rules.ts';
import { RULES } from '../rules.ts';

export interface TextOptions {
  readonly language: Language;
  /** The text of a file of the project, for the lines that are shown; null where there is none. */
  readonly readText: (file: string) => string | null;
  readonly colour?: 'on' | 'off';
}

const WORDS: Readonly<Record<Severity, Text>> = {
  error: { vi: 'lỗi', en: 'error' },
  warning: { vi: 'cảnh báo', en: 'warning' },
  review: { vi: 'cần người xem', en: 'for a person' },
};
const COLOURS: Readonly<Record<Severity, number>> = { error: 31, warning: 33, review: 36 };

/**
 * Findings for people: what, where with its line of code, what to do, and where to read on. Ends with the sums.
 *
 * @example
 * const { findings } = analyse(openProject('.'));
 * process.stdout.write(toText(findings, { language: 'vi', readText }));
 */
export function toText(findings: readonly Finding[], options: TextOptions): string {
  const { language } = options;
  const blocks = findings.map((finding) => block(finding, options));
  const sums = (Object.keys(WORDS) as Severity[]).map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${WORDS[severity][language]}`;
  });
  return `${[...blocks, sums.join(' · ')].join('\n\n')}\n`;
}

function block({ rule, severity, message, at, fix }: Finding, options: TextOptions): string {
  const { language, colour = 'off' } = options;
  const paint = (text: string, code: number) => (colour === 'on' ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { remedy, slug } = RULES[rule];
  const place = at ? `${at.file}:${at.line}:${at.column}` : '';
  return [
    `${paint(`${WORDS[severity][language]} ${rule}`, COLOURS[severity])} ${message[language]}`,
    ...(at ? [`  ${place}`, ...frame(at, options.readText(at.file))] : []),
    `  ${remedy[language]} docs/check/${slug}.md`,
    ...(fix ? [`  --fix: ${fix.title[language]}`] : []),
  ].join('\n');
}

/** The line with its neighbours, and a mark under the place. */
function frame({ line, column, start, end }: Place, text: string | null): readonly string[] {
  if (text === null) return [];
  const lines = text.split('\n');
  const width = String(line + 1).length;
  const shown = (number: number) => `  ${number === line ? '>' : ' '} ${String(number).padStart(width)} │ ${lines[number - 1] ?? ''}`;
  const length = Math.max(1, Math.min(end - start, (lines[line - 1] ?? '').length - column + 1));
  const mark = `    ${' '.repeat(width)} │ ${' '.repeat(column - 1)}${'^'.repeat(length)}`;
  return [...(line > 1 ? [shown(line - 1)] : []), shown(line), mark, ...(line < lines.length ? [shown(line + 1)] : [])];
}
