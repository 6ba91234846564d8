// Rows of CSV found in bytes, without a string or an object for each: cells are offsets, and whoever needs text asks for it. Reads as
// csv-parse does with `relax_quotes`, `relax_column_count` and `skip_empty_lines`; a test compares both. Written by hand because a
// parser that makes strings of every cell was a third of the time of an import.
import { refuseRegister } from './refusal.ts';

export interface RegisterRecord {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row where it lies. The scanner uses the same object for every row: it holds until the next one is asked for. */
export interface CsvRow {
  readonly line: number;
  readonly width: number;
  /** Holds the cells, quotes taken off: cell `n` is what lies from `starts[n]` to `ends[n]`. */
  readonly bytes: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Bytes and lines of the file that it takes. */
  readonly size: number;
  readonly lines: number;
  /** The file ends with this row, and not with the end of a line. */
  readonly isOpen: boolean;
}

export function recordOf({ line, width, bytes, starts, ends }: CsvRow): RegisterRecord {
  const cells: string[] = [];
  for (let cell = 0; cell < width; cell++) cells.push(bytes.toString('utf8', starts[cell], ends[cell]));
  return { line, cells };
}

/** A row of a register is a few hundred bytes; a longer one is a quote that was never closed, and would fill the memory. */
export const LONGEST_ROW_BYTES = 64 * 1024;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What a byte may be outside of quotes; most are part of a cell. */
const PART = 0;
const DELIMITER = 1;
const QUOTE_SIGN = 2;
const LINE_END = 3;

/** Answers of the two ways to read a row, beside the offset behind it. */
const NEEDS_MORE = -1;
const IS_QUOTED = -2;

export function refuseLongRow(line: number): never {
  throw refuseRegister(
    `Dòng ${line} dài hơn 64 KiB: có lẽ một dấu nháy kép được mở mà không đóng.`,
    `Line ${line} is longer than 64 KiB: a double quote may have been opened and never closed.`,
  );
}

function refuseOpenQuote(line: number): never {
  throw refuseRegister(
    `Tệp kết thúc khi dấu nháy kép mở ở dòng ${line} chưa được đóng: tệp bị cắt, hoặc thiếu dấu nháy.`,
    `The file ends before the double quote opened in line ${line} is closed: the file was cut, or a quote is missing.`,
  );
}

export interface CsvScanner {
  /** The next bytes of the file; those of a row that was not whole yet are kept. */
  add(piece: Buffer): void;
  /** No bytes follow: what is left is the last row. */
  end(): void;
  /** The next row that is whole; undefined when only further bytes can make it so. */
  next(): CsvRow | undefined;
}

export function createCsvScanner(delimiter: ',' | ';' | '\t'): CsvScanner {
  const source = createSource();
  const row = noRow();
  const sign = delimiter.charCodeAt(0);
  const kinds = kindsOf(sign);
  return {
    add: (piece) => source.add(piece),
    end: () => {
      source.isOver = true;
    },
    next: () => {
      while (source.at < source.bytes.length) {
        const start = source.at;
        let behind = readPlainRow(source, kinds, row);
        if (behind === IS_QUOTED) behind = readQuotedRow(source, sign, row);
        if ((behind === NEEDS_MORE ? source.bytes.length : behind) - start > LONGEST_ROW_BYTES) refuseLongRow(source.line);
        if (behind === NEEDS_MORE) return undefined;
        row.line = source.line;
        row.size = behind - start;
        row.isOpen = source.isOver && behind === source.bytes.length && source.bytes[behind - 1] !== LINE_FEED;
        source.line += row.lines;
        source.at = behind;
        // An empty line is no row.
        if (row.width > 1 || row.bytes !== source.bytes || row.ends[0] !== start) return row;
      }
      return undefined;
    },
  };
}

/** Cells without their quotes, one behind the other. Longer rows are refused, so what no longer fits is never looked at. */
interface Unquoted {
  readonly bytes: Buffer;
  length: number;
}

type WritableRow = { -readonly [Key in keyof CsvRow]: CsvRow[Key] } & { readonly unquoted: Unquoted };

function noRow(): WritableRow {
  const cells = LONGEST_ROW_BYTES + 1;
  return {
    line: 0,
    width: 0,
    bytes: Buffer.alloc(0),
    starts: new Int32Array(cells),
    ends: new Int32Array(cells),
    size: 0,
    lines: 0,
    isOpen: false,
    unquoted: { bytes: Buffer.alloc(LONGEST_ROW_BYTES), length: 0 },
  };
}

/** The bytes that are there, where the next row begins in them, and how lines of this file end. */
function createSource() {
  const source = {
    bytes: Buffer.alloc(0) as Buffer,
    at: 0,
    line: 1,
    isOver: false,
    add: (piece: Buffer) => {
      source.bytes = source.at < source.bytes.length ? Buffer.concat([source.bytes.subarray(source.at), piece]) : piece;
      source.at = 0;
    },
    lineEndAt,
    linesIn,
  };
  /** Bytes of this file's line end; the first one met tells. */
  let lineEnd: 'CR LF' | 'LF' | 'CR' | undefined;

  /** Length of the line end at `at`; 0 when there is none, NEEDS_MORE when only the next piece can tell. */
  function lineEndAt(at: number): number {
    const byte = source.bytes[at];
    if (byte === LINE_FEED) {
      lineEnd ??= 'LF';
      return lineEnd === 'LF' ? 1 : 0;
    }
    if (byte !== CARRIAGE_RETURN || lineEnd === 'LF') return 0;
    if (lineEnd === 'CR') return 1;
    if (at + 1 === source.bytes.length && !source.isOver) return NEEDS_MORE;
    const isPair = source.bytes[at + 1] === LINE_FEED;
    lineEnd ??= isPair ? 'CR LF' : 'CR';
    if (isPair) return 2;
    return lineEnd === 'CR' ? 1 : 0;
  }
  /** Lines may end within quotes too. */
  function linesIn(start: number, end: number): number {
    const sign = lineEnd === 'CR' ? CARRIAGE_RETURN : LINE_FEED;
    let lines = 0;
    for (let at = source.bytes.indexOf(sign, start); at !== -1 && at < end; at = source.bytes.indexOf(sign, at + 1)) lines++;
    return lines;
  }
  return source;
}

type Source = ReturnType<typeof createSource>;

function kindsOf(delimiter: number): Uint8Array {
  const kinds = new Uint8Array(256).fill(PART);
  kinds[delimiter] = DELIMITER;
  kinds[QUOTE] = QUOTE_SIGN;
  kinds[LINE_FEED] = LINE_END;
  kinds[CARRIAGE_RETURN] = LINE_END;
  return kinds;
}

/**
 * Reads a row of which no cell begins with a quote: nearly all rows of nearly all registers. A quote further in is part of its cell.
 * Answers the offset behind the row, or NEEDS_MORE, or IS_QUOTED.
 */
function readPlainRow(source: Source, kinds: Uint8Array, row: WritableRow): number {
  const { bytes, at: start } = source;
  const { starts, ends } = row;
  const { length } = bytes;
  let cell = 0;
  let lineEnd = 0;
  let lines = 1;
  starts[0] = start;
  let at = start;
  for (; at < length; at++) {
    const kind = kinds[bytes[at] ?? 0];
    if (kind === PART) continue;
    if (kind === DELIMITER) {
      ends[cell++] = at;
      starts[cell] = at + 1;
    } else if (kind === LINE_END) {
      lineEnd = source.lineEndAt(at);
      if (lineEnd !== 0) break;
      if (bytes[at] === LINE_FEED) lines++;
    } else if (starts[cell] === at) return IS_QUOTED;
  }
  if (lineEnd === NEEDS_MORE || (at === length && !source.isOver)) return NEEDS_MORE;
  ends[cell] = at;
  row.width = cell + 1;
  row.lines = lines;
  row.bytes = bytes;
  return at + lineEnd;
}

/** Reads a row with quotes: its cells are copied without them, because what was doubled must become one. */
function readQuotedRow(source: Source, delimiter: number, row: WritableRow): number {
  const { bytes } = source;
  const { starts, ends, unquoted } = row;
  let cell = 0;
  let lineEnd = 0;
  let at = source.at;
  unquoted.length = 0;
  starts[0] = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE && unquoted.length === starts[cell]) {
      at = readQuotes(source, delimiter, { from: at + 1, to: unquoted });
      if (at === NEEDS_MORE) return NEEDS_MORE;
      continue;
    }
    lineEnd = source.lineEndAt(at);
    if (lineEnd !== 0) break;
    if (byte === delimiter) {
      ends[cell++] = unquoted.length;
      starts[cell] = unquoted.length;
    } else unquoted.bytes[unquoted.length++] = byte;
    at++;
  }
  if (lineEnd === NEEDS_MORE || (at === bytes.length && !source.isOver)) return NEEDS_MORE;
  ends[cell] = unquoted.length;
  row.width = cell + 1;
  row.lines = source.linesIn(source.at, at + lineEnd);
  row.bytes = unquoted.bytes;
  return at + lineEnd;
}

