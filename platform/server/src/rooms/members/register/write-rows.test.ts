// The writer of rows against the schema: it looks at bytes and remembers, but takes what the schema takes and nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REGISTER_COLUMNS, type RegisterColumn } from './columns.ts';
import { booleanField, dateField, smallintField, textField } from './copy-fields.ts';
import { createCsvScanner, recordOf } from './csv-rows.ts';
import { checkRow, createRowSchema, type MemberRow } from './member-row.ts';
import { CODE_AT, createStagedRows } from './staged-rows.ts';
import { createRowWriter } from './write-rows.ts';

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

/** Reads one row after another with the writer, which remembers, and with the schema, which does not. */
function createBothWays() {
  const schema = createRowSchema(context);
  const rows = createStagedRows(Buffer.alloc(32));
  const write = createRowWriter(rows, schema, file);
  const scanner = createCsvScanner(',');
  return (cells: readonly string[]): { written: Buffer | null; expected: Buffer | null } => {
    scanner.add(Buffer.from(`${cells.join(',')}\n`));
    const row = scanner.next();
    if (!row) throw new Error('no row');
    const checked = checkRow(schema, recordOf(row), file);
    const isRight = write(row);
    const { rows: count, staged } = rows.take();
    expect(count).toBe(isRight ? 1 : 0);
    return { written: isRight ? Buffer.from(staged.subarray(CODE_AT)) : null, expected: 'row' in checked ? fieldsOf(checked.row) : null };
  };
}

function fieldsOf(row: MemberRow): Buffer {
  const contact = row.phone === null && row.email === null ? '' : `${row.phone ?? ''}\n${row.email ?? ''}`;
  return Buffer.concat([
    ...[textField(row.member_code), textField(row.full_name), dateField(row.birth_date.date), smallintField(row.birth_date.year)],
    ...[textField(row.gender), textField(row.unit_code), textField(row.province_code), textField(row.role)],
    ...[booleanField(row.verified), dateField(row.joined_on), Buffer.from(contact)],
  ]);
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

test('rows are taken and refused as the schema does, and what is written of them is what the schema made of them, byte for byte', () => {
  const both = createBothWays();
  const seen = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(nearlyGood, (cells) => {
      const { written, expected } = both(cells);
      expect(written).toEqual(expected);
      seen[written ? 'right' : 'wrong']++;
    }),
    { numRuns: 5_000 },
  );
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(500);
});

test.each(['full_name', 'member_code', 'phone', 'email'] as const)(
  'every letter of Unicode in %s is read as the schema reads it',
  (column) => {
    const both = createBothWays();
    const [before, after] = { full_name: ['A', 'n'], member_code: ['A', '01'], phone: ['0382', '054697'], email: ['a', 'b@thu.example'] }[
      column
    ];
    for (let point = 0; point < 0x3100; point++) {
      const sign = String.fromCodePoint(point);
      if (sign === '\n' || sign === '\r' || sign === ',' || sign === '"') continue;
      for (const cell of [`${before}${sign}${after}`, `${sign}${before}${after}`, `${before}${after}${sign}`]) {
        const { written, expected } = both(goodBut(column, cell));
        if (!(written === expected || (written && expected?.equals(written)))) throw new Error(`U+${point.toString(16)} in ${column}`);
      }
    }
  },
);

test('a unit of another province is refused also when both are known, and the centre stands in none', () => {
  const both = createBothWays();
  const isTaken = (unit: string, province: string) =>
    both(GOOD.with(columns.unit_code, unit).with(columns.province_code, province)).written !== null;
  for (let again = 0; again < 3; again++) {
    expect([isTaken('T01', '01'), isTaken('T24', '24'), isTaken('T24', '27'), isTaken('TW', '24'), isTaken('TW', '01')]).not.toContain(
      false,
    );
    expect([isTaken('T24', '01'), isTaken('T01', '24'), isTaken('T01', '27')]).not.toContain(true);
  }
});

test('more units and days than are remembered are read all the same', () => {
  const units = Array.from({ length: 20_100 }, (_, index) => `T01.${index}`);
  const rows = createStagedRows(Buffer.alloc(32));
  const write = createRowWriter(rows, createRowSchema({ ...context, unitProvinces: new Map(units.map((unit) => [unit, '01'])) }), file);
  const scanner = createCsvScanner(',');
  for (let again = 0; again < 2; again++)
    for (const unit of units) {
      scanner.add(Buffer.from(`${goodBut('unit_code', unit).join(',')}\n`));
      const row = scanner.next();
      if (!row || !write(row) || !Buffer.from(rows.take().staged).includes(unit)) throw new Error(unit);
    }
});
