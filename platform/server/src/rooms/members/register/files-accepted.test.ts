// Files as offices send them: encodings, delimiters, quotes, line ends and cuts. Each is read as it was meant or refused with a sentence
// that tells which setting to change, in both languages.
import { expect, test } from 'vitest';
import { REGISTER_HEADER, registerRow, registerText } from '../../../../../../test/harness/members-room.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { checkRegister } from './check-register.ts';
import { stagedRows } from './staged-rows.ts';

const context = { unitProvinces: new Map([['T01.H01.X01.C01', '01']]), today: '2026-11-22', hashSecret: Buffer.alloc(32) };
const good = registerText(registerRow('01-001'), registerRow('01-002'));

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(file: string | Buffer, size = 1009) {
  const codes: string[] = [];
  const faults: string[] = [];
  for await (const group of checkRegister(pieces(Buffer.from(file), size), context)) {
    for (const { memberCode } of stagedRows(Buffer.from(group.staged))) codes.push(memberCode);
    faults.push(...group.rejections.map(({ row, column, reason }) => `${row} ${column}: ${reason}`));
  }
  return { codes, faults };
}

async function refusal(file: string | Buffer, size = 1009) {
  const error = await read(file, size).catch((thrown: unknown) => thrown);
  if (!(error instanceof DomainError) || !error.extras.detail) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error.extras.detail;
}

