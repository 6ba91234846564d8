import { type CsvError, type Parser, parse } from 'csv-parse';
import { type ColumnPositions, delimiterOf, findColumns } from './columns.ts';
import { refuseRegister } from './refusal.ts';
import { onlyUtf8 } from './text-encoding.ts';

export interface RegisterRecord {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface RegisterFile {
  readonly columns: ColumnPositions;
  readonly width: number;
  /** Rows in groups, as they come out of the bytes: one await a group and not a row. */
  readonly groups: AsyncIterable<readonly RegisterRecord[]>;
}

/** A row of a register is a few hundred bytes; a longer one is a quote that was never closed, and would fill the memory. */
const LONGEST_ROW_BYTES = 64 * 1024;
const LINE_FEED = 10;

function refuseLongRow(line: number): never {
  throw refuseRegister(
    `Dòng ${line} dài hơn 64 KiB: có lẽ một dấu nháy kép được mở mà không đóng.`,
    `Line ${line} is longer than 64 KiB: a double quote may have been opened and never closed.`,
  );
}

function asRefusal(error: CsvError, line: number): unknown {
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return refuseLongRow(line);
    case 'CSV_QUOTE_NOT_CLOSED':
      return refuseRegister(
        `Tệp kết thúc khi dấu nháy kép mở ở dòng ${line} chưa được đóng: tệp bị cắt, hoặc thiếu dấu nháy.`,
        `The file ends before the double quote opened in line ${line} is closed: the file was cut, or a quote is missing.`,
      );
    default:
      return error;
  }
}

/** csv-parse as a plain function from bytes to records; its stream of single objects costs more than the parsing. */
function createRecordReader(delimiter: string) {
  let records: RegisterRecord[] = [];
  let lastLine = 0;
  let surplus = 0;
  let failure: Error | undefined;
  const parser: Parser = parse({
    bom: true,
    delimiter,
    // Rows of a wrong width and stray quotes are that row's fault; they are rejected with their line, not the file.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
    on_record: (cells: string[], { lines }: { lines: number }) => {
      const text = cells.some((cell) => cell.includes('\n')) ? cells.join('') : '';
      // csv-parse counts a CR LF inside quotes as two lines; `lines` is where the row ends.
      surplus += text.split('\r\n').length - 1;
      lastLine = lines - surplus;
      records.push({ line: lastLine - (text.split('\n').length - 1), cells });
      return null;
    },
  });
  parser.on('error', (error) => {
    failure ??= error;
  });
  parser.resume();

  const take = () => {
    if (failure) throw asRefusal(failure as CsvError, lastLine + 1);
    const taken = records;
    records = [];
    return taken;
  };
  return {
    read: async (bytes: Buffer) => {
      await new Promise<void>((resolve) => parser.write(bytes, () => resolve()));
      return take();
    },
    finish: async () => {
      await new Promise<void>((resolve) => {
        parser.once('end', resolve).once('error', () => resolve());
        parser.end();
      });
      return take();
    },
  };
}

/** The bytes up to the end of the header at least; leading empty lines are no header. */
async function readHeader(chunks: AsyncIterator<Buffer>): Promise<{ bytes: Buffer; line: string; isWhole: boolean }> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const text = bytes.subarray(0, LONGEST_ROW_BYTES).toString('utf8').replace('\uFEFF', '').trimStart();
    if (text.includes('\n')) return { bytes, line: text.slice(0, text.indexOf('\n')), isWhole: false };
    if (bytes.length > LONGEST_ROW_BYTES) refuseLongRow(1);
    const { value, done } = await chunks.next();
    if (!done) bytes = Buffer.concat([bytes, value]);
    else if (text === '') throw refuseRegister('Tệp trống.', 'The file is empty.');
    else return { bytes, line: text, isWhole: true };
  }
}

/** A last row that lacks both its line end and columns was cut off; taking the rest would lose members without a word. */
function refuseCut(last: RegisterRecord | undefined, width: number, endsWithLineFeed: boolean): void {
  if (!last || endsWithLineFeed || last.cells.length >= width) return;
  throw refuseRegister(
    `Tệp kết thúc giữa dòng ${last.line}: có lẽ tệp bị cắt khi sao chép hoặc tải lên.`,
    `The file ends in the middle of line ${last.line}: it was probably cut while being copied or uploaded.`,
  );
}

/** Opens a register: refuses what is no CSV in UTF-8 or lacks columns, then gives its rows as they are read. */
export async function readRegister(source: AsyncIterable<Buffer>): Promise<RegisterFile> {
  const chunks = onlyUtf8(source);
  const beginning = await readHeader(chunks);
  const reader = createRecordReader(delimiterOf(beginning.line));
  let pending = await reader.read(beginning.bytes);
  let isOver = beginning.isWhole;
  let lastByte = beginning.bytes.at(-1);
  // The parser looks a little ahead: it gives the header only with the bytes after it, or when told that nothing follows.
  while (pending.length === 0 && !isOver) {
    const { value, done } = await chunks.next();
    isOver = done === true;
    lastByte = done ? lastByte : value.at(-1);
    if (!done) pending = await reader.read(value);
  }
  if (isOver) pending = [...pending, ...(await reader.finish())];
  const [header, ...firstRows] = pending;
  if (!header) throw refuseRegister('Tệp trống.', 'The file is empty.');
  const columns = findColumns(header.cells);
  const width = header.cells.length;

  async function* groups(): AsyncGenerator<readonly RegisterRecord[]> {
    let rows = 0;
    let last: RegisterRecord | undefined;
    const counted = (group: readonly RegisterRecord[]) => {
      rows += group.length;
      last = group.at(-1) ?? last;
      return group;
    };
    if (firstRows.length > 0) yield counted(firstRows);
    for await (const chunk of isOver ? [] : chunks) {
      lastByte = chunk.at(-1);
      const group = await reader.read(chunk);
      if (group.length > 0) yield counted(group);
    }
    const ending = counted(isOver ? [] : await reader.finish());
    refuseCut(last, width, lastByte === LINE_FEED);
    if (ending.length > 0) yield ending;
    if (rows === 0)
      throw refuseRegister('Tệp chỉ có dòng tiêu đề, không có dòng đoàn viên nào.', 'The file has a header but not one row below it.');
  }
  return { columns, width, groups: groups() };
}
