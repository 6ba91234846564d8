import { bitsOfCode, CODE_ALPHABETS, CODE_BITS_MIN, type CodeAlphabet, CodeRecipe } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseCode } from './code.ts';
import { percentOf } from './code-job.ts';
import { createCodeMaker } from './make-codes.ts';

const alphabets = Object.keys(CODE_ALPHABETS) as CodeAlphabet[];

test('no two signs of the alphabets for reading look alike', () => {
  for (const alphabet of ['readable', 'letters'] as const) expect(CODE_ALPHABETS[alphabet]).not.toMatch(/[01ILOU]/);
  for (const alphabet of alphabets) expect(new Set(CODE_ALPHABETS[alphabet]).size).toBe(CODE_ALPHABETS[alphabet].length);
});

test('every recipe that is accepted gives at least 60 random bits, and every code of it is one that can be looked up', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...alphabets),
      fc.integer({ min: 8, max: 40 }),
      fc.constantFrom('', 'TET-', '2026-'),
      (alphabet, length, prefix) => {
        const parsed = CodeRecipe.safeParse({ count: 1, alphabet, length, prefix });
        expect(parsed.success).toBe(bitsOfCode({ alphabet, length }) >= CODE_BITS_MIN);
        if (!parsed.success) return;
        const code = createCodeMaker(parsed.data)();
        expect(normaliseCode(code)).toBe(code);
        expect(code).toHaveLength(prefix.length + length);
      },
    ),
  );
});

test.each(alphabets)('each sign of %s is as likely as any other, at every place', (alphabet) => {
  const signs = CODE_ALPHABETS[alphabet];
  const length = 20;
  const count = 20_000;
  const make = createCodeMaker({ prefix: '', alphabet, length });
  const seen = Array.from({ length }, () => new Map<string, number>());
  for (let made = 0; made < count; made++)
    for (const [place, sign] of [...make()].entries()) seen[place]?.set(sign, (seen[place].get(sign) ?? 0) + 1);
  const expected = count / signs.length;
  for (const counts of seen) {
    const chiSquare = [...signs].reduce((sum, sign) => sum + ((counts.get(sign) ?? 0) - expected) ** 2 / expected, 0);
    // Far beyond what chance gives (mean n - 1, deviation √2n); a byte modulo 30 without the throwing away passes it by hundreds.
    expect(chiSquare).toBeLessThan(signs.length + 8 * Math.sqrt(2 * signs.length));
  }
});

test('codes do not repeat', () => {
  const make = createCodeMaker({ prefix: '', alphabet: 'readable', length: 13 });
  expect(new Set(Array.from({ length: 50_000 }, make)).size).toBe(50_000);
});

test('a hundred percent is told only when all is in', () => {
  const job = { state: 'running', kind: 'generation', rowsTotal: 1_000_000, bytesTotal: null, bytesTaken: 0, added: 999_999 } as const;
  expect(percentOf(job)).toBe(99);
  expect(percentOf({ ...job, added: 1_000_000 })).toBe(99);
  expect(percentOf({ ...job, state: 'done' })).toBe(100);
  expect(percentOf({ ...job, kind: 'upload', bytesTotal: 200, bytesTaken: 50 })).toBe(25);
  expect(percentOf({ ...job, kind: 'upload' })).toBeNull();
});
