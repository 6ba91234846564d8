import { checkRow, createRowSchema, type MemberRow, type RowContext } from './member-row.ts';
import { readRegister } from './read-register.ts';
import type { Rejection } from './rejection.ts';

/** A checked row as text, ready for COPY but for what needs the vault: strings cross to another thread cheaply. */
export interface CheckedRow {
  readonly line: number;
  readonly memberCode: string;
  /** Name, birth and gender, in COPY's columns. */
  readonly person: string;
  /** Unit, province, role, verified and joining day, in COPY's columns. */
  readonly place: string;
  readonly phone: string;
  readonly email: string;
}

/** What came of one piece of the file. */
export interface CheckedGroup {
  readonly rowsRead: number;
  readonly rows: readonly CheckedRow[];
  readonly rejections: readonly Rejection[];
}

/** How COPY writes a value that is not there. */
export const NOTHING = '\\N';

/** Nothing is escaped: the schema lets no tab, line end or backslash through. */
function asText(line: number, row: MemberRow): CheckedRow {
  const { date, year } = row.birth_date;
  return {
    line,
    memberCode: row.member_code,
    person: `${row.full_name}\t${date ?? NOTHING}\t${year}\t${row.gender ?? NOTHING}`,
    place: `${row.unit_code}\t${row.province_code}\t${row.role}\t${row.verified}\t${row.joined_on ?? NOTHING}`,
    phone: row.phone ?? '',
    email: row.email ?? '',
  };
}

/** Reads a register and checks its rows; refuses the file as a whole by throwing. */
export async function* checkRegister(source: AsyncIterable<Buffer>, context: RowContext): AsyncGenerator<CheckedGroup> {
  const schema = createRowSchema(context);
  const file = await readRegister(source);
  for await (const group of file.groups) {
    const rows: CheckedRow[] = [];
    const rejections: Rejection[] = [];
    for (const record of group) {
      const checked = checkRow(schema, record, file);
      if ('row' in checked) rows.push(asText(record.line, checked.row));
      else rejections.push(...checked.rejections);
    }
    yield { rowsRead: group.length, rows, rejections };
  }
}
