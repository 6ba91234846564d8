import type { EligibilityCondition } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { names } from '../../../../../test/harness/partner-rooms.ts';
import { checkEligibility } from './eligibility-checks.ts';

const check = (...all: EligibilityCondition[]) =>
  checkEligibility({ terms: { eligibility: { version: 1, all } }, knowsProvince: (code) => names.province(code) !== null }).map(
    ({ rule, path }) => `${rule} ${path}`,
  );
const age = (atLeastYears: number, belowYears: number): EligibilityCondition => ({ fact: 'age', atLeastYears, belowYears });
const province = (...codes: string[]): EligibilityCondition => ({ fact: 'province', in: codes });

test.each<[string, EligibilityCondition[], string[]]>([
  ['no condition', [], []],
  ['an age of one year', [age(18, 19)], []],
  ['an empty age', [age(19, 19)], ['OFR-112 eligibility.all.0']],
  ['ages that overlap by a year', [age(16, 19), age(18, 31)], []],
  ['ages that touch', [age(16, 18), age(18, 31)], ['OFR-112 eligibility.all']],
  ['provinces with one in common', [province('01', '24'), province('24', '79')], []],
  ['provinces with none in common', [province('01'), province('79')], ['OFR-112 eligibility.all']],
  ['three lists of which each two meet', [province('01', '24'), province('24', '79'), province('79', '01')], ['OFR-112 eligibility.all']],
  [
    'roles that exclude each other',
    [
      { fact: 'role', in: ['secretary'] },
      { fact: 'role', in: ['member', 'officer'] },
    ],
    ['OFR-112 eligibility.all'],
  ],
  ['an unknown province, told once', [province('99'), province('01')], ['OFR-113 eligibility.all.0.in']],
  [
    'units, which a tree may join',
    [
      { fact: 'unit', within: ['HN'] },
      { fact: 'unit', within: ['HN-CG'] },
    ],
    [],
  ],
])('%s', (_case, all, expected) => {
  expect(check(...all)).toEqual(expected);
});

test('a rule on age and province is refused exactly when no member of any age and province meets it', () => {
  const codes = ['01', '24', '79'];
  const condition = fc.oneof(
    fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 10 })).map(([from, below]) => age(from, below)),
    fc.uniqueArray(fc.constantFrom(...codes), { minLength: 1 }).map((chosen) => province(...chosen)),
  );
  const meets = (asked: EligibilityCondition, years: number, code: string) =>
    asked.fact === 'age' ? years >= asked.atLeastYears && years < asked.belowYears : asked.fact === 'province' && asked.in.includes(code);
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 5 }), (all) => {
      const someone = codes.some((code) =>
        Array.from({ length: 11 }, (_, years) => years).some((years) => all.every((asked) => meets(asked, years, code))),
      );
      expect(check(...all).length === 0).toBe(someone);
    }),
  );
});
