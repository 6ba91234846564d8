import { REGISTER_COLUMNS } from '../register/columns.ts';
import type { DrawnMember } from './generate-members.ts';

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

/** The text of a register file in chunks. Of `count` rows `badRows` are wrong, spread evenly over the file. */
export async function* registerFile(
  members: AsyncIterable<DrawnMember>,
  { count, badRows = 0 }: { count: number; badRows?: number },
): AsyncGenerator<string> {
  let text = line(REGISTER_COLUMNS);
  let index = 0;
  let bad = 0;
  let previous: DrawnMember | undefined;
  for await (const member of members) {
    index++;
    const due = Math.floor((index * badRows) / count);
    const fault = due > bad ? faults[bad % faults.length] : undefined;
    if (fault) bad++;
    text += line(fault ? fault(member, previous) : cellsOf(member));
    if (!fault) previous = member;
    if (index % ROWS_A_CHUNK === 0) {
      yield text;
      text = '';
    }
  }
  yield text;
}
