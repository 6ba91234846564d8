/** Longer than any code with its quotes; what is beyond it in a line is other columns, or a line that never ends. */
const LINE_BYTES_MAX = 256;
const NEWLINE = 0x0a;

export interface CodeLine {
  /** Counted from 1 over the whole file, also when it came in several uploads. */
  readonly line: number;
  readonly text: string;
  /** Where the next line begins: everything before it has been read. */
  readonly endsAt: number;
}

export interface LineReader {
  /** The lines that this chunk completes. */
  push(chunk: Buffer): Generator<CodeLine>;
  /** The last line, when the file does not end in a line break. */
  end(): CodeLine | null;
}

/**
 * Cuts a file into lines and knows at each one how many bytes came before, so that an upload can go on there. It keeps at
 * most `LINE_BYTES_MAX` bytes of a line: an endless one is counted through and rejected by its length.
 */
export function createLineReader(from: { readonly line: number; readonly byte: number }): LineReader {
  let { line, byte } = from;
  let kept: Buffer = Buffer.alloc(0);
  const keep = (part: Buffer) => {
    const room = LINE_BYTES_MAX - kept.length;
    if (room > 0 && part.length > 0) kept = Buffer.concat([kept, part.subarray(0, room)]);
  };
  const complete = (): CodeLine => {
    line += 1;
    const text = kept.toString('utf8');
    kept = Buffer.alloc(0);
    return { line, text, endsAt: byte };
  };
  return {
    *push(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
        const part = chunk.subarray(start, at);
        byte += at + 1 - start;
        start = at + 1;
        if (kept.length > 0) {
          keep(part);
          yield complete();
        } else {
          // The usual case, a line within one chunk, copies nothing.
          line += 1;
          yield { line, text: part.toString('utf8', 0, Math.min(part.length, LINE_BYTES_MAX)), endsAt: byte };
        }
      }
      const rest = chunk.subarray(start);
      byte += rest.length;
      keep(rest);
    },
    end: () => (kept.length > 0 ? complete() : null),
  };
}

/** A code file may be the first column of a CSV; a byte-order mark and quotes are how spreadsheets write it. */
export function firstField(line: string): string {
  const [field = ''] = line.replace(/^\uFEFF/, '').split(/[,;\t]/, 1);
  return field
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

const HEADING = /^(code|codes|mã|ma)$/i;

/** "code" alone would pass for a code, so whoever asks must know that nothing stood above it. */
export const isHeading = (field: string): boolean => HEADING.test(field.normalize('NFC'));
