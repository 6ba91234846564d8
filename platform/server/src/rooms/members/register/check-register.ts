import { recordOf } from './csv-rows.ts';
import { checkRow, createRowSchema, type RowContext } from './member-row.ts';
import { readRegister } from './read-register.ts';
import type { Rejection } from './rejection.ts';
import { createStagedRows } from './staged-rows.ts';
import { createRowWriter } from './write-rows.ts';

/** What the rows of a file are checked against, and the secret that goes into the hash of each. */
export interface RegisterContext extends RowContext {
  readonly hashSecret: Uint8Array;
}

/** What came of one piece of the file. */
export interface CheckedGroup {
  readonly rowsRead: number;
  /** The rows that are right, as staged-rows.ts lays them out. */
  readonly staged: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  /** Whether a member code may have come twice so far. */
  readonly repeated: 'none' | 'perhaps';
  readonly rejections: readonly Rejection[];
}

/** Reads a register and checks its rows; refuses the file as a whole by throwing. */
export async function* checkRegister(source: AsyncIterable<Buffer>, context: RegisterContext): AsyncGenerator<CheckedGroup> {
  const schema = createRowSchema(context);
  const file = await readRegister(source);
  const right = createStagedRows(context.hashSecret);
  const write = createRowWriter(right, schema, file);
  for await (const group of file.groups) {
    const rejections: Rejection[] = [];
    let rowsRead = 0;
    for (let row = group.next(); row; row = group.next()) {
      rowsRead++;
      if (write(row)) continue;
      const checked = checkRow(schema, recordOf(row), file);
      // Leaving a row out without a word would lose a member.
      if ('row' in checked) throw new Error('a row was refused without a reason');
      rejections.push(...checked.rejections);
    }
    if (rowsRead > 0) yield { rowsRead, ...right.take(), rejections };
  }
}
