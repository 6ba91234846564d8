// Codes that nobody can guess and nobody misreads, and an upload that can go on where it stopped.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitsOfCode,
  CODE_ALPHABETS,
  CODE_BITS_MIN,
  type CodeAlphabet,
  CodeRecipe,
  cancelCodeJob,
  generateCodes,
  POOL_MAX,
  uploadCodes,
} from './code-operations.ts';

const JOB = '01936b5e-7c00-7000-8000-000000000009';
const taken = (recipe: object) => CodeRecipe.safeParse(recipe).success;
const alphabets: readonly CodeAlphabet[] = ['readable', 'letters', 'digits'];

describe('an alphabet', () => {
  test.each(alphabets)('of %s has each sign once, and none that a cashier would have to ask about', (alphabet) => {
    const signs = [...CODE_ALPHABETS[alphabet]];
    expect(new Set(signs).size).toBe(signs.length);
    expect(signs.join('')).toMatch(alphabet === 'digits' ? /^\d+$/ : /^[A-Z2-9]+$/);
    if (alphabet !== 'digits') expect(signs.filter((sign) => '0O1ILU'.includes(sign))).toEqual([]);
  });

  test('reads the same aloud and in any case of its letters', () => {
    for (const signs of Object.values(CODE_ALPHABETS)) expect(signs.toLowerCase().toUpperCase()).toBe(signs);
  });
});

describe('a recipe', () => {
  test('that says only how many makes codes of thirteen readable signs without a prefix', () => {
    expect(CodeRecipe.parse({ count: 5 })).toEqual({ count: 5, prefix: '', alphabet: 'readable', length: 13 });
  });

  // 30^13 > 2^60 > 30^12, and so on: the shortest length that nobody can guess at.
  test.each([
    ['readable', 13],
    ['letters', 14],
    ['digits', 19],
  ] as const)('of %s needs %i signs', (alphabet, length) => {
    expect([taken({ count: 1, alphabet, length: length - 1 }), taken({ count: 1, alphabet, length })]).toEqual([false, true]);
    const short = CodeRecipe.safeParse({ count: 1, alphabet, length: length - 1 });
    expect(short.error?.issues).toMatchObject([{ code: 'too_small', path: ['length'], minimum: length }]);
  });

  test('is taken exactly when its codes hold the bits that are asked for', () => {
    fc.assert(
      fc.property(fc.constantFrom(...alphabets), fc.integer({ min: 8, max: 40 }), (alphabet, length) => {
        expect(taken({ count: 1, alphabet, length })).toBe(bitsOfCode({ alphabet, length }) >= CODE_BITS_MIN);
      }),
    );
  });

  test('gains nothing from its prefix, which everybody knows', () => {
    expect(taken({ count: 1, prefix: 'VINAPHONE-2026-', alphabet: 'digits', length: 18 })).toBe(false);
  });

  test.each([
    ['nothing to make', { count: 0 }],
    ['half a code', { count: 1.5 }],
    ['more than a pool holds', { count: POOL_MAX + 1 }],
    ['a count as text', { count: '5' }],
    ['a prefix in small letters', { count: 1, prefix: 'gift-' }],
    ['a prefix that a spreadsheet would run', { count: 1, prefix: '=SUM' }],
    ['a prefix of 21 signs', { count: 1, prefix: 'A'.repeat(21) }],
    ['a prefix with a line end', { count: 1, prefix: 'A\n' }],
    ['a length past 40', { count: 1, length: 41 }],
    ['an alphabet of its own', { count: 1, alphabet: 'emoji' }],
    ['a seed of its own', { count: 1, seed: 7 }],
  ])('with %s is refused', (_what, recipe) => expect(taken(recipe)).toBe(false));

  test('at its bounds is taken', () => {
    expect(taken({ count: POOL_MAX, prefix: 'A'.repeat(20), length: 40 })).toBe(true);
  });
});

describe('an upload', () => {
  const issues = (query: object) => uploadCodes.query.safeParse(query).error?.issues.map(({ path }) => path.join('.')) ?? [];

  test('begins with neither a job nor an offset, and goes on with both', () => {
    expect([issues({}), issues({ jobId: JOB, offset: '0' })]).toEqual([[], []]);
    expect(uploadCodes.query.parse({ jobId: JOB, offset: '1048576' })).toEqual({ jobId: JOB, offset: 1_048_576 });
  });

  test('with one of the two is refused, since a guessed place would lose codes or take some twice', () => {
    expect([issues({ jobId: JOB }), issues({ offset: '5' })]).toEqual([['offset'], ['offset']]);
  });

  test.each(['-1', '1.5', 'end', '1e400'])('does not go on from %s', (offset) => {
    expect(issues({ jobId: JOB, offset })).toContain('offset');
  });
});

test('codes are taken as text and nothing a browser would run; a job is stopped with its own id', () => {
  expect(uploadCodes.accepts).toEqual(['text/plain', 'text/csv']);
  expect(cancelCodeJob.params.safeParse({ offerId: JOB, jobId: 'last' }).success).toBe(false);
  // Making codes twice would fill a pool twice; a repeat has to be known by its key.
  expect([generateCodes.idempotency, cancelCodeJob.idempotency]).toEqual(['header', 'header']);
});
