// From the bytes of a row to the fields of COPY, mostly without a string. What a cell means the schema alone decides: either it has been
// asked about the same bytes before, or the cell is plain (quick-cells.ts), or it is asked now. Half of the time of an import was to ask
// it about each cell of each row.
import { createCellMemo } from './cell-memo.ts';
import type { ColumnPositions } from './columns.ts';
import { booleanField, dateField, type FieldSink, putBytes, smallintField, textField } from './copy-fields.ts';
import type { CsvRow } from './csv-rows.ts';
import type { CellReader, MemberRow, RowSchema } from './member-row.ts';
import { NO, putCode, putEmail, putName, putPhone } from './quick-cells.ts';
import type { StagedRows } from './staged-rows.ts';

const LINE_FEED = 0x0a;
/** Of a unit that stands in no province: it agrees with each. */
const NOWHERE = 0;

/** Appends what a cell of the row becomes; NO when the cell is wrong, else a number that depends on the cell. */
type CellWriter = (sink: FieldSink, row: CsvRow) => number;

function textOf({ bytes, starts, ends }: CsvRow, position: number): string {
  return bytes.toString('utf8', starts[position], ends[position]).trim();
}

interface RememberedCell<Value> {
  readonly position: number;
  readonly read: CellReader<Value>;
  readonly field: (value: Value) => Buffer;
  /** What the writer answers for a value. */
  readonly tag?: (value: Value) => number;
}

/** For a column whose cells come again and again. */
function remembering<Value>({ position, read, field, tag = () => 0 }: RememberedCell<Value>): CellWriter {
  const memo = createCellMemo();
  return (sink, row) => {
    const start = row.starts[position] ?? 0;
    const end = row.ends[position] ?? 0;
    const entry = memo.find(row.bytes, start, end);
    if (entry > 0) {
      memo.put(sink, entry);
      return memo.tagOf(entry);
    }
    const found = read(textOf(row, position));
    if (!found) return NO;
    const [written, number] = [field(found.value), tag(found.value)];
    memo.keep({ cell: row.bytes.subarray(start, end), field: written, tag: number });
    putBytes(sink, written);
    return number;
  };
}

interface PlainCell<Value> {
  readonly position: number;
  readonly quick: (sink: FieldSink, row: CsvRow, position: number) => number;
  readonly read: CellReader<Value>;
  readonly bytes: (value: Value) => Buffer;
}

/** For a column whose cells are all different; answers what was written, in bytes. */
function plainly<Value>({ position, quick, read, bytes }: PlainCell<Value>): CellWriter {
  return (sink, row) => {
    const length = quick(sink, row, position);
    if (length !== NO) return length;
    const found = read(textOf(row, position));
    if (!found) return NO;
    const written = bytes(found.value);
    putBytes(sink, written);
    return written.length;
  };
}

const birthField = ({ date, year }: MemberRow['birth_date']) => Buffer.concat([dateField(date), smallintField(year)]);
const contactBytes = (text: string | null) => Buffer.from(text ?? '');

/** A number for each province, NOWHERE for none. */
function createProvinceNumbers(): (province: string | null) => number {
  const numbers = new Map<string, number>();
  return (province) => {
    if (province === null) return NOWHERE;
    const known = numbers.get(province) ?? numbers.size + 1;
    numbers.set(province, known);
    return known;
  };
}

function createCellWriters({ cells, provinceOf }: RowSchema, columns: ColumnPositions) {
  const numberOf = createProvinceNumbers();
  const of = <Column extends keyof ColumnPositions>(column: Column) => ({ position: columns[column], read: cells[column] });
  return {
    code: plainly({ ...of('member_code'), quick: putCode, bytes: textField }),
    name: plainly({ ...of('full_name'), quick: putName, bytes: textField }),
    birth: remembering({ ...of('birth_date'), field: birthField }),
    gender: remembering({ ...of('gender'), field: textField }),
    unit: remembering({ ...of('unit_code'), field: textField, tag: (unit) => numberOf(provinceOf(unit)) }),
    province: remembering({ ...of('province_code'), field: textField, tag: numberOf }),
    role: remembering({ ...of('role'), field: textField }),
    verified: remembering({ ...of('verified'), field: booleanField }),
    joined: remembering({ ...of('joined_on'), field: dateField }),
    phone: plainly({ ...of('phone'), quick: putPhone, bytes: contactBytes }),
    email: plainly({ ...of('email'), quick: putEmail, bytes: contactBytes }),
  };
}

/** Writes a row and answers true; or false, and nothing, when something is wrong with it. */
export function createRowWriter(
  rows: StagedRows,
  schema: RowSchema,
  { columns, width }: { columns: ColumnPositions; width: number },
): (row: CsvRow) => boolean {
  const write = createCellWriters(schema, columns);

  const putPerson = (sink: FieldSink, row: CsvRow) =>
    write.code(sink, row) !== NO && write.name(sink, row) !== NO && write.birth(sink, row) !== NO && write.gender(sink, row) !== NO;
  const putPlace = (sink: FieldSink, row: CsvRow) => {
    const home = write.unit(sink, row);
    if (home === NO) return false;
    const province = write.province(sink, row);
    return province !== NO && (home === NOWHERE || home === province);
  };
  const putMembership = (sink: FieldSink, row: CsvRow) =>
    write.role(sink, row) !== NO && write.verified(sink, row) !== NO && write.joined(sink, row) !== NO;
  const putContact = (sink: FieldSink, row: CsvRow): boolean => {
    const phone = write.phone(sink, row);
    if (phone === NO) return false;
    sink.bytes[sink.length++] = LINE_FEED;
    const email = write.email(sink, row);
    if (email === NO) return false;
    if (phone + email === 0) sink.length--;
    rows.end({ phone, email });
    return true;
  };
  return (row) => {
    if (row.width !== width) return false;
    const sink = rows.begin(row);
    const isRight = putPerson(sink, row) && putPlace(sink, row) && putMembership(sink, row) && putContact(sink, row);
    if (!isRight) rows.dropRow();
    return isRight;
  };
}
