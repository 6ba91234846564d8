import { type ColumnPositions, delimiterOf, findColumns } from './columns.ts';
import { type CsvRow, type CsvScanner, createCsvScanner, LONGEST_ROW_BYTES, recordOf, refuseLongRow } from './csv-rows.ts';
import { refuseRegister } from './refusal.ts';
import { onlyUtf8 } from './text-encoding.ts';

/** The rows that one piece of the file made whole, one after another; each holds until the next is asked for. */
export interface RegisterRows {
  next(): CsvRow | undefined;
}

export interface RegisterFile {
  readonly columns: ColumnPositions;
  readonly width: number;
  /** Rows in groups, as they come out of the bytes: one await a group and not a row. A group is to be read to its end. */
  readonly groups: AsyncIterable<RegisterRows>;
}

const MARK = '\uFEFF';
const MARK_BYTES = Buffer.from(MARK);

/** The bytes up to the end of the header at least, without the mark before it; leading empty lines are no header. */
async function readHeader(chunks: AsyncIterator<Buffer>): Promise<{ bytes: Buffer; line: string; isWhole: boolean }> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const text = bytes.subarray(0, LONGEST_ROW_BYTES).toString('utf8').replace(MARK, '').trimStart();
    const behindMark = MARK_BYTES.equals(bytes.subarray(0, MARK_BYTES.length)) ? bytes.subarray(MARK_BYTES.length) : bytes;
    if (text.includes('\n')) return { bytes: behindMark, line: text.slice(0, text.indexOf('\n')), isWhole: false };
    if (bytes.length > LONGEST_ROW_BYTES) refuseLongRow(1);
    const { value, done } = await chunks.next();
    if (!done) bytes = Buffer.concat([bytes, value]);
    else if (text === '') throw refuseRegister('Tệp trống.', 'The file is empty.');
    else return { bytes: behindMark, line: text, isWhole: true };
  }
}

/** A last row that lacks both its line end and columns was cut off; taking the rest would lose members without a word. */
function refuseCut(row: CsvRow, width: number): void {
  if (!row.isOpen || row.width >= width) return;
  throw refuseRegister(
    `Tệp kết thúc giữa dòng ${row.line}: có lẽ tệp bị cắt khi sao chép hoặc tải lên.`,
    `The file ends in the middle of line ${row.line}: it was probably cut while being copied or uploaded.`,
  );
}

/** The first row; its line may end only in a later piece, or quotes may go on over several lines. */
async function firstRow(scanner: CsvScanner, chunks: AsyncIterator<Buffer>): Promise<CsvRow> {
  for (;;) {
    const row = scanner.next();
    if (row) return row;
    const { value, done } = await chunks.next();
    if (!done) scanner.add(value);
    else {
      scanner.end();
      const last = scanner.next();
      if (last) return last;
      throw refuseRegister('Tệp trống.', 'The file is empty.');
    }
  }
}

/** Opens a register: refuses what is no CSV in UTF-8 or lacks columns, then gives its rows as they are read. */
export async function readRegister(source: AsyncIterable<Buffer>): Promise<RegisterFile> {
  const chunks = onlyUtf8(source);
  const beginning = await readHeader(chunks);
  const scanner = createCsvScanner(delimiterOf(beginning.line));
  scanner.add(beginning.bytes);
  if (beginning.isWhole) scanner.end();
  const header = recordOf(await firstRow(scanner, chunks)).cells;
  const [columns, width] = [findColumns(header), header.length];

  let rows = 0;
  const group: RegisterRows = {
    next: () => {
      const row = scanner.next();
      if (!row) return undefined;
      rows++;
      refuseCut(row, width);
      return row;
    },
  };
  async function* groups(): AsyncGenerator<RegisterRows> {
    yield group;
    for await (const chunk of chunks) {
      scanner.add(chunk);
      yield group;
    }
    scanner.end();
    yield group;
    if (rows === 0)
      throw refuseRegister('Tệp chỉ có dòng tiêu đề, không có dòng đoàn viên nào.', 'The file has a header but not one row below it.');
  }
  return { columns, width, groups: groups() };
}
