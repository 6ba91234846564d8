// What each column of a register takes and what it refuses, form by form: offices write the same thing in many ways, and a form that
// silently stops being taken loses members.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultsOf, rowOf, TODAY } from '../../../../../../test/harness/register-checks.ts';
import mobilePrefixes from '../data/mobile-prefixes.json' with { type: 'json' };
import { FORMER_PROVINCES, PROVINCES } from '../provinces.ts';

test.each([
  ['2004-02-29', '2004-02-29'],
  ['29/02/2004', '2004-02-29'],
  ['29/2/2004', '2004-02-29'],
  ['1/1/2001', '2001-01-01'],
  ['01/12/2001', '2001-12-01'],
  ['31/12/1999', '1999-12-31'],
  ['2000-02-29', '2000-02-29'],
  ['1900-01-01', '1900-01-01'],
  [TODAY, TODAY],
  ['22/11/2026', TODAY],
  [' 2004-02-28 ', '2004-02-28'],
])('the day %s is %s', (text, day) => {
  expect(rowOf({ birth_date: text, joined_on: text })).toMatchObject({
    birth_date: { date: day, year: Number(day.slice(0, 4)) },
    joined_on: day,
  });
});

test('03/04/2001 is the third of April, as in Vietnam, and never the fourth of March', () => {
  expect(rowOf({ joined_on: '03/04/2001' }).joined_on).toBe('2001-04-03');
});

test.each([
  ['a day that the year lacks', '29/02/2001'],
  ['a day that the century lacks', '29/02/1900'],
  ['the 31st of a short month', '31/11/2001'],
  ['the 30th of February', '2004-02-30'],
  ['day zero', '2001-01-00'],
  ['month zero', '2001-00-01'],
  ['month thirteen', '01/13/2001'],
  ['the American way', '12/31/2001'],
  ['two digits of the year', '01/02/99'],
  ['five digits of the year', '01/02/20011'],
  ['dashes the other way', '01-02-2001'],
  ['slashes the other way', '2001/02/01'],
  ['dots', '01.02.2001'],
  ['no leading zero in ISO', '2001-2-1'],
  ['a time behind it', '2001-02-01T00:00:00Z'],
  ['digits of another script', '٢٠٠١-٠١-٠١'],
  ['a number of Excel', '36923'],
  ['a sign', '-2001-01-01'],
  ['words', 'không rõ'],
])('no day is %s (%s)', (_, text) => {
  expect(faultsOf({ birth_date: text })).toEqual(['birth_date: bad_date']);
  expect(faultsOf({ joined_on: text })).toEqual(['joined_on: bad_date']);
});

test.each([
  ['1899-12-31', 'joined_on'],
  ['31/12/1899', 'birth_date'],
  ['2026-11-23', 'birth_date'],
  ['2026-11-23', 'joined_on'],
  ['9999-12-31', 'joined_on'],
  ['0001-01-01', 'birth_date'],
])('%s in %s is out of range', (text, column) => {
  expect(faultsOf({ [column]: text })).toEqual([`${column}: date_out_of_range`]);
});

test('a birth date may be only a year, from 1900 to this one; a joining day may not', () => {
  expect([rowOf({ birth_date: '1900' }), rowOf({ birth_date: '2026', joined_on: '' })].map(({ birth_date }) => birth_date)).toEqual([
    { date: null, year: 1900 },
    { date: null, year: 2026 },
  ]);
  for (const year of ['1899', '2027', '0000']) expect(faultsOf({ birth_date: year })).toEqual(['birth_date: date_out_of_range']);
  expect(faultsOf({ joined_on: '2020' })).toEqual(['joined_on: bad_date']);
});

test('every day of the calendar is read alike in both ways of writing', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-22'), noInvalidDate: true }), (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [year, month, day] = iso.split('-');
      for (const text of [iso, `${day}/${month}/${year}`, `${Number(day)}/${Number(month)}/${year}`])
        expect(rowOf({ birth_date: text }).birth_date).toEqual({ date: iso, year: Number(year) });
    }),
  );
});

test('a day is taken exactly when the calendar has it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1900, max: 2026 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 33 }),
      (year, month, day) => {
        const written = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(`${written}T00:00:00Z`);
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written);
        const expected = exists ? (written > TODAY ? ['birth_date: date_out_of_range'] : []) : ['birth_date: bad_date'];
        expect(faultsOf({ birth_date: written })).toEqual(expected);
      },
    ),
  );
});

const prefixes = mobilePrefixes.items.map(([prefix]) => String(prefix));

test.each(prefixes)('the mobile prefix %s is taken in every form in which numbers are written', (prefix) => {
  const subscriber = '1234567';
  const national = `${prefix.slice(1)}${subscriber}`;
  const forms = [
    `${prefix}${subscriber}`,
    `+84${national}`,
    `84${national}`,
    `0084${national}`,
    national,
    `${prefix} 123 4567`,
    `${prefix}.123.4567`,
    `${prefix}-123-4567`,
    `(${prefix}) 1234567`,
    `+84 ${national.slice(0, 2)} ${national.slice(2)}`,
    ` ${prefix}${subscriber} `,
    `+84\u00a0${national}`,
  ];
  for (const phone of forms) expect(rowOf({ phone }).phone, phone).toBe(`+84${national}`);
});

