import { expect, test } from 'vitest';
import { REGISTER_HEADER, registerRow } from '../../../../../../test/harness/members-room.ts';
import { findColumns } from './columns.ts';
import { checkRow, createRowSchema } from './member-row.ts';

const header = REGISTER_HEADER.split(',');
const file = { columns: findColumns(header), width: header.length };
const schema = createRowSchema({
  unitProvinces: new Map([
    ['T01.H01.X01.C01', '01'],
    ['T24.H01', '24'],
    ['TW', null],
  ]),
  today: '2026-11-22',
});

function check(changes: Record<string, string>) {
  return checkRow(schema, { line: 5, cells: registerRow('01-001', changes).split(',') }, file);
}

function rowOf(changes: Record<string, string> = {}) {
  const result = check(changes);
  if (!('row' in result)) throw new Error(JSON.stringify(result));
  return result.row;
}

function faultsOf(changes: Record<string, string>) {
  const result = check(changes);
  return 'row' in result ? [] : result.rejections.map(({ column, reason }) => `${column}: ${reason}`);
}

test('a row is brought to one form', () => {
  expect(rowOf()).toEqual({
    member_code: '01-001',
    full_name: 'Nguyễn Thị Thảo',
    birth_date: { date: '2004-02-29', year: 2004 },
    gender: 'female',
    phone: '+84382054697',
    email: null,
    unit_code: 'T01.H01.X01.C01',
    province_code: '01',
    role: 'member',
    verified: true,
    joined_on: '2022-03-26',
  });
});

test('dates are read the Vietnamese way too, and a birth date may be only a year', () => {
  expect(rowOf({ birth_date: '29/2/2004' }).birth_date).toEqual({ date: '2004-02-29', year: 2004 });
  expect(rowOf({ birth_date: '2004' }).birth_date).toEqual({ date: null, year: 2004 });
  expect(rowOf({ joined_on: '' }).joined_on).toBeNull();
});

test.each(['2003-02-29', '31/04/2001', '2001-13-01', '00/01/2001', '2001/01/02', 'hôm qua', '1900-02-29'])('there is no day %s', (text) => {
  expect(faultsOf({ birth_date: text })).toEqual(['birth_date: bad_date']);
});

test('a day in the future or two centuries ago is refused', () => {
  expect(faultsOf({ birth_date: '2026-11-23' })).toEqual(['birth_date: date_out_of_range']);
  expect(faultsOf({ birth_date: '1820-01-01' })).toEqual(['birth_date: date_out_of_range']);
  expect(faultsOf({ joined_on: '2030-01-01' })).toEqual(['joined_on: date_out_of_range']);
  expect(faultsOf({ birth_date: '2027' })).toEqual(['birth_date: date_out_of_range']);
});

test.each(['0382054697', '+84382054697', '84382054697', '382054697', '038.205.4697', '038 205 4697'])(
  'the phone number %s is one and the same',
  (phone) => {
    expect(rowOf({ phone }).phone).toBe('+84382054697');
  },
);

test.each(['12345', '0112345678', '01234567890', 'gọi sau'])('%s is no phone number', (phone) => {
  expect(faultsOf({ phone })).toEqual(['phone: bad_phone']);
});

test('names in two forms of Unicode are one name, and letters of a wrong font are refused', () => {
  expect(rowOf({ full_name: 'Nguyễn  Thị Thảo'.normalize('NFD') }).full_name).toBe('Nguyễn Thị Thảo');
  expect(rowOf({ full_name: "H'Hen Niê" }).full_name).toBe("H'Hen Niê");
  expect(faultsOf({ full_name: 'NguyÔn V¨n An' })).toEqual(['full_name: bad_name']);
  expect(faultsOf({ full_name: 'a\\b' })).toEqual(['full_name: bad_name']);
  expect(faultsOf({ full_name: '' })).toEqual(['full_name: empty']);
});

test('a former province code becomes today’s, also without its leading zero', () => {
  expect(rowOf({ province_code: '27', unit_code: 'T24.H01' }).province_code).toBe('24');
  expect(rowOf({ province_code: '1' }).province_code).toBe('01');
  expect(faultsOf({ province_code: '99' })).toEqual(['province_code: unknown_province']);
});

test('a unit must be known and stand in the province; the centre stands in none', () => {
  expect(faultsOf({ unit_code: 'T77' })).toEqual(['unit_code: unknown_unit']);
  expect(faultsOf({ unit_code: 'T24.H01' })).toEqual(['province_code: unit_elsewhere']);
  expect(rowOf({ unit_code: 'TW' }).province_code).toBe('01');
});

test('words are read in both languages, and names of object members are no words', () => {
  expect(rowOf({ gender: 'Nữ', role: 'Bí thư', verified: 'có' })).toMatchObject({ gender: 'female', role: 'secretary', verified: true });
  expect(faultsOf({ role: 'constructor', gender: 'toString', verified: 'maybe' })).toEqual([
    'gender: bad_gender',
    'role: bad_role',
    'verified: bad_flag',
  ]);
});

test('every fault of a row is told', () => {
  expect(faultsOf({ birth_date: '31/02/2001', phone: '1', email: 'x' })).toEqual([
    'birth_date: bad_date',
    'phone: bad_phone',
    'email: bad_email',
  ]);
});

test('a row of another width is told as that', () => {
  expect(checkRow(schema, { line: 9, cells: ['01-001', 'An'] }, file)).toEqual({
    rejections: [{ row: 9, column: '', reason: 'wrong_width' }],
  });
});

test('a row that was read before is read the same again, and a wrong cell is wrong each time', () => {
  const changes = [{}, { birth_date: '2004' }, { gender: 'NỮ', verified: 'có' }, { province_code: '1' }, { joined_on: '' }];
  const first = changes.map((change) => rowOf(change));
  for (let again = 0; again < 3; again++) expect(changes.map((change) => rowOf(change))).toEqual(first);
  const wrong = [{ birth_date: '2004-02-30' }, { gender: 'x' }, { unit_code: 'NOWHERE' }, { province_code: '24' }, { role: '' }];
  const faults = wrong.map((change) => faultsOf(change));
  expect(faults.every((list) => list.length > 0)).toBe(true);
  for (let again = 0; again < 3; again++) expect(wrong.map((change) => faultsOf(change))).toEqual(faults);
});

test('two members of one name and one day keep what is their own', () => {
  const [one, other] = [rowOf({ member_code: 'A-001', phone: '0382054697' }), rowOf({ member_code: 'A-002', phone: '0912345678' })];
  expect([one.member_code, one.phone, other.member_code, other.phone]).toEqual(['A-001', '+84382054697', 'A-002', '+84912345678']);
  expect(one.full_name).toBe(other.full_name);
});

test('more different texts than are remembered are read all the same', () => {
  const names = Array.from(
    { length: 20_050 },
    (_, index) =>
      `Nguyễn ${'abcdefghij'[index % 10]}${'abcdefghij'[Math.floor(index / 10) % 10]}${'klmnopqrst'[Math.floor(index / 100) % 10]}${'uvwxyabcde'[Math.floor(index / 1_000) % 10]}${'fghij'[Math.floor(index / 10_000)]}`,
  );
  expect(names.filter((name) => rowOf({ full_name: name }).full_name !== name)).toEqual([]);
  expect(rowOf({ full_name: '  Trần   Văn Nam ' }).full_name).toBe('Trần Văn Nam');
  expect(faultsOf({ full_name: 'Nguyễn 1' })).toEqual(['full_name: bad_name']);
});
