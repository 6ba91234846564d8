// The codes behind an offer: each given out once, in the order in which they came, however they came.
import { CODE_ALPHABETS } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hintOf as hintOnPlatform, normaliseCode as normaliseOnPlatform } from '../../../../platform/server/src/rooms/offers/code.ts';
import { type CodePool, codeMaker, createCodePool, hintOf, normaliseCode } from './code-pool.ts';

describe('a pool', () => {
  test('that is empty has nothing to give', () => {
    const pool = createCodePool();
    expect([pool.take(), pool.total, pool.free]).toEqual([null, 0, 0]);
  });

  test('knows a code for ever, also when it was given out', () => {
    const pool = createCodePool();
    expect([pool.add('AAAA'), pool.add('AAAA')]).toEqual([true, false]);
    expect(pool.take()).toBe('AAAA');
    expect(pool.add('AAAA')).toBe(false);
    expect([pool.total, pool.free, [...pool.taken]]).toEqual([1, 0, ['AAAA']]);
  });

  test('takes in no code that was made before', () => {
    const pool = createCodePool();
    pool.addMade(1, () => 'MADE-1');
    expect(pool.take()).toBe('MADE-1');
    expect(pool.add('MADE-1')).toBe(false);
  });

  test('gives what was uploaded and what is generated in the order in which it was added', () => {
    const pool = createCodePool();
    const made = ['M1', 'M2'];
    pool.add('A');
    pool.addMade(2, () => made.shift() ?? 'too many');
    pool.add('B');
    expect([pool.total, pool.free]).toEqual([4, 4]);
    expect([pool.take(), pool.take(), pool.take(), pool.take(), pool.take()]).toEqual(['A', 'M1', 'M2', 'B', null]);
  });

  test('of twenty million costs nothing before they are taken', () => {
    const pool = createCodePool();
    let made = 0;
    pool.addMade(20_000_000, () => `C${++made}`);
    expect([pool.free, made]).toEqual([20_000_000, 0]);
    pool.take();
    expect([pool.free, pool.total, made]).toEqual([19_999_999, 20_000_000, 1]);
  });

  test('does as a list of codes does, whatever is asked of it', () => {
    const step = fc.oneof(fc.stringMatching(/^[A-C]{4}$/), fc.nat({ max: 3 }), fc.constant(null));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [pool, list] = [createCodePool(), listOfCodes()];
        for (const one of steps) {
          expect(doneTo(pool, one, 'MADE')).toEqual(doneTo(list, one, 'MADE'));
          expect([pool.free, pool.total, [...pool.taken]]).toEqual([list.free, list.total, [...list.taken]]);
        }
      }),
    );
  });
});

/** Adds a code, so many that are made, or takes one out. */
function doneTo(pool: CodePool, step: string | number | null, prefix: string): unknown {
  if (typeof step === 'string') return pool.add(step);
  if (step === null) return pool.take();
  let made = 0;
  const place = pool.total;
  return pool.addMade(step, () => `${prefix}-${place}-${++made}`);
}

/** What a pool is, in so many words: one list, all of it there from the beginning. */
function listOfCodes(): CodePool {
  const left: string[] = [];
  const [added, taken] = [new Set<string>(), new Set<string>()];
  return {
    taken,
    get free() {
      return left.length;
    },
    get total() {
      return left.length + taken.size;
    },
    add: (code) => !added.has(code) && left.push(code) > 0 && added.add(code).has(code),
    addMade: (count, make) => void left.push(...Array.from({ length: count }, make)),
    take: () => {
      const code = left.shift() ?? null;
      if (code !== null) taken.add(code);
      return code;
    },
  };
}

describe('codes that are made', () => {
  const alphabets = Object.keys(CODE_ALPHABETS).filter((name): name is keyof typeof CODE_ALPHABETS => Object.hasOwn(CODE_ALPHABETS, name));

  test.each(alphabets)('of %s have its signs alone, as many as were asked for, behind the prefix', (alphabet) => {
    const make = codeMaker({ prefix: 'QUA-', alphabet, length: 13 });
    for (let i = 0; i < 200; i++) {
      const code = make();
      expect(code).toHaveLength(17);
      expect(code.startsWith('QUA-')).toBe(true);
      expect([...code.slice(4)].filter((sign) => !CODE_ALPHABETS[alphabet].includes(sign))).toEqual([]);
      expect(normaliseCode(code)).toBe(code);
    }
  });

  test.each(alphabets)('of %s favour no sign', (alphabet) => {
    const make = codeMaker({ prefix: '', alphabet, length: 20 });
    const counts = new Map<string, number>();
    for (let i = 0; i < 2_000; i++) for (const sign of make()) counts.set(sign, (counts.get(sign) ?? 0) + 1);
    const expected = 40_000 / CODE_ALPHABETS[alphabet].length;
    // Six standard deviations: a fair maker passes all but a few times in a thousand million.
    for (const sign of CODE_ALPHABETS[alphabet]) expect(Math.abs((counts.get(sign) ?? 0) - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });
});

describe('what stands for a code', () => {
  test.each([
    ['ABCD', '…CD'],
    ['ABCDE', '…DE'],
    ['ABCDEF', '…DEF'],
    ['ABCDEFG', '…EFG'],
    ['ABCDEFGH', '…EFGH'],
    ['ABCDEFGHIJKL', '…IJKL'],
  ])('%s is hinted at by never more than half of it', (code, hint) => {
    expect(hintOf(code)).toBe(hint);
  });

  test.each([
    [' abcd-0001\n', 'ABCD-0001'],
    ['----', '----'],
    ['ABC', null],
    ['', null],
    ['X'.repeat(64), 'X'.repeat(64)],
    ['X'.repeat(65), null],
    ['AB CD', null],
    ['ĐỒNG', null],
  ])('“%s” is read as %s', (text, code) => {
    expect(normaliseCode(text)).toBe(code);
  });

  test('is read and hinted at as on the platform', () => {
    const text = fc.oneof(fc.string({ maxLength: 70 }), fc.stringMatching(/^[ \t]?[A-Za-z0-9-]{3,66} ?$/));
    fc.assert(
      fc.property(text, (given) => {
        const code = normaliseCode(given);
        expect(code).toBe(normaliseOnPlatform(given));
        if (code !== null) expect(hintOf(code)).toBe(hintOnPlatform(code));
      }),
      { numRuns: 500 },
    );
  });
});
