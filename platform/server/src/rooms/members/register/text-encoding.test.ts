import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DomainError } from '../../../kernel/errors.ts';
import { onlyUtf8 } from './text-encoding.ts';

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  for (const [index, from] of places.slice(0, -1).entries()) yield bytes.subarray(from, places[index + 1]);
}

/** What is handed on, and the refusal when there is one. */
async function read(bytes: Buffer, cuts: readonly number[] = []) {
  const taken: Buffer[] = [];
  try {
    for await (const chunk of onlyUtf8(inPieces(bytes, cuts))) taken.push(chunk);
    return { bytes: Buffer.concat(taken), chunks: taken, refused: null };
  } catch (error) {
    return { bytes: Buffer.concat(taken), chunks: taken, refused: (error as DomainError).extras.detail ?? null };
  }
}

const anyText = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => text.isWellFormed() && !text.includes('\0') && !/^(PK|%PDF)/.test(text));
const anyCuts = fc.array(fc.nat(300), { maxLength: 12 });

describe('text in UTF-8', () => {
  test('comes through byte for byte, however it is cut, and no character is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyCuts, async (text, cuts) => {
        const { bytes, chunks, refused } = await read(Buffer.from(text), cuts);
        expect(refused).toBeNull();
        expect(bytes.toString('utf8')).toBe(text);
        for (const chunk of chunks) expect(Buffer.from(chunk.toString('utf8')).equals(chunk)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('byte by byte, with letters of two, three and four bytes, comes through', async () => {
    const text = 'Đoàn viên Nguyễn Thị Thảo 🇻🇳 – “ưu đãi”\n'.repeat(3);
    const bytes = Buffer.from(text);
    const { bytes: got } = await read(
      bytes,
      Array.from({ length: bytes.length }, (_, at) => at),
    );
    expect(got.toString('utf8')).toBe(text);
  });
});

describe('a file is refused', () => {
  test('at the line of its first wrong byte, however it is cut', async () => {
    const lines = fc.array(
      anyText.map((text) => text.replaceAll('\n', ' ')),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(), anyCuts, async (texts, choice, cuts) => {
        const at = choice % texts.length;
        const damaged = texts.map((text, index) =>
          Buffer.concat([Buffer.from(`a;b;${text}`), index === at ? Buffer.from([0xff]) : Buffer.alloc(0)]),
        );
        const bytes = Buffer.concat(damaged.flatMap((line) => [line, Buffer.from('\n')]));
        const { refused } = await read(bytes, cuts);
        expect(refused?.en).toMatch(new RegExp(`^Line ${at + 1} is not UTF-8`));
        expect(refused?.vi).toMatch(new RegExp(`^Dòng ${at + 1} không phải UTF-8`));
      }),
      { numRuns: 200 },
    );
  });

  test('for a character that is written too long, half of a pair, or beyond Unicode', async () => {
    for (const wrong of [
      [0xc0, 0xaf],
      [0xe0, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0x80, 0x41],
    ]) {
      const { refused } = await read(Buffer.from([...Buffer.from('abcd\n'), ...wrong, 0x0a]));
      expect(refused?.en).toMatch(/^Line 2 is not UTF-8/);
    }
  });

  test.each([1, 2, 3])('when it ends %i bytes into a character, with the line', async (kept) => {
    const bytes = Buffer.concat([Buffer.from('một\nhai\n'), Buffer.from('🇻').subarray(0, kept)]);
    const { refused } = await read(bytes);
    expect(refused).toEqual({
      vi: 'Tệp kết thúc giữa một ký tự ở dòng 3: có lẽ tệp bị cắt khi sao chép hoặc tải lên.',
      en: 'The file ends in the middle of a character in line 3: it was probably cut while being copied or uploaded.',
    });
  });

  test.each([
    ['an Excel file', [0x50, 0x4b, 0x03, 0x04, 9], /\.xlsx/],
    ['an old Excel file', [0xd0, 0xcf, 0x11, 0xe0, 9], /\.xls\b/],
    ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d], /PDF/],
    ['gzip', [0x1f, 0x8b, 8, 0, 0], /gzip/],
    ['UTF-16, little end first', [0xff, 0xfe, 0x61, 0], /UTF-16/],
    ['UTF-16, big end first', [0xfe, 0xff, 0, 0x61], /UTF-16/],
    ['UTF-16 without its mark', [0x61, 0, 0x62, 0], /UTF-16/],
  ])('for being %s, also when its first bytes come one by one, and nothing of it is handed on', async (_, bytes, said) => {
    for (const cuts of [[], [1, 2, 3, 4]]) {
      const { bytes: taken, refused } = await read(Buffer.from(bytes), cuts);
      expect([refused?.vi, refused?.en]).toEqual([expect.stringMatching(said), expect.stringMatching(said)]);
      expect(taken).toHaveLength(0);
    }
  });

  test.each([
    ['TCVN3 (ABC)', 'NguyÔn ThÞ H¶i, §oµn viªn, Hµ Néi'],
    ['Windows-1258', 'Nguy\xea\xden Thi\xf2 Hoa\xcc, tr\xfd\xf5\xccng Ha\xf2nh'],
  ])('with the likely name of its old encoding, %s', async (name, text) => {
    const { refused } = await read(Buffer.from(`${text}\n`, 'latin1'));
    expect(refused?.vi).toContain(`có vẻ là ${name}`);
    expect(refused?.en).toContain(`looks like ${name}`);
  });
});

test('an empty file, and empty pieces, are nothing and no fault', async () => {
  expect((await read(Buffer.alloc(0), [0, 0, 0])).refused).toBeNull();
});
