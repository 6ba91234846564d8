import { CODE_LENGTH_MAX, normaliseCode } from './code.ts';
import type { PlainBatch } from './code-batch.ts';
import type { CodeJobRow } from './code-job.ts';
import type { Told } from './code-job-store.ts';
import { type CodeLine, firstField, isHeading } from './code-lines.ts';

const LINES_SHOWN = 100;

/** What was read of a file and not yet written. */
export interface CodeDraft {
  add(line: CodeLine): void;
  /** Lines that wait, with a code or without: a file of nothing but bad lines must show progress too. */
  size(): number;
  hasLines(): boolean;
  take(): { batch: PlainBatch; told: Told };
}

function reasonFor(field: string): string {
  if (field.length < 4) return 'too_short';
  return field.length > CODE_LENGTH_MAX ? 'too_long' : 'characters_not_allowed';
}

interface Lists {
  readonly codes: Map<string, number>;
  readonly duplicateLines: number[];
  readonly rejectedLines: { line: number; reason: string }[];
  duplicates: number;
  rejected: number;
  lines: number;
}
const nothing = (): Lists => ({ codes: new Map(), duplicateLines: [], rejectedLines: [], duplicates: 0, rejected: 0, lines: 0 });

/** A heading counts as one only above all codes of the whole file; blank lines may stand before it. */
export function createCodeDraft(from: Pick<CodeJobRow, 'bytesTaken' | 'linesTaken'>): CodeDraft {
  let isBegun = from.bytesTaken > 0;
  let { bytesTaken, linesTaken } = from;
  let now = nothing();

  const addField = (field: string, line: number) => {
    const code = normaliseCode(field);
    if (code === null) {
      now.rejected += 1;
      if (now.rejectedLines.length < LINES_SHOWN) now.rejectedLines.push({ line, reason: reasonFor(field) });
    } else if (now.codes.has(code)) {
      now.duplicates += 1;
      if (now.duplicateLines.length < LINES_SHOWN) now.duplicateLines.push(line);
    } else now.codes.set(code, line);
  };

  return {
    add: ({ line, text, endsAt }) => {
      now.lines += 1;
      bytesTaken = endsAt;
      linesTaken = line;
      const field = firstField(text);
      if (field === '') return;
      const isFirst = !isBegun;
      isBegun = true;
      if (!(isFirst && isHeading(field))) addField(field, line);
    },
    size: () => now.lines,
    hasLines: () => now.lines > 0,
    take: () => {
      const { codes, duplicates, duplicateLines, rejected, rejectedLines } = now;
      now = nothing();
      return {
        batch: { codes: [...codes.keys()], lines: [...codes.values()] },
        told: { duplicates, duplicateLines, rejected, rejectedLines, bytesTaken, linesTaken },
      };
    },
  };
}