test('landlines of two and three digits of area are taken', () => {
  expect(rowOf({ phone: '02438123456' }).phone).toBe('+842438123456');
  expect(rowOf({ phone: '(0236) 3 812 345' }).phone).toBe('+842363812345');
});

test.each([
  ['too short by one', '038205469'],
  ['too long by one', '03820546970'],
  ['the eleven digits of before 2018', '01682054697'],
  ['another country', '+8613812345678'],
  ['a country code alone', '+84'],
  ['an emergency number', '113'],
  ['two numbers', '0382054697/0912345678'],
  ['an extension', '0243812345 máy 12'],
  ['a prefix that no network has', '0412345678'],
  ['a prefix that no network has', '0612345678'],
  ['letters', 'O382054697'],
  ['Excel’s way of writing large numbers', '3.82E+08'],
  ['digits of another script', '٠٣٨٢٠٥٤٦٩٧'],
  ['two plus signs', '++84382054697'],
  ['zeros', '0000000000'],
])('no phone number is one with %s (%s)', (_, phone) => {
  expect(faultsOf({ phone })).toEqual(['phone: bad_phone']);
});

test('whatever is written, a phone number that is taken is one E.164 number, and is taken again in that form', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789+84 .-()'), maxLength: 18 }), (text) => {
      const faults = faultsOf({ phone: text });
      if (faults.length > 0) {
        expect(faults).toEqual(['phone: bad_phone']);
        return;
      }
      const { phone } = rowOf({ phone: text });
      if (phone === null) return;
      expect(phone).toMatch(/^\+84\d{9,10}$/);
      expect(rowOf({ phone }).phone).toBe(phone);
    }),
  );
});

test.each([
  ['thao@thu.example', 'thao@thu.example'],
  ['Thao.NGUYEN@Thu.Example', 'thao.nguyen@thu.example'],
  ['thao+doan@thu.example', 'thao+doan@thu.example'],
  ["o'thao_1%x@sub.thu-example.vn", "o'thao_1%x@sub.thu-example.vn"],
  [' thao@thu.example ', 'thao@thu.example'],
])('the address %s is kept as %s', (text, kept) => {
  expect(rowOf({ email: text }).email).toBe(kept);
});

test.each([
  ['no at sign', 'thao.thu.example'],
  ['no domain', 'thao@'],
  ['no name', '@thu.example'],
  ['no point in the domain', 'thao@localhost'],
  ['two at signs', 'thao@thu@example.vn'],
  ['a space', 'thao nguyen@thu.example'],
  ['two addresses', 'a@thu.example;b@thu.example'],
  ['a name before it', 'Thảo <thao@thu.example>'],
  ['an accented name', 'thảo@thu.example'],
  ['a point at the end', 'thao@thu.example.'],
  ['two points', 'thao@thu..example'],
  ['more than 254 characters', `${'a'.repeat(243)}@thu.example`],
  ['a line end', 'thao@thu.example\nbcc: all@thu.example'],
  ['a tab', 'thao\t@thu.example'],
  ['a NUL', 'thao\0@thu.example'],
])('no address is one with %s', (_, email) => {
  expect(faultsOf({ email })).toEqual(['email: bad_email']);
});

test.each(['abc', '01-00000001', 'A.b_c/d-9', '0'.repeat(32)])('the code %s is taken as it is', (text) => {
  expect(rowOf({ member_code: text }).member_code).toBe(text);
});

test.each(['ab', '0'.repeat(33), '-01', '.01', '01 02', '01\t02', 'mã-01', "01';--", '01\\n', '../../etc', '=1+2', '01\0', '01\n02'])(
  'the code %j is refused',
  (text) => {
    expect(faultsOf({ member_code: text })).toEqual(['member_code: bad_code']);
  },
);

test.each([
  ['gender', 'female', ['female', 'FEMALE', 'F', 'f', 'nữ', 'NỮ', 'Nữ']],
  ['gender', 'male', ['male', 'M', 'nam', 'NAM']],
  ['gender', 'other', ['other', 'khác', 'KHÁC']],
  ['gender', null, ['', '  ']],
  ['role', 'member', ['member', 'Member', 'Đoàn viên', 'ĐOÀN VIÊN']],
  ['role', 'officer', ['officer', 'cán bộ', 'Cán bộ']],
  ['role', 'secretary', ['secretary', 'Bí thư', 'BÍ THƯ']],
  ['verified', true, ['true', 'TRUE', '1', 'yes', 'có', 'Có', 'x', 'X']],
  ['verified', false, ['false', 'FALSE', '0', 'no', 'không', 'KHÔNG', '']],
] as const)('%s is %s for each of %j, also as typed on a Mac', (column, value, texts) => {
  for (const text of texts) {
    expect(rowOf({ [column]: text })[column]).toBe(value);
    expect(rowOf({ [column]: text.normalize('NFD') })[column]).toBe(value);
  }
});

