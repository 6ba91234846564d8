import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODE_LENGTH_MAX } from './code.ts';
import { createCodeDraft } from './code-draft.ts';
import { type CodeLine, createLineReader, firstField, isHeading } from './code-lines.ts';

/** Reads a file in the given pieces, from a place in it. */
function read(
  file: Buffer,
  { cuts = [], from = { line: 0, byte: 0 } }: { cuts?: readonly number[]; from?: { line: number; byte: number } },
) {
  const reader = createLineReader(from);
  const lines: CodeLine[] = [];
  const places = [from.byte, ...cuts.filter((cut) => cut > from.byte && cut < file.length).toSorted((a, b) => a - b), file.length];
  for (const [index, start] of places.slice(0, -1).entries()) lines.push(...reader.push(file.subarray(start, places[index + 1])));
  const last = reader.end();
  return last ? [...lines, last] : lines;
}

const start = { bytesTaken: 0, linesTaken: 0 };
function draftOf(file: string | Buffer) {
  const draft = createCodeDraft(start);
  for (const line of read(Buffer.from(file), {})) draft.add(line);
  return draft.take();
}

/** Lines as files have them, and as nobody should write them. */
const anyLine = fc.oneof(
  fc.constantFrom('ABCD-0001', 'abcd-0002', '"ABCD-0003";x', '', ' ', '\uFEFFABCD-0004', 'Mã', 'code', '\0', 'ĐƯỜNG', 'A'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', '')),
);
const anyFile = fc
  .tuple(fc.array(fc.tuple(anyLine, fc.constantFrom('\n', '\r\n')), { maxLength: 30 }), anyLine)
  .map(([lines, last]) => Buffer.from(lines.map((parts) => parts.join('')).join('') + last));
const anyCuts = fc.array(fc.nat(2_000), { maxLength: 20 });

describe('a file of codes', () => {
  test('reads the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(anyFile, anyCuts, (file, cuts) => {
        expect(read(file, { cuts })).toEqual(read(file, {}));
      }),
    );
  });

  test('read on from the end of any of its lines gives exactly the lines that follow', () => {
    fc.assert(
      fc.property(anyFile, anyCuts, fc.nat(), (file, cuts, choice) => {
        const whole = read(file, {});
        const done = choice % (whole.length + 1);
        const last = whole[done - 1];
        const from = { line: last?.line ?? 0, byte: last?.endsAt ?? 0 };
        expect(read(file, { cuts, from })).toEqual(whole.slice(done));
      }),
    );
  });

  test('adds up: every line with something in it is a code, a duplicate or rejected, and the bytes are all of them', () => {
    fc.assert(
      fc.property(anyFile, (file) => {
        const { batch, told } = draftOf(file);
        const lines = read(file, {});
        const filled = lines.map(({ text }) => firstField(text)).filter((field) => field !== '');
        const heading = isHeading(filled[0] ?? '') ? 1 : 0;
        expect(batch.codes.length + told.duplicates + told.rejected).toBe(filled.length - heading);
        expect(told.bytesTaken).toBe(file.length);
        expect(told.linesTaken).toBe(lines.length);
        expect(new Set(batch.codes).size).toBe(batch.codes.length);
        for (const code of batch.codes) expect(code).toMatch(/^[A-Z0-9-]{4,64}$/);
      }),
    );
  });
});

test('a line that never ends is held at a few bytes, counted through and rejected for its length', () => {
  const reader = createLineReader({ line: 0, byte: 0 });
  const chunk = Buffer.alloc(1024 * 1024, 'A');
  const before = process.memoryUsage().heapUsed;
  for (let megabyte = 0; megabyte < 10; megabyte++) expect([...reader.push(chunk)]).toEqual([]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1024 * 1024);
  const [line] = [...reader.push(Buffer.from('\nABCD-0001\n'))];
  expect(line?.endsAt).toBe(10 * 1024 * 1024 + 1);
  const draft = createCodeDraft(start);
  if (line) draft.add(line);
  expect(draft.take().told.rejectedLines).toEqual([{ line: 1, reason: 'too_long' }]);
});

test.each<[string, Buffer | string, string]>([
  ['invalid UTF-8', Buffer.from([0x41, 0xff, 0xfe, 0x42, 0x43, 0x44]), 'characters_not_allowed'],
  ['a NUL', 'ABCD\0EFGH', 'characters_not_allowed'],
  ['half of a letter at the cut', `ABCD${'Ễ'.repeat(200)}`, 'too_long'],
  ['one sign more than a code has', 'A'.repeat(CODE_LENGTH_MAX + 1), 'too_long'],
  ['three signs', 'ABC', 'too_short'],
])('%s is rejected with its line and reason', (_what, text, reason) => {
  const file = Buffer.concat([Buffer.from('GOOD-0001\n'), Buffer.from(text), Buffer.from('\nGOOD-0002')]);
  const { batch, told } = draftOf(file);
  expect(batch.codes).toEqual(['GOOD-0001', 'GOOD-0002']);
  expect(told.rejectedLines).toEqual([{ line: 2, reason }]);
});

test('a heading counts above all codes of the file, not above those of a later part of it', () => {
  expect(draftOf('\n\ncode\nABCD-0001').batch.codes).toEqual(['ABCD-0001']);
  const later = createCodeDraft({ bytesTaken: 10, linesTaken: 1 });
  later.add({ line: 2, text: 'code', endsAt: 15 });
  expect(later.take().batch.codes).toEqual(['CODE']);
});

test('of many bad lines and repeats all are counted and the first hundred named', () => {
  const { told } = draftOf(`${'x\n'.repeat(150)}${'ABCD-0001\n'.repeat(151)}`);
  expect(told).toMatchObject({ rejected: 150, duplicates: 150 });
  expect([told.rejectedLines.length, told.duplicateLines.length]).toEqual([100, 100]);
  expect(told.duplicateLines[0]).toBe(152);
});

test('what was taken does not come again', () => {
  const draft = createCodeDraft(start);
  draft.add({ line: 1, text: 'ABCD-0001', endsAt: 10 });
  expect(draft.hasLines()).toBe(true);
  draft.take();
  expect([draft.hasLines(), draft.size(), draft.take().batch.codes]).toEqual([false, 0, []]);
});
