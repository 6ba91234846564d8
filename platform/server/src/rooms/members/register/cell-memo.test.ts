import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCellMemo } from './cell-memo.ts';
import { createSink } from './copy-fields.ts';

const MOST_ENTRIES = 20_000;

function fieldOf(memo: ReturnType<typeof createCellMemo>, entry: number): string {
  const sink = createSink(600);
  memo.put(sink, entry);
  return sink.bytes.toString('latin1', 0, sink.length);
}
const lookUp = (memo: ReturnType<typeof createCellMemo>, cell: Buffer) => {
  const entry = memo.find(cell, 0, cell.length);
  return entry === 0 ? null : { field: fieldOf(memo, entry), tag: memo.tagOf(entry) };
};

const cells = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const kept = fc.record({ cell: cells, field: cells, tag: fc.integer({ min: 0, max: 255 }) });

test('a memo answers what a map would, for any cells, fields and numbers', () => {
  fc.assert(
    fc.property(fc.array(kept, { maxLength: 60 }), fc.array(cells, { maxLength: 20 }), (given, others) => {
      const memo = createCellMemo();
      const model = new Map<string, { field: string; tag: number }>();
      for (const one of given) {
        const key = one.cell.toString('latin1');
        if (model.has(key)) continue;
        memo.keep(one);
        model.set(key, { field: one.field.toString('latin1'), tag: one.tag });
      }
      for (const cell of [...given.map((one) => one.cell), ...others])
        expect(lookUp(memo, cell)).toEqual(model.get(cell.toString('latin1')) ?? null);
    }),
  );
});

test('a cell is found within a row by its bytes alone, wherever it stands', () => {
  const memo = createCellMemo();
  memo.keep({ cell: Buffer.from('Hà Nội'), field: Buffer.from('01'), tag: 3 });
  const row = Buffer.from('x,Hà Nội,Hà Nội 2');
  const length = Buffer.byteLength('Hà Nội');
  expect(memo.find(row, 2, 2 + length)).toBeGreaterThan(0);
  expect(memo.find(row, 3 + length, 3 + 2 * length)).toBe(memo.find(row, 2, 2 + length));
  expect([memo.find(row, 2, 1 + length), memo.find(row, 3 + length, row.length), memo.find(row, 0, 1)]).toEqual([0, 0, 0]);
});

test('a field goes to the end of what is written already', () => {
  const memo = createCellMemo();
  memo.keep({ cell: Buffer.from('nam'), field: Buffer.from('male'), tag: 0 });
  const sink = createSink(20);
  sink.bytes.write('before:');
  sink.length = 7;
  memo.put(sink, memo.find(Buffer.from('nam'), 0, 3));
  expect(sink.bytes.toString('latin1', 0, sink.length)).toBe('before:male');
});

test('255 bytes are remembered and one more is not: then the cell is read as if it came for the first time', () => {
  const memo = createCellMemo();
  const [longest, longer] = [Buffer.alloc(255, 97), Buffer.alloc(256, 98)];
  memo.keep({ cell: longest, field: longest, tag: 255 });
  memo.keep({ cell: longer, field: Buffer.from('x'), tag: 0 });
  memo.keep({ cell: Buffer.from('long field'), field: longer, tag: 0 });
  memo.keep({ cell: Buffer.from('great number'), field: Buffer.from('x'), tag: 256 });
  expect(lookUp(memo, longest)).toEqual({ field: longest.toString('latin1'), tag: 255 });
  for (const cell of [longer, Buffer.from('long field'), Buffer.from('great number')]) expect(lookUp(memo, cell)).toBeNull();
});

test('twenty thousand cells are remembered, the next is not, and none of the first is lost or mixed up', () => {
  const memo = createCellMemo();
  const cell = (index: number) => Buffer.from(`ô ${index}`);
  for (let index = 0; index <= MOST_ENTRIES; index++) memo.keep({ cell: cell(index), field: Buffer.from(`=${index}`), tag: index % 256 });
  const wrong = Array.from({ length: MOST_ENTRIES }, (_, index) => index).filter((index) => {
    const found = lookUp(memo, cell(index));
    return found?.field !== `=${index}` || found.tag !== index % 256;
  });
  expect(wrong).toEqual([]);
  expect(lookUp(memo, cell(MOST_ENTRIES))).toBeNull();
});

test('what a known cell only begins with is not known, however full the memo is', () => {
  const memo = createCellMemo();
  const beginning = 'a'.repeat(100);
  for (let index = 0; index < MOST_ENTRIES; index++)
    memo.keep({ cell: Buffer.from(`${beginning}${index}`), field: Buffer.from('x'), tag: 0 });
  // Looking for a hundred beginnings meets many entries of other lengths on the way to a free slot.
  const known = Array.from({ length: 101 }, (_, length) => beginning.slice(0, length)).filter((text) => lookUp(memo, Buffer.from(text)));
  expect(known).toEqual([]);
});