test.each([
  ['gender', ['nu', 'woman', '0', 'null', 'constructor', '__proto__', 'hasOwnProperty'], 'bad_gender'],
  ['role', ['', 'admin', 'bi thu', 'Phó bí thư chi đoàn', 'toString', '__proto__'], 'bad_role'],
  ['verified', ['maybe', '2', '-1', 'y', 'null', 'valueOf'], 'bad_flag'],
] as const)('%s is none of %j', (column, texts, reason) => {
  for (const text of texts) expect(faultsOf({ [column]: text }), text).toEqual([`${column}: ${reason}`]);
});

test.each(['Nguyễn Thị Thảo', "H'Hen Niê", 'Y Ƀăm Êban', 'Lò Văn A', 'K’Sor H’Nhi', 'Trần-Lê An', 'Nguyễn V. An', 'ĐỖ THỊ ĐÀO', 'An'])(
  'the name %s is kept as it is',
  (name) => {
    expect(rowOf({ full_name: name }).full_name).toBe(name);
    expect(rowOf({ full_name: name.normalize('NFD') }).full_name).toBe(name);
  },
);

test.each([
  ['TCVN3 shown as Latin-1', 'NguyÔn V¨n An'],
  ['TCVN3 whose signs are letters too', 'Lª ThÞ Hoa'],
  ['TCVN3 with a micro sign', 'Tr\u00b5n An'],
  ['VNI shown as Latin-1', 'Nguyeãn Vaên An 1'],
  ['question marks of a lost encoding', 'Nguy?n Th? Th?o'],
  ['the replacement character', 'Nguy\ufffdn An'],
  ['digits', 'Nguyễn Văn 2'],
  ['a formula', '=HYPERLINK("http://evil.example")'],
  ['a formula', '@SUM(A1)'],
  ['markup', '<b>An</b>'],
  ['a backslash', 'An\\N'],
  ['a tab', 'An\tBình'],
  ['a line end', 'An\nBình'],
  ['a NUL', 'An\0'],
  ['a text direction mark', 'An\u202eBình'],
  ['a space of no width', 'An\u200bBình'],
  ['an emoji', 'An 😀'],
  ['a sign first', '-An'],
])('a name with %s is refused', (_, name) => {
  expect(faultsOf({ full_name: name })).toEqual(['full_name: bad_name']);
});

test('a name has at most 120 characters and is told when it is longer', () => {
  expect(rowOf({ full_name: 'a'.repeat(120) }).full_name).toHaveLength(120);
  expect(faultsOf({ full_name: 'a'.repeat(121) })).toEqual(['full_name: too_long']);
});

test.each(FORMER_PROVINCES.map(({ code, name, provinceCode }) => [name, code, provinceCode] as const))(
  '%s (%s before July 2025) is stored as %s',
  (_, code, provinceCode) => {
    expect(rowOf({ province_code: code }).province_code).toBe(provinceCode);
    // Excel drops the zero.
    expect(rowOf({ province_code: code.replace(/^0/, '') }).province_code).toBe(provinceCode);
  },
);

test('today’s codes stay what they are, and a code of neither list is refused', () => {
  for (const { code } of PROVINCES) expect(rowOf({ province_code: code }).province_code).toBe(code);
  const known = new Set([...PROVINCES, ...FORMER_PROVINCES].map(({ code }) => code));
  const unknown = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0')).filter((code) => !known.has(code));
  for (const code of [...unknown, '001', 'HN', '1.0', '-1', '٠١'])
    expect(faultsOf({ province_code: code }), code).toEqual(['province_code: unknown_province']);
});

test('a unit is found by its exact code, and stands in the row’s province by either list', () => {
  expect(rowOf({ unit_code: 'T24', province_code: '27' })).toMatchObject({ unit_code: 'T24', province_code: '24' });
  expect(faultsOf({ unit_code: 'T24', province_code: '01' })).toEqual(['province_code: unit_elsewhere']);
  for (const unit of ['t24', 'T24.', 'T2', 'constructor']) expect(faultsOf({ unit_code: unit })).toEqual(['unit_code: unknown_unit']);
});

test('each column that must be filled says so when it is empty or blank', () => {
  for (const blank of ['', '   ', '\u00a0'])
    expect(
      faultsOf({ member_code: blank, full_name: blank, birth_date: blank, unit_code: blank, province_code: blank }).filter((fault) =>
        fault.endsWith(': empty'),
      ),
    ).toEqual(['member_code: empty', 'full_name: empty', 'birth_date: empty', 'unit_code: empty', 'province_code: empty']);
});

test('any text in a column is either taken or refused for a reason, and what is taken cannot break a line of COPY', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('member_code', 'full_name', 'phone', 'email', 'birth_date', 'role'),
      fc.string({ unit: 'binary', maxLength: 80 }),
      (column, text) => {
        if (faultsOf({ [column]: text }).length > 0) return;
        expect(Object.values(rowOf({ [column]: text })).join('')).not.toMatch(/[\t\n\r\\\0]/);
      },
    ),
  );
});
