import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRepeats } from './repeats.ts';

const noted = (codes: readonly string[], most?: number) => {
  const repeats = createRepeats(most);
  for (const code of codes) {
    const bytes = Buffer.from(`before${code}after`);
    repeats.note(bytes, 6, bytes.length - 5);
  }
  return repeats.verdict;
};

test('a code that comes twice is noticed, whatever the codes and wherever they stand', () => {
  const codes = fc.uniqueArray(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(codes, fc.nat(), (all, pick) => {
      expect(noted(all)).toBe('none');
      const again = all[pick % all.length] ?? '';
      expect(noted([...all, again])).toBe('perhaps');
    }),
  );
});

test('two hundred thousand codes in a row are told apart, and one of them again is noticed after its table has grown', () => {
  const codes = Array.from({ length: 200_000 }, (_, i) => `QA-${String(i).padStart(7, '0')}`);
  expect(noted(codes)).toBe('none');
  expect(noted([...codes, 'QA-0000000'])).toBe('perhaps');
  expect(noted([...codes, 'QA-0199999'])).toBe('perhaps');
});

test('beyond what memory is for, nothing is promised', () => {
  expect(noted(['a', 'b', 'c'], 3)).toBe('none');
  expect(noted(['a', 'b', 'c', 'd'], 3)).toBe('perhaps');
});
