import { refuseRegister } from './refusal.ts';

/** The columns of a register file. All must be there, in any order; a column of another name is left alone. */
export const REGISTER_COLUMNS = [
  'member_code',
  'full_name',
  'birth_date',
  'gender',
  'phone',
  'email',
  'unit_code',
  'province_code',
  'role',
  'verified',
  'joined_on',
] as const;
export type RegisterColumn = (typeof REGISTER_COLUMNS)[number];

/** Where each column is, by position in the row. */
export type ColumnPositions = Readonly<Record<RegisterColumn, number>>;

const SHOWN_NAMES = 20;
const SHOWN_LENGTH = 30;

/** Excel writes what the country's settings say: semicolons where the comma is the decimal sign, as in Vietnam. */
export function delimiterOf(headerLine: string): ',' | ';' | '\t' {
  const count = (sign: string) => headerLine.split(sign).length;
  if (count(';') > count(',')) return ';';
  return count('\t') > count(',') ? '\t' : ',';
}

export function findColumns(header: readonly string[]): ColumnPositions {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = REGISTER_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    // The first line may be a member's row when the header is missing: nothing that does not look like a name is repeated.
    const found = names.filter((name) => /^[a-z_]{1,30}$/.test(name)).map((name) => name.slice(0, SHOWN_LENGTH));
    const shown = found.length > 0 ? found.slice(0, SHOWN_NAMES).join(', ') : '–';
    throw refuseRegister(
      `Thiếu cột ${missing.join(', ')}; dòng đầu của tệp có: ${shown}.`,
      `Missing column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; found in the first line: ${shown}.`,
    );
  }
  const repeated = REGISTER_COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (repeated) throw refuseRegister(`Cột ${repeated} xuất hiện hai lần.`, `Column ${repeated} is there twice.`);
  return Object.fromEntries(REGISTER_COLUMNS.map((column) => [column, names.indexOf(column)])) as ColumnPositions;
}