const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const hex = (text: string) => Buffer.from(text.replace(/ /g, ''), 'hex');
const withName = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${REGISTER_HEADER}\n01-001,`), bytes, Buffer.from(',2001-01-01,,,,,,,,\n')]);

test.each([
  ['UTF-16LE with its mark', Buffer.from(`\uFEFF${good}`, 'utf16le'), /UTF-16/],
  ['UTF-16BE with its mark', bigEndian(`\uFEFF${good}`), /UTF-16/],
  ['UTF-16LE without a mark', Buffer.from(good, 'utf16le'), /UTF-16/],
  ['UTF-16BE without a mark', bigEndian(good), /UTF-16/],
  ['TCVN3', withName(hex('4e677579d46e2056a86e20416e')), /^Line 2 is not UTF-8 \(it looks like TCVN3 \(ABC\)\)/],
  ['Windows-1258', withName(hex('5472e2cc6e205468f2d020d0e0f26f')), /^Line 2 is not UTF-8 \(it looks like Windows-1258\)/],
  ['an overlong form', withName(hex('c0ae')), /^Line 2 is not UTF-8/],
  ['an overlong NUL', withName(hex('c080')), /^Line 2 is not UTF-8/],
  ['a lone surrogate', withName(hex('eda080')), /^Line 2 is not UTF-8/],
  ['a code point past the last', withName(hex('f4908080')), /^Line 2 is not UTF-8/],
  ['a byte that UTF-8 never has', withName(hex('ff')), /^Line 2 is not UTF-8/],
  ['an Excel workbook', hex('504b0304 14000600'), /Excel \(\.xlsx\)/],
  ['an old Excel workbook', hex('d0cf11e0 a1b11ae1'), /old Excel/],
  ['a PDF', Buffer.from('%PDF-1.7\n'), /PDF/],
  ['gzip', hex('1f8b0800 00000000'), /gzip/],
])('%s is refused by name, in both languages, however slowly it comes', async (_, file, sentence) => {
  for (const size of [100_000, 1]) {
    const { vi, en } = await refusal(file, size);
    // Which old encoding it is can be guessed only from more than its first byte.
    expect(size > 1 ? en : en.replace('TCVN3 (ABC)', 'Windows-1258')).toMatch(
      size > 1 ? sentence : new RegExp(sentence.source.replace('TCVN3 \\(ABC\\)', 'Windows-1258')),
    );
    // A sentence with its diacritics, not a translation that is missing.
    expect(vi).toMatch(/[àảãạăâđèéẹêìíòóọôơùúủũưứừ]/);
    expect(`${vi}${en}`).not.toContain('\ufffd');
  }
});

test('a wrong byte far into the file is named by its line', async () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => registerRow(`01-${index + 1000}`));
  const file = Buffer.concat([Buffer.from(registerText(...rows)), Buffer.from('01-9'), hex('d4'), Buffer.from(',x\n')]);
  expect((await refusal(file, 65_536)).en).toMatch(/^Line 5002 is not UTF-8/);
});

test('a NUL within a cell is that row’s fault', async () => {
  const padding = Array.from({ length: 50 }, (_, index) => registerRow(`01-${index + 100}`));
  const { codes, faults } = await read(registerText(...padding, registerRow('01-900', { full_name: 'An\0' })));
  expect([codes.length, faults]).toEqual([50, ['52 full_name: bad_name']]);
});

test.each([
  [',', '\n'],
  [';', '\n'],
  ['\t', '\n'],
  [',', '\r\n'],
  [';', '\r\n'],
  ['\t', '\r\n'],
])('cells parted by %j and lines by %j are read, quoted or not, with a mark or not, byte by byte', async (delimiter, lineEnd) => {
  const lines = good
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  for (const quote of ['', '"'])
    for (const mark of ['', '\uFEFF']) {
      const file = `${mark}${lines.map((line) => line.map((cell) => `${quote}${cell}${quote}`).join(delimiter)).join(lineEnd)}${lineEnd}`;
      expect((await read(file, 1)).codes).toEqual(['01-001', '01-002']);
      expect((await read(file, 100_000)).codes).toEqual(['01-001', '01-002']);
    }
});

test('a comma within quotes is no new cell, and in a file of semicolons it needs no quotes', async () => {
  const row = registerRow('01-001', { email: '"a,b@thu.example"' });
  expect((await read(registerText(row))).faults).toEqual(['2 email: bad_email']);
  expect((await read(registerText(registerRow('01-001')).replaceAll(',', ';').replace('Thảo', 'Thảo, An'))).faults).toEqual([
    '2 full_name: bad_name',
  ]);
});

test.each([
  ['one cell too few', registerRow('01-002').replace(/,[^,]*$/, '')],
  ['one cell too many', `${registerRow('01-002')},`],
  ['one word', 'hết'],
  ['only delimiters', ','.repeat(30)],
])('a row of %s is that row’s fault, and those around it are taken', async (_, row) => {
  const { codes, faults } = await read(registerText(registerRow('01-001'), row, registerRow('01-003')));
  expect([codes, faults]).toEqual([['01-001', '01-003'], ['3 : wrong_width']]);
});

test('a file cut at any byte is refused, or has lost no row without a word', async () => {
  const bytes = Buffer.from(good);
  for (let length = 0; length < bytes.length; length++) {
    const outcome = await read(bytes.subarray(0, length)).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome, `cut at ${length}`).toBeInstanceOf(DomainError);
      continue;
    }
    const { codes, faults } = outcome as Awaited<ReturnType<typeof read>>;
    // What was read is all that stands in the bytes: the rows of whole lines, and a last one that has all its cells.
    const lines = bytes
      .subarray(0, length)
      .toString()
      .split('\n')
      .slice(1)
      .filter((line) => line !== '');
    expect(codes.length + new Set(faults.map((fault) => fault.split(' ')[0])).size, `cut at ${length}`).toBe(lines.length);
  }
});

test.each([
  ['nothing', '', 'Tệp trống.'],
  ['a mark alone', '\uFEFF', 'Tệp trống.'],
  ['blank lines', '\r\n\r\n  \n', 'Tệp trống.'],
  ['a header alone', REGISTER_HEADER, 'Tệp chỉ có dòng tiêu đề, không có dòng đoàn viên nào.'],
  ['a header and blank lines', `${REGISTER_HEADER}\n\n\n`, 'Tệp chỉ có dòng tiêu đề, không có dòng đoàn viên nào.'],
  ['no header', `${registerRow('01-001')}\n`, /^Thiếu cột member_code, full_name, .*; dòng đầu của tệp có: [a-z_, –]*\.$/],
  ['a column twice', good.replace('gender', 'role'), /^Thiếu cột gender/],
  ['a column more than once', good.replace(REGISTER_HEADER, `${REGISTER_HEADER},phone`), 'Cột phone xuất hiện hai lần.'],
  [
    'a line past 64 KiB',
    `${good}01-003,${'a'.repeat(70_000)}\n`,
    /^Dòng 4 dài hơn 64 KiB: có lẽ một dấu nháy kép được mở mà không đóng\.$/,
  ],
  ['an open quote', good.replace('01-002,', '01-002,"'), /^Tệp kết thúc khi dấu nháy kép mở ở dòng 3 chưa được đóng/],
])('a file of %s is refused in natural Vietnamese', async (_, file, sentence) => {
  const { vi } = await refusal(file);
  expect(vi).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
});
