// Rows of a register checked without a database, as the import checks them.
import type { RegisterColumn } from '../../platform/server/src/rooms/members/register/columns.ts';
import { findColumns } from '../../platform/server/src/rooms/members/register/columns.ts';
import { checkRow, createRowSchema, type MemberRow } from '../../platform/server/src/rooms/members/register/member-row.ts';
import { REGISTER_HEADER } from './members-room.ts';

const header = REGISTER_HEADER.split(',');
const file = { columns: findColumns(header), width: header.length };
/** The day on which the checked registers are imported. */
export const TODAY = '2026-11-22';
const schema = createRowSchema({
  unitProvinces: new Map([
    ['TW', null],
    ['T01', '01'],
    ['T24', '24'],
    ['T79', '79'],
  ]),
  today: TODAY,
});

const GOOD: Readonly<Record<RegisterColumn, string>> = {
  member_code: '01-001',
  full_name: 'Nguyễn Thị Thảo',
  birth_date: '2004-02-29',
  gender: 'female',
  phone: '0382054697',
  email: '',
  unit_code: 'TW',
  province_code: '01',
  role: 'member',
  verified: 'true',
  joined_on: '2022-03-26',
};

type Cells = Partial<Record<RegisterColumn, string>>;

function check(changes: Cells) {
  const cells = { ...GOOD, ...changes };
  const values = [
    ...[cells.member_code, cells.full_name, cells.birth_date, cells.gender, cells.phone, cells.email],
    ...[cells.unit_code, cells.province_code, cells.role, cells.verified, cells.joined_on],
  ];
  return checkRow(schema, { line: 2, cells: values }, file);
}

/** The row as the directory would keep it; fails when it is refused. */
export function rowOf(changes: Cells): MemberRow {
  const result = check(changes);
  if (!('row' in result)) throw new Error(JSON.stringify(result));
  return result.row;
}

/** `column: reason` of every fault of the row; empty when it is taken. */
export function faultsOf(changes: Cells): string[] {
  const result = check(changes);
  return 'row' in result ? [] : result.rejections.map(({ column, reason }) => `${column}: ${reason}`);
}
