// The quick way for a row: from the bytes of the file to the fields of COPY, without a string. It takes rows of which every cell is known
// or plain, and leaves all others, right or wrong, to the schema; what the schema finds right is remembered by its bytes.
import { type CellMemo, createCellMemo } from './cell-memo.ts';
import type { ColumnPositions } from './columns.ts';
import type { FieldSink } from './copy-fields.ts';
import type { CsvRow } from './csv-rows.ts';
import type { MemberRow, RowContext } from './member-row.ts';
import { NO, putCode, putEmail, putName, putPhone } from './quick-cells.ts';
import { fieldsOf, type StagedRows } from './staged-rows.ts';

const LINE_FEED = 0x0a;
/** Of a unit that stands in no province: it agrees with each. */
const NOWHERE = 0;

export interface QuickRows {
  /** Writes the row when all of it is known or plain; false when it must be read as text. */
  write(row: CsvRow): boolean;
  /** Remembers the cells of a row that was read as text and found right. */
  learn(row: CsvRow, read: MemberRow): void;
}

/** The columns whose cells come again and again. */
const createMemos = () => ({
  birth_date: createCellMemo(),
  gender: createCellMemo(),
  unit_code: createCellMemo(),
  province_code: createCellMemo(),
  role: createCellMemo(),
  verified: createCellMemo(),
  joined_on: createCellMemo(),
});

function find(memo: CellMemo, row: CsvRow, position: number): number {
  return memo.find(row.bytes, row.starts[position] ?? 0, row.ends[position] ?? 0);
}

export function createQuickRows(
  rows: StagedRows,
  { columns, width }: { columns: ColumnPositions; width: number },
  { unitProvinces }: RowContext,
): QuickRows {
  const memos = createMemos();
  const numberOf = createProvinceNumbers();

  const putKnown = (sink: FieldSink, row: CsvRow, column: keyof typeof memos): boolean => {
    const memo = memos[column];
    const entry = find(memo, row, columns[column]);
    if (entry > 0) memo.put(sink, entry);
    return entry > 0;
  };
  const putPlace = (sink: FieldSink, row: CsvRow): boolean => {
    const unit = find(memos.unit_code, row, columns.unit_code);
    const province = find(memos.province_code, row, columns.province_code);
    if (unit === 0 || province === 0) return false;
    const home = memos.unit_code.tagOf(unit);
    if (home !== NOWHERE && home !== memos.province_code.tagOf(province)) return false;
    memos.unit_code.put(sink, unit);
    memos.province_code.put(sink, province);
    return true;
  };
  const putContact = (sink: FieldSink, row: CsvRow): boolean => {
    const phone = putPhone(sink, row, columns.phone);
    if (phone === NO) return false;
    sink.bytes[sink.length++] = LINE_FEED;
    const email = putEmail(sink, row, columns.email);
    if (email === NO) return false;
    if (phone + email === 0) sink.length--;
    rows.end(row.line, { phone, email });
    return true;
  };
  return {
    write: (row) => {
      if (row.width !== width) return false;
      const sink = rows.begin(row.size);
      const isWritten =
        putCode(sink, row, columns.member_code) !== NO &&
        putName(sink, row, columns.full_name) !== NO &&
        putKnown(sink, row, 'birth_date') &&
        putKnown(sink, row, 'gender') &&
        putPlace(sink, row) &&
        putKnown(sink, row, 'role') &&
        putKnown(sink, row, 'verified') &&
        putKnown(sink, row, 'joined_on') &&
        putContact(sink, row);
      if (!isWritten) rows.dropRow();
      return isWritten;
    },
    learn: (row, read) => {
      const fields = fieldsOf(read);
      const keep = (column: keyof typeof memos, tag?: number) => {
        const position = columns[column];
        memos[column].keep(row.bytes.subarray(row.starts[position], row.ends[position]), fields[column], tag);
      };
      for (const column of ['birth_date', 'gender', 'role', 'verified', 'joined_on'] as const) keep(column);
      keep('unit_code', numberOf(unitProvinces.get(read.unit_code)));
      keep('province_code', numberOf(read.province_code));
    },
  };
}

/** A number for each province, NOWHERE for none. */
function createProvinceNumbers(): (province: string | null | undefined) => number {
  const numbers = new Map<string, number>();
  return (province) => {
    if (province === null || province === undefined) return NOWHERE;
    const known = numbers.get(province) ?? numbers.size + 1;
    numbers.set(province, known);
    return known;
  };
}