/** Copies what stands in quotes that were opened right before `from`; answers the offset behind them, or NEEDS_MORE. */
function readQuotes(source: Source, delimiter: number, { from, to }: { from: number; to: Unquoted }): number {
  const { bytes } = source;
  const start = to.length;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const meaning = byte === QUOTE ? meaningOfQuote(source, delimiter, at) : 'part';
    if (meaning === 'unknown') return NEEDS_MORE;
    if (meaning === 'closing') return at + 1;
    if (meaning === 'stray') {
      to.bytes.copyWithin(start + 1, start, to.length++);
      to.bytes[start] = QUOTE;
    }
    to.bytes[to.length++] = byte;
    if (meaning === 'stray') return at + 1;
    if (meaning === 'doubled') at++;
  }
  return source.isOver ? refuseOpenQuote(source.line) : NEEDS_MORE;
}

/** What a quote within quotes is. Stray is one with text behind it: then neither it nor the one that opened was meant as a quote. */
function meaningOfQuote(source: Source, delimiter: number, at: number): 'closing' | 'doubled' | 'stray' | 'unknown' {
  const { bytes } = source;
  if (at + 1 === bytes.length) return source.isOver ? 'closing' : 'unknown';
  const next = bytes[at + 1];
  if (next === QUOTE) return 'doubled';
  // A NUL closes too, as it does for csv-parse: the cell then holds the NUL, and is refused for it.
  if (next === delimiter || next === 0) return 'closing';
  const lineEnd = source.lineEndAt(at + 1);
  if (lineEnd === NEEDS_MORE) return 'unknown';
  return lineEnd > 0 ? 'closing' : 'stray';
}
