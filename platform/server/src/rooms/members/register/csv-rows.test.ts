// The scanner of our own against csv-parse, which it replaced because of its speed and of nothing else.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvScanner, LONGEST_ROW_BYTES, type RegisterRecord, recordOf } from './csv-rows.ts';

type Delimiter = ',' | ';' | '\t';

function scan(file: Buffer, delimiter: Delimiter, sizes: readonly number[] = [file.length + 1]): RegisterRecord[] {
  const scanner = createCsvScanner(delimiter);
  const records: RegisterRecord[] = [];
  const drain = () => {
    for (let row = scanner.next(); row; row = scanner.next()) records.push(recordOf(row));
  };
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    scanner.add(Buffer.from(file.subarray(at, at + size)));
    drain();
    at += size;
  }
  scanner.end();
  drain();
  return records;
}

function csvParse(file: Buffer, delimiter: Delimiter): string[][] {
  return parse(file, { bom: false, delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
}

const outcome = <Result>(work: () => Result): Result | 'refused' => {
  try {
    return work();
  } catch {
    return 'refused';
  }
};

const delimiters = fc.constantFrom<Delimiter>(',', ';', '\t');
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
/** Mostly what means something to a parser; three signs for text, of one, two and three bytes. */
const noise = (lineEnds: readonly string[]) =>
  fc
    .array(fc.constantFrom(...lineEnds, '"', '""', '"', ',', ';', '\t', ' ', 'a', 'é', 'ễ', '\0'), { maxLength: 40 })
    .map((signs) => Buffer.from(signs.join('')));

test.each([
  ['LF', ['\n']],
  ['CR LF', ['\r\n']],
  ['CR', ['\r']],
  ['all three', ['\n', '\r\n', '\r']],
])('any bytes with line ends of %s give the cells that csv-parse gives, however they are cut', (_, lineEnds) => {
  fc.assert(
    fc.property(noise(lineEnds), delimiters, sizes, (file, delimiter, cut) => {
      const expected = outcome(() => csvParse(file, delimiter));
      const cells = (records: RegisterRecord[]) => records.map((record) => record.cells);
      expect(outcome(() => cells(scan(file, delimiter)))).toEqual(expected);
      expect(outcome(() => cells(scan(file, delimiter, cut)))).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('what is written by the rules is read as it was meant, with the line on which each row begins', () => {
  const text = fc.array(fc.constantFrom('a', 'ễ', '"', ',', ';', '\t', '\n', ' '), { maxLength: 6 }).map((signs) => signs.join(''));
  const table = fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, delimiters, fc.constantFrom('\n', '\r\n'), sizes, (rows, delimiter, lineEnd, cut) => {
      const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter));
      const records = scan(Buffer.from(quoted.map((line) => line + lineEnd).join('')), delimiter, cut);
      expect(records.map(({ cells }) => cells)).toEqual(rows);
      let line = 1;
      for (const [index, record] of records.entries()) {
        expect(record.line).toBe(line);
        line += `${quoted[index]}\n`.split('\n').length - 1;
      }
    }),
    { numRuns: 500 },
  );
});

test('a row of 64 KiB is read, one byte more is refused, with or without quotes, whole or in pieces', () => {
  for (const quote of ['', '"'])
    for (const cut of [1_000, 1_000_000]) {
      const row = (size: number) => Buffer.from(`a,b\n${quote}${'x'.repeat(size - 2 * quote.length - 3)}${quote},y\ny,z\n`);
      expect(scan(row(LONGEST_ROW_BYTES), ',', [cut])).toHaveLength(3);
      expect(() => scan(row(LONGEST_ROW_BYTES + 1), ',', [cut])).toThrow(expect.objectContaining({ code: 'import_rejected' }));
    }
});
