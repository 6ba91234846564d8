import { expect, test } from 'vitest';
import { REGISTER_HEADER, registerRow, registerText } from '../../../../../../test/harness/members-room.ts';
import type { DomainError } from '../../../kernel/errors.ts';
import { type RegisterRecord, recordOf } from './csv-rows.ts';
import { readRegister } from './read-register.ts';

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(file: string | Buffer, size = 7) {
  const register = await readRegister(pieces(Buffer.from(file), size));
  const rows: RegisterRecord[] = [];
  for await (const group of register.groups) for (let row = group.next(); row; row = group.next()) rows.push(recordOf(row));
  return { ...register, rows };
}

/** The refusal's sentences; a file that is read fails the test. */
async function refusal(file: string | Buffer): Promise<{ vi: string; en: string } | undefined> {
  const error = await read(file, 1000).then(
    () => {
      throw new Error('the file was not refused');
    },
    (refused: DomainError) => refused,
  );
  expect(error.code).toBe('import_rejected');
  return error.extras.detail;
}

const good = registerText(registerRow('01-001'), registerRow('01-002'));

test('rows come with their line, however the bytes are cut', async () => {
  for (const size of [1, 2, 3, 64, 100_000]) {
    const { rows } = await read(good, size);
    expect(rows.map(({ line }) => line)).toEqual([2, 3]);
    expect(rows[0]?.cells[1]).toBe('Nguyễn Thị Thảo');
  }
});

test.each([
  ['a byte order mark', `\uFEFF${good}`],
  ['Windows line ends', good.replaceAll('\n', '\r\n')],
  ['semicolons', good.replaceAll(',', ';')],
  ['tabs', good.replaceAll(',', '\t')],
  ['no line end at the end', good.trimEnd()],
  ['columns in capitals', good.replace(REGISTER_HEADER, REGISTER_HEADER.toUpperCase())],
])('a register with %s is read', async (_, file) => {
  const { rows, columns } = await read(file);
  expect(rows).toHaveLength(2);
  expect(rows[1]?.cells[columns.member_code]).toBe('01-002');
});

test('lines are counted past empty lines and line ends inside quotes', async () => {
  const file = `${REGISTER_HEADER}\n\n${registerRow('01-001', { full_name: '"Nguyễn\nVăn An"' })}\n${registerRow('01-002')}\n`;
  expect((await read(file)).rows.map(({ line }) => line)).toEqual([3, 5]);
  expect((await read(file.replaceAll('\n', '\r\n'))).rows.map(({ line }) => line)).toEqual([3, 5]);
});

test('an empty file, and one of empty lines, is refused', async () => {
  expect(await refusal('')).toEqual({ vi: 'Tệp trống.', en: 'The file is empty.' });
  expect((await refusal('\uFEFF\n\n'))?.en).toBe('The file is empty.');
});

test('a header without rows is refused', async () => {
  expect((await refusal(`${REGISTER_HEADER}\n`))?.en).toMatch(/not one row/);
  expect((await refusal(REGISTER_HEADER))?.en).toMatch(/not one row/);
});

test('missing columns are named, with what was found, and no cell of a person is repeated', async () => {
  const without = good.replace('unit_code,province_code,', '');
  expect((await refusal(without))?.en).toBe(
    'Missing columns unit_code, province_code; found in the first line: member_code, full_name, birth_date, gender, phone, email, role, verified, joined_on.',
  );
  const headless = await refusal(`${registerRow('01-001')}\n${registerRow('01-002')}\n`);
  expect(headless?.en).not.toMatch(/Thảo|0382/);
});

test('a column that is there twice is refused', async () => {
  expect((await refusal(good.replace('gender', 'phone,gender')))?.en).toBe('Column phone is there twice.');
});

test('old Vietnamese encodings are recognised, with the line', async () => {
  // "Nguyễn Văn An" and "Trần Thị Đào" as TCVN3 and as Windows-1258 bytes.
  const tcvn3 = Buffer.concat([
    Buffer.from(`${registerText(registerRow('01-001'))}01-002,`),
    Buffer.from('4e677579d46e2056a86e20416e', 'hex'),
    Buffer.from(',1999-01-01,,,,,,,,\n'),
  ]);
  expect((await refusal(tcvn3))?.en).toMatch(/^Line 3 is not UTF-8 \(it looks like TCVN3/);
  const windows1258 = Buffer.concat([
    Buffer.from(`${REGISTER_HEADER}\n01-002,`),
    Buffer.from('5472e2cc6e205468f2d020d0e0f26f', 'hex'),
    Buffer.from(',1999-01-01,,,,,,,,\n'),
  ]);
  expect((await refusal(windows1258))?.en).toMatch(/^Line 2 is not UTF-8 \(it looks like Windows-1258/);
});

test('UTF-16 with and without its mark is refused', async () => {
  expect((await refusal(Buffer.from(`\uFEFF${good}`, 'utf16le')))?.en).toMatch(/UTF-16/);
  expect((await refusal(Buffer.from(good, 'utf16le')))?.en).toMatch(/UTF-16/);
});

test('files of other kinds are named for what they are', async () => {
  expect((await refusal(Buffer.from('504b030414000600', 'hex')))?.en).toMatch(/Excel \(\.xlsx\)/);
  expect((await refusal('%PDF-1.7'))?.en).toMatch(/PDF/);
  expect((await refusal('{"members":[]}'))?.en).toMatch(/^Missing columns/);
});

test('a quote that is never closed is refused with its line', async () => {
  expect((await refusal(good.replace('01-002,Nguyễn', '01-002,"Nguyễn')))?.en).toMatch(/double quote opened in line 3/);
});

test('a huge line is refused before it fills the memory', async () => {
  const endless = async function* () {
    yield Buffer.from(`${REGISTER_HEADER}\n${registerRow('01-001')}\n"`);
    for (;;) yield Buffer.alloc(32 * 1024, 'a');
  };
  const register = await readRegister(endless());
  const readAll = async () => {
    for await (const group of register.groups) for (let row = group.next(); row; row = group.next()) expect(row.line).toBe(2);
  };
  await expect(readAll()).rejects.toMatchObject({ extras: { detail: { en: expect.stringMatching(/^Line 3 is longer than 64 KiB/) } } });
});

test('a huge first line is refused', async () => {
  expect((await refusal('a'.repeat(200_000)))?.en).toMatch(/^Line 1 is longer than 64 KiB/);
});

test('a file that was cut in a row or in a character is refused', async () => {
  expect((await refusal(good.slice(0, -30)))?.en).toMatch(/^The file ends in the middle of line 3/);
  const bytes = Buffer.from(good);
  const inCharacter = bytes.subarray(0, bytes.lastIndexOf(Buffer.from('ễ')) + 1);
  expect((await refusal(inCharacter))?.en).toMatch(/in the middle of a character in line 3/);
});

test('a stray quote is that row’s fault alone', async () => {
  const { rows } = await read(registerText(registerRow('01-001', { full_name: 'Nguyễn "Tí" An' }), registerRow('01-002')));
  expect(rows).toHaveLength(2);
  expect(rows[0]?.cells[1]).toBe('Nguyễn "Tí" An');
});
