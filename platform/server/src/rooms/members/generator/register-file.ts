import { UNIT_COLUMNS } from '../read-units.ts';
import { REGISTER_COLUMNS } from '../register/columns.ts';
import type { Unit } from '../unit.ts';
import { type DrawnMember, generateMembers } from './generate-members.ts';

const ROWS_A_CHUNK = 500;

/** Ways in which rows of real registers are wrong; each makes its row, and only it, be rejected. */
const faults: readonly ((member: DrawnMember, previous: DrawnMember | undefined) => string[])[] = [
  (member) => cellsOf({ ...member, birth_date: '31/02/2001' }),
  (member) => cellsOf({ ...member, full_name: '' }),
  (member) => cellsOf({ ...member, phone: '12345' }),
  (member) => cellsOf({ ...member, unit_code: 'T00.H00' }),
  (member) => cellsOf({ ...member, province_code: '99' }),
  (member) => cellsOf({ ...member, email: 'khong-co-a-cong' }),
  (member) => cellsOf(member).slice(0, -2),
  (member, previous) => cellsOf({ ...member, member_code: previous?.member_code ?? '' }),
];

function cellsOf(member: DrawnMember): string[] {
  return REGISTER_COLUMNS.map((column) => member[column]);
}

const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const line = (cells: readonly string[]) => `${cells.map(cell).join(',')}\n`;

export interface RegisterOrder {
  readonly count: number;
  readonly seed?: number;
  /** How many of the rows are wrong; spread evenly over the file. */
  readonly badRows?: number;
}

/** A register file of made-up members, in chunks of bytes; the same bytes for the same order. */
export async function* registerFile({ count, seed = 1, badRows = 0 }: RegisterOrder): AsyncGenerator<Buffer> {
  let text = line(REGISTER_COLUMNS);
  let index = 0;
  let bad = 0;
  let previous: DrawnMember | undefined;
  for await (const member of generateMembers({ count, seed })) {
    index++;
    const fault = Math.floor((index * badRows) / count) > bad ? faults[bad % faults.length] : undefined;
    if (fault) bad++;
    text += line(fault ? fault(member, previous) : cellsOf(member));
    if (!fault) previous = member;
    if (index % ROWS_A_CHUNK === 0) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

/** A tree as the file that `members:import --units` reads. */
export function unitsFile(units: readonly Unit[]): string {
  const rows = units.map((unit) => line([unit.code, unit.kind, unit.parentCode ?? '', unit.name, unit.provinceCode ?? '']));
  return [line(UNIT_COLUMNS), ...rows].join('');
}
