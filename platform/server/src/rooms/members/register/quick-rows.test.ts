// The quick way for rows against the schema: whatever the quick way takes, it takes as the schema would; what it does not, the schema reads.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REGISTER_HEADER } from '../../../../../../test/harness/members-room.ts';
import { REGISTER_COLUMNS, type RegisterColumn } from './columns.ts';
import { createCsvScanner, recordOf } from './csv-rows.ts';
import { checkRow, createRowSchema } from './member-row.ts';
import { createQuickRows } from './quick-rows.ts';
import { addRow, createStagedRows } from './staged-rows.ts';

const context = {
  unitProvinces: new Map([
    ['TW', null],
    ['T01', '01'],
    ['T24', '24'],
    ['T79', '79'],
  ]),
  today: '2026-11-22',
};
const columns = Object.fromEntries(REGISTER_COLUMNS.map((column, position) => [column, position])) as Record<RegisterColumn, number>;
const file = { columns, width: REGISTER_COLUMNS.length };

/** Reads rows both ways, and in one go through the memory of the quick way. */
function createBothWays() {
  const schema = createRowSchema(context);
  const quickRows = createStagedRows();
  const slowRows = createStagedRows();
  const quick = createQuickRows(quickRows, file, context);
  const scanner = createCsvScanner(',');
  return (cells: readonly string[]): { wasQuick: boolean; quick: Buffer | null; slow: Buffer | null } => {
    scanner.add(Buffer.from(`${cells.join(',')}\n`));
    const row = scanner.next();
    if (!row) throw new Error('no row');
    const checked = checkRow(schema, recordOf(row), file);
    if ('row' in checked) addRow(slowRows, { line: row.line, size: row.size, row: checked.row });
    const slow = written(slowRows);
    const wasQuick = quick.write(row);
    if ('row' in checked) quick.learn(row, checked.row);
    return { wasQuick, quick: wasQuick ? written(quickRows) : null, slow };
  };
}

/** The one row that was written, without the gap for the secret. */
function written(rows: ReturnType<typeof createStagedRows>): Buffer | null {
  const { rows: count, staged } = rows.take();
  if (count === 0) return null;
  const bytes = Buffer.from(staged);
  bytes.fill(0, 10, 42);
  return bytes;
}

const signs = (text: string) => fc.constantFrom(...text);
const text = (alphabet: string, maxLength: number) => fc.string({ unit: signs(alphabet), maxLength });
const padded = (cell: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom('', '', '', ' ', '\u00a0'), cell, fc.constantFrom('', '', '', ' ')).map((parts) => parts.join(''));

const cellsOfColumn: Readonly<Record<RegisterColumn, fc.Arbitrary<string>>> = {
  member_code: padded(fc.oneof(fc.constantFrom('01-00000001', 'A.b_c/9'), text('aZ09._/- é', 34))),
  full_name: padded(fc.oneof(fc.constantFrom('Nguyễn Thị Thảo', "H'Hen Niê", 'Đặng Ý'), text("aZ .'’-ễĐơÞ×ß\u0301\u0303 1", 14))),
  birth_date: padded(fc.constantFrom('2004-02-29', '29/2/2004', '2004', '2003-02-29', '', '2030-01-01')),
  gender: padded(fc.constantFrom('', 'nam', 'Nữ', 'nữ'.normalize('NFD'), 'x')),
  phone: padded(
    fc.oneof(
      fc.constantFrom('', '0382054697', '+84 382 054 697', '84382054697', '0084.382054697', '0241234567'),
      text('0123457890+84 .()-', 15),
    ),
  ),
  email: padded(fc.oneof(fc.constantFrom('', 'An@Thu.Example', 'a@b', 'a.b+c@x-y.vn'), text('aZ0@.-_!é', 10))),
  unit_code: padded(fc.constantFrom('TW', 'T01', 'T24', 'T79', 'T77', '')),
  province_code: padded(fc.constantFrom('01', '1', '24', '27', '79', '99', '')),
  role: padded(fc.constantFrom('member', 'Bí thư', 'cán bộ', 'boss')),
  verified: padded(fc.constantFrom('true', 'có', '', '0', 'maybe')),
  joined_on: padded(fc.constantFrom('', '2022-03-26', '26/3/2022', '2022-13-01')),
};
const GOOD = [
  '01-001',
  'Nguyễn Thị Thảo',
  '2004-02-29',
  'female',
  '0382054697',
  'a@thu.example',
  'T01',
  '01',
  'member',
  'true',
  '2022-03-26',
];
const goodBut = (column: RegisterColumn, cell: string) => GOOD.map((good, position) => (position === columns[column] ? cell : good));

/** A right row with up to three cells that may be anything. */
const nearlyGood = fc
  .array(
    fc.constantFrom(...REGISTER_COLUMNS).chain((column) => cellsOfColumn[column].map((cell) => ({ column, cell }))),
    { maxLength: 3 },
  )
  .map((changes) => changes.reduce((row, { column, cell }) => row.with(columns[column], cell), GOOD));

test('what the quick way takes, it takes as the schema does, byte for byte, and nothing that the schema refuses', () => {
  const both = createBothWays();
  const seen = { quick: 0, slow: 0, refused: 0 };
  fc.assert(
    fc.property(nearlyGood, (cells) => {
      const { wasQuick, quick, slow } = both(cells);
      if (wasQuick) expect(quick).toEqual(slow);
      seen[wasQuick ? 'quick' : slow ? 'slow' : 'refused']++;
    }),
    { numRuns: 5_000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});

test.each(['full_name', 'member_code', 'phone', 'email'] as const)(
  'every letter of Unicode in %s is read as the schema reads it',
  (column) => {
    const both = createBothWays();
    both(GOOD);
    const around = { full_name: ['A', 'n'], member_code: ['A', '01'], phone: ['0382', '054697'], email: ['a', 'b@thu.example'] }[column];
    for (let point = 0; point < 0x3100; point++) {
      const sign = String.fromCodePoint(point);
      if (sign === '\n' || sign === '\r' || sign === ',' || sign === '"') continue;
      for (const cell of [around.join(sign), `${sign}${around.join('')}`, `${around.join('')}${sign}`]) {
        const { wasQuick, quick, slow } = both(goodBut(column, cell));
        if (wasQuick && !(slow && quick?.equals(slow))) throw new Error(`U+${point.toString(16)} in ${column}`);
      }
    }
  },
);

test('a row of known words is taken the quick way, and a unit of another province is not', () => {
  const both = createBothWays();
  expect(REGISTER_HEADER.split(',')).toEqual([...REGISTER_COLUMNS]);
  expect(both(GOOD).wasQuick).toBe(false);
  expect(both(goodBut('full_name', 'Trần Văn Đặng')).wasQuick).toBe(true);
  both(goodBut('unit_code', 'TW'));
  both(GOOD.with(columns.unit_code, 'T24').with(columns.province_code, '27'));
  expect(both(GOOD.with(columns.unit_code, 'T24').with(columns.province_code, '27')).wasQuick).toBe(true);
  expect(both(goodBut('unit_code', 'T24'))).toMatchObject({ wasQuick: false, slow: null });
  for (const unit of ['T24', 'TW']) expect(both(GOOD.with(columns.unit_code, unit).with(columns.province_code, '24')).slow).not.toBeNull();
  expect(both(GOOD.with(columns.unit_code, 'TW').with(columns.province_code, '24')).wasQuick).toBe(true);
});
