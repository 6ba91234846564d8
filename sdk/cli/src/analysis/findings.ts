import type { Text } from '@chung/contracts';
import type { Place } from './place.ts';
import { RULES, type RuleCode, type Severity } from './rules.ts';

/** Replaces `[start, end)` of a file. */
export interface TextEdit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A repair that can be made by itself, or once a person has said what only they know. */
export type Fix =
  | { readonly needs: 'nothing'; readonly title: Text; readonly edits: readonly TextEdit[] }
  | {
      readonly needs: 'purpose';
      readonly title: Text;
      readonly scope: string;
      readonly edits: (purpose: Text) => readonly TextEdit[];
    };

export interface Finding {
  readonly rule: RuleCode;
  readonly severity: Severity;
  /** What it is about: the scope, the host, the package. */
  readonly subject: string;
  readonly message: Text;
  /** Null where there is no file to point into. */
  readonly at: Place | null;
  readonly fix?: Fix | undefined;
}

/** A finding of a rule; `detail` says what was found, in both languages. */
export function found(
  code: RuleCode,
  { subject, detail, at, fix }: { subject: string; detail: Text; at: Place | null; fix?: Fix | undefined },
): Finding {
  return { rule: code, severity: RULES[code].severity, subject, message: detail, at, fix };
}

/** Asks for what only a person knows; null leaves the finding as it is. */
export type AskPurpose = (scope: string) => Promise<Text | null> | Text | null;

/**
 * The edits of all findings that can be repaired. Two that touch the same characters are not made together: run the check again.
 *
 * @example
 * const { findings } = analyse(openProject('.'));
 * const edits = await editsOf(findings, (scope) => ({ vi: `Để dùng ${scope}`, en: `To use ${scope}` }));
 */
export async function editsOf(findings: readonly Finding[], askPurpose: AskPurpose): Promise<readonly TextEdit[]> {
  const edits: TextEdit[] = [];
  const asked = new Set<string>();
  for (const { fix } of findings) {
    if (!fix) continue;
    if (fix.needs === 'purpose') {
      // A scope that is used in ten places is asked about once.
      if (asked.has(fix.scope)) continue;
      asked.add(fix.scope);
      const purpose = await askPurpose(fix.scope);
      if (purpose) edits.push(...fix.edits(purpose));
    } else if (!fix.edits.some((edit) => edits.some((other) => overlaps(edit, other)))) edits.push(...fix.edits);
  }
  return edits;
}

const overlaps = (a: TextEdit, b: TextEdit) => a.file === b.file && a.start < b.end && b.start < a.end;

/**
 * The text of one file after its edits.
 *
 * @example
 * applyEdits('const a = 1;', [{ file: 'src/a.ts', start: 10, end: 11, text: '2' }]); // 'const a = 2;'
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let changed = text;
  for (const { start, end, text: put } of edits.toSorted((a, b) => b.start - a.start))
    changed = changed.slice(0, start) + put + changed.slice(end);
  return changed;
}

const order: Readonly<Record<Severity, number>> = { error: 0, review: 1, warning: 2 };

export function sorted(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      order[a.severity] - order[b.severity] ||
      (a.at?.file ?? '').localeCompare(b.at?.file ?? '') ||
      (a.at?.start ?? 0) - (b.at?.start ?? 0) ||
      a.rule.localeCompare(b.rule),
  );
}
